/** Where something stands in a file, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What a file says, with the place of each part. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly kind: "map";
  readonly at: Place;
  readonly entries: readonly { readonly name: string; readonly at: Place; readonly value: Located }[];
}

export interface LocatedList {
  readonly kind: "list";
  readonly at: Place;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly at: Place;
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes. */
  readonly text: string;
}

export interface FileProblem {
  readonly at: Place;
  readonly words: string;
}

/** A name that must be set in the same file; of a profile, there or in Truebound. */
export interface Reference {
  readonly kind: "group" | "calendar" | "profile";
  readonly name: string;
  readonly at: Place;
  readonly path: string;
}

/** One reading of a file: all that is wrong is told together, so nothing stops at the first. */
export class Reading {
  readonly problems: FileProblem[] = [];
  /** What is taken and most likely not what was meant. */
  readonly warnings: FileProblem[] = [];
  readonly references: Reference[] = [];
  /** Where things are set. */
  readonly places = new Map<string, Place>();

  tell(at: Place, words: string): undefined {
    this.problems.push({ at, words });
    return undefined;
  }

  warn(at: Place, words: string): void {
    this.warnings.push({ at, words });
  }

  refer(reference: Reference): void {
    this.references.push(reference);
  }
}

export const sayProblem = ({ at: { line, column }, words }: FileProblem): string => `${line}:${column}: ${words}`;

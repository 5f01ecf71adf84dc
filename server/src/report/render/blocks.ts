/** A report laid out in words: pages and files draw this and add nothing to it. */

/** How something looks; it never says what its words do not. */
export type Tone = "plain" | "good" | "bad" | "doubt" | "none" | "quiet";

export interface Toned {
  readonly text: string;
  readonly tone: Tone;
}
export type Cell = string | Toned;

export interface Column {
  readonly title: string;
  /** Share of the width. */
  readonly width: number;
  readonly align?: "left" | "right";
}

export interface Table {
  readonly kind: "table";
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A question and its answer, a paragraph for each line of it. */
export interface Answer {
  readonly question: string;
  readonly lines: readonly Cell[];
}

/** Of a band that runs from 0 to COLUMNS: the worst verdict of what lies in those columns. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly verdict: string;
}
export const COLUMNS = 720;

export interface Band {
  readonly kind: "band";
  readonly from: string;
  readonly to: string;
  readonly runs: readonly Run[];
  /** Where a verdict was asked for, and where somebody exempted it. */
  readonly scheduled: readonly Run[];
  readonly exempt: readonly Run[];
}

/** One of the two lines that are never merged. */
export interface Line {
  readonly title: string;
  readonly figure: string;
  readonly words: readonly string[];
}

export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "text"; readonly text: string; readonly tone?: Tone }
  | { readonly kind: "verdict"; readonly text: string; readonly detail: string; readonly tone: Tone }
  | { readonly kind: "lines"; readonly proved: Line; readonly sampled: Line }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] }
  | { readonly kind: "facts"; readonly facts: readonly (readonly [string, Cell])[] }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "legend" }
  | { readonly kind: "signatures"; readonly statement: string; readonly roles: readonly string[] }
  | Band
  | Table;

export interface Part {
  readonly title: string;
  /** Of an address within a file. */
  readonly anchor: string;
  readonly isNewPage: boolean;
  readonly blocks: readonly Block[];
}

export interface LaidOutReport {
  readonly id: string;
  readonly sha256: string;
  readonly period: string;
  /** For a file's own date; nothing else may tell when it was made. */
  readonly createdAt: string;
  /** What whoever reads any page of it must know. */
  readonly notices: readonly string[];
  readonly parts: readonly Part[];
}

export const table = (columns: readonly Column[], rows: readonly (readonly Cell[])[]): Table => ({ kind: "table", columns, rows });
export const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.text);
export const toneOf = (cell: Cell): Tone => (typeof cell === "string" ? "plain" : cell.tone);
export const toned = (tone: Tone, text: string): Toned => ({ text, tone });

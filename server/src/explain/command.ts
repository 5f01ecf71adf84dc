import { explainAuditCase } from "./audit.ts";
import { type Explained, explainBoundCase } from "./bound.ts";
import type { Json } from "./case-reader.ts";
import { explainPeersCase } from "./peers.ts";

/** What can be recomputed from a file. */
export const EXPLAINABLE = ["bound", "peers", "audit"] as const;
export type Explainable = (typeof EXPLAINABLE)[number];

const EXPLAINERS: Readonly<Record<Explainable, (json: Json) => Explained>> = {
  bound: explainBoundCase,
  peers: explainPeersCase,
  audit: explainAuditCase,
};

/** How a case's text is reached and read; both may fail, and say why. */
export interface CaseFiles {
  readonly read: (path: string) => Promise<string>;
  readonly parse: (text: string) => Json;
}

export interface Outcome {
  readonly code: 0 | 1;
  readonly out: string;
  readonly err: string;
}

/** `truebound explain bound|peers|audit FILE|-`. Answers on standard output; what was ignored or wrong goes to standard error. */
export async function explain(what: Explainable, path: string, { read, parse }: CaseFiles): Promise<Outcome> {
  const name = path === "-" ? "standard input" : path;
  const text = await attempt(() => read(path));
  if (isFailure(text)) return failed(`Cannot read ${name}: ${text.why}`);
  const json = await attempt(() => parse(text));
  if (isFailure(json)) return failed(`Cannot read ${name} as JSON: ${withPlace(json.why, text)}`);
  return present(EXPLAINERS[what](json), name);
}

function present(explained: Explained, name: string): Outcome {
  if (explained.kind === "unreadable")
    return failed([`Cannot explain ${name}:`, ...explained.problems.map((line) => `  ${line}`), ...ignoredLine(explained)].join("\n"));
  const remarks = [...ignoredLine(explained), ...explained.doubts].map((line) => `${line}\n`);
  return { code: 0, out: `${JSON.stringify(explained.answer, null, 2)}\n`, err: remarks.join("") };
}

const ignoredLine = ({ ignored }: Explained): string[] =>
  ignored.length === 0 ? [] : [`ignored, they mean nothing here: ${ignored.join(", ")}`];

/** "line 3, column 14" where a parser only counts characters. */
const withPlace = (why: string, text: string): string =>
  why.replace(/\bposition (\d+)/, (_, position: string) => {
    const lines = text.slice(0, Number(position)).split("\n");
    return `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
  });

const failed = (problem: string): Outcome => ({ code: 1, out: "", err: `${problem}\n` });

class Failure {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

const isFailure = (value: unknown): value is Failure => value instanceof Failure;

/** A file that cannot be read and text that is no JSON are expected here: named, not thrown. */
async function attempt<T>(act: () => T | Promise<T>): Promise<T | Failure> {
  try {
    return await act();
  } catch (error) {
    return new Failure(error instanceof Error ? error.message : String(error));
  }
}

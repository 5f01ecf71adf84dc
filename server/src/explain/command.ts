import { type Explained, explainBoundCase } from "./bound.ts";
import type { Json } from "./case-reader.ts";

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

/** `truebound explain bound FILE|-`. Answers on standard output; what was ignored or wrong goes to standard error. */
export async function explain(path: string, { read, parse }: CaseFiles): Promise<Outcome> {
  const name = path === "-" ? "standard input" : path;
  const text = await attempt(() => read(path));
  if (isFailure(text)) return failed(`Cannot read ${name}: ${text.why}`);
  const json = await attempt(() => parse(text));
  if (isFailure(json)) return failed(`Cannot read ${name} as JSON: ${json.why}`);
  return present(explainBoundCase(json), name);
}

function present(explained: Explained, name: string): Outcome {
  if (explained.kind === "unreadable")
    return failed(`Cannot explain ${name}:\n${explained.problems.map((line) => `  ${line}`).join("\n")}`);
  const ignored = explained.ignored.length === 0 ? "" : `ignored, they mean nothing here: ${explained.ignored.join(", ")}\n`;
  return { code: 0, out: `${JSON.stringify(explained.answer, null, 2)}\n`, err: ignored };
}

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

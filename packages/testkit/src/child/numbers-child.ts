import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface NumbersOptions {
  readonly dataDir: string;
  readonly server: string;
  readonly tokenFile: string | null;
  /** The first number. */
  readonly from: number;
  readonly everyMs: number;
  /** By so much each batch is larger than it needs to be. */
  readonly padBytes: number;
  readonly limits?: { readonly segmentBytes: number; readonly totalBytes: number };
}

/** What the child prints of its reports. */
export type NumbersLine =
  | { readonly n: number; readonly put: "durable" | "held" | "dropped" }
  | { readonly receipt: true }
  | { readonly lost: number }
  | { readonly noted: string; readonly detail: object }
  | { readonly log: string };

export interface NumbersChild {
  readonly process: ChildProcess;
  readonly lines: NumbersLine[];
  /** Resolves when it has ended and all that it printed has been read. */
  readonly ended: Promise<number | null>;
  readonly stderr: () => string;
  /** It has been loaded, and touches nothing before this. */
  begin(): void;
}

/** `script` is the built report-numbers.js; `wrap` is put before the command, e.g. to give it a file system of its own. */
export function startNumbersChild(
  script: string,
  options: NumbersOptions,
  { wrap = [], env = process.env }: { readonly wrap?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): NumbersChild {
  const [program = "", ...args] = [...wrap, process.execPath, script, JSON.stringify(options)];
  const child = spawn(program, args, { env, stdio: "pipe" });
  const lines: NumbersLine[] = [];
  let stderr = "";
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (text) => {
    // What a kill cut short is no line.
    if (text.endsWith("}")) lines.push(JSON.parse(text) as NumbersLine);
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  // One that was killed before it began leaves a closed pipe.
  child.stdin.on("error", () => undefined);
  const begin = () => void child.stdin.write("begin\n");
  return { process: child, lines, ended: new Promise((resolve) => child.once("close", resolve)), stderr: () => stderr, begin };
}

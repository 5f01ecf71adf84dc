import { readFileSync } from "node:fs";

export interface Step {
  /** In capitals: COPY, RUN and so on. */
  readonly word: string;
  readonly rest: string;
}

export interface Stage {
  readonly image: string;
  /** Null = the last one has none. */
  readonly name: string | null;
  readonly steps: readonly Step[];
}

export interface Copy {
  /** Name of a stage; null = the build's context. */
  readonly from: string | null;
  /** As it says; null = root. */
  readonly owner: string | null;
  readonly sources: readonly string[];
  readonly target: string;
}

/** The part of the language that our files use: stages, comments, lines that go on. Here-documents and escapes are not. */
export function readDockerfile(file: string): Stage[] {
  const text = readFileSync(file, "utf8")
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n/g, " ");
  const stages: { image: string; name: string | null; steps: Step[] }[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, word = "", rest = ""] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (word === "") throw new Error(`Cannot read ${JSON.stringify(line)} of ${file}: it is no instruction`);
    if (word === "FROM") {
      const [image = "", , name] = rest.split(/\s+/);
      stages.push({ image, name: name ?? null, steps: [] });
    } else stages.at(-1)?.steps.push({ word, rest });
  }
  return stages;
}

export function readCopy({ rest }: Step): Copy {
  const words = rest.split(/\s+/);
  const option = (name: string) => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
  const paths = words.filter((word) => !word.startsWith("--"));
  return { from: option("from"), owner: option("chown"), sources: paths.slice(0, -1), target: paths.at(-1) ?? "" };
}

/** Of one stage, the last one that says it. */
export const lastOf = ({ steps }: Stage, word: string): string | null => steps.findLast((step) => step.word === word)?.rest ?? null;

/** Whether a file of the context reaches the build: the last pattern that fits it decides, as Docker has it. */
export function isInContext(patterns: readonly string[], path: string): boolean {
  let isIn = true;
  for (const pattern of patterns) {
    const [lets, glob] = pattern.startsWith("!") ? [true, pattern.slice(1)] : [false, pattern];
    if (matcher(glob).test(path)) isIn = lets;
  }
  return isIn;
}

/** A pattern fits a path and all below it. */
const matcher = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^$()|[\]{}]/g, "\\$&")
      .replace(/\*\*\//g, "\0")
      .replace(/\*/g, "[^/]*")
      .replaceAll("\0", "(.*/)?")}(/.*)?$`,
  );

export const readIgnored = (file: string): string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));

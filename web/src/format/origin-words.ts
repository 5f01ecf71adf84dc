import type { Origin } from "@truebound/wire";

const WORDS: Readonly<Record<string, { readonly words: string; readonly means: string }>> = {
  shipped: { words: "comes with Truebound", means: "one of the same name that a file sets stands in its place" },
  file: { words: "from a file", means: "read-only here: change the file and run truebound apply" },
  person: { words: "by a person", means: "set on this page or by a command" },
} satisfies Record<Origin, unknown>;

/** Where a thing that is set came from, and what that means for changing it. */
export const originWords = (origin: string): { readonly words: string; readonly means: string } =>
  WORDS[origin] ?? { words: origin, means: "read-only here" };

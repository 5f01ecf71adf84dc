import type { Alert } from "@truebound/wire";
import { TERM_WORDS } from "./term-words.ts";

const WORDS: Readonly<Record<string, string>> = {
  ...TERM_WORDS,
  offset: "the clock itself is off by more than the bound is wide to either side",
};

/** The part that makes a worst error as great as it is, and what it is; null = nothing is known of it. */
export const dominantWords = (dominant: Alert["dominant"]): readonly [name: string, means: string] | null =>
  dominant === null ? null : [dominant, WORDS[dominant] ?? "a part that this page does not know"];

import type { SeededRandom } from "../../sim/random.ts";
import { bentBytes, bentJson, bentText } from "./mutate.ts";

/** What comes in at a boundary. */
export interface Inputs {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** A document as JSON.parse gives it. */
  readonly json: unknown;
}

interface TargetOf<K extends keyof Inputs> {
  readonly name: string;
  readonly kind: K;
  /** A case: mostly right, a little wrong. */
  readonly draw: (random: SeededRandom) => Inputs[K];
  /** Hands it to the product. Null, or what is wrong with what came out; whatever it throws is a finding too. */
  readonly feed: (input: Inputs[K]) => string | null;
}

/** A parser at its boundary. */
export type FuzzTarget = { [K in keyof Inputs]: TargetOf<K> }[keyof Inputs];

/** What `judge` makes of what came out: null = it is what the type says. */
type Judge<O> = (output: O, input: string) => string | null;

export const text = <O>(name: string, examples: readonly string[], parse: (text: string) => O, judge: Judge<O>): FuzzTarget => ({
  name,
  kind: "text",
  draw: (random) => bentText(random, examples),
  feed: (input) => judge(parse(input), input),
});

export const bytes = <O>(
  name: string,
  examples: readonly Uint8Array[],
  parse: (bytes: Uint8Array) => O,
  judge: (output: O, input: Uint8Array) => string | null,
): FuzzTarget => ({
  name,
  kind: "bytes",
  draw: (random) => bentBytes(random, examples),
  feed: (input) => judge(parse(input), input),
});

export const json = <O>(
  name: string,
  examples: readonly unknown[],
  parse: (value: unknown) => O,
  judge: (output: O, input: unknown) => string | null,
): FuzzTarget => ({
  name,
  kind: "json",
  draw: (random) => bentJson(random, examples),
  feed: (input) => judge(parse(input), input),
});

/** Null when `holds`, else what is wrong. */
export const unless = (holds: boolean, wrong: string): string | null => (holds ? null : wrong);

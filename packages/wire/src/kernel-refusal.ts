import type { DisciplineRefusal } from "@truebound/time";
import Type, { type Static } from "typebox";

/** Why nothing is taken from the kernel's word on its discipline (adjtimex): it may not be asked, or says what cannot be. */
export const KERNEL_REFUSALS = [
  "denied",
  "offset_glitch",
  "freq_out_of_range",
  "tick_out_of_range",
  "offset_out_of_range",
  "constant_out_of_range",
] as const satisfies readonly (DisciplineRefusal | "denied")[];

export const KernelRefusal = Type.Enum([...KERNEL_REFUSALS] as unknown as typeof KERNEL_REFUSALS);
export type KernelRefusal = Static<typeof KernelRefusal>;

/** What it is that is not believed. */
export const KERNEL_REFUSAL_WORDS: Readonly<Record<DisciplineRefusal | "denied", string>> = {
  denied: "adjtimex may not be asked here",
  offset_glitch: "an offset of 2^32 ns, which a mistake of some kernels makes of a small negative one",
  freq_out_of_range: "a frequency beyond what it lets anybody set",
  tick_out_of_range: "a tick beyond what it lets anybody set",
  offset_out_of_range: "an offset beyond a second",
  constant_out_of_range: "a time constant that there is not",
};

/** In a sentence, with what follows of it. */
export const saidOfKernel = (why: DisciplineRefusal | "denied"): string =>
  `${why === "denied" ? "" : "what adjtimex says is not believed: "}${KERNEL_REFUSAL_WORDS[why]}; so the fastest that the kernel can go is assumed`;

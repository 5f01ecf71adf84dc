/** The parts of a bound's width, and what each is. */
export const TERM_WORDS = {
  path: "half of the round trip: the way there and back need not be equal",
  root: "what the source says about its own distance from UTC",
  precision: "the resolution of both clocks",
  stamp: "how exactly the host could take its times",
  drift: "what the oscillator may have strayed since",
  slew: "how far the clock may have been slewed between two looks",
} as const;
export type TermName = keyof typeof TERM_WORDS;

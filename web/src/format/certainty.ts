import type { Certainty } from "@truebound/wire";
import type { Look } from "./status-look.ts";

/** What is known of a clock and its limit: in a few words, in a sentence, and as a look. */
export interface CertaintyLook {
  readonly words: string;
  readonly means: string;
  readonly look: Look;
}

const LOOKS = {
  proved_outside: { words: "proved outside", means: "the whole bound lies beyond the limit", look: "proven-off" },
  cannot_prove: {
    words: "cannot prove",
    means: "the clock may be within its limit, and nothing proves it",
    look: "unverified",
  },
  no_evidence: { words: "no evidence", means: "nothing is known of the clock at all", look: "unknown" },
  proved_inside: { words: "proved inside", means: "the whole bound lies within the limit", look: "proven" },
} as const satisfies Record<Certainty, CertaintyLook>;
const LOOK_OF: Readonly<Record<string, CertaintyLook>> = LOOKS;

/** The worst first: what is proved outside pages, what cannot be proved is a ticket. */
const ORDER: readonly string[] = Object.keys(LOOKS);
export const certaintyRank = (certainty: string): number => ORDER.indexOf(certainty);

/** A certainty that this page does not know yet is shown as unknown, never as fine. */
export const certaintyLook = (certainty: string): CertaintyLook =>
  LOOK_OF[certainty] ?? { words: certainty.replaceAll("_", " "), means: "", look: "unknown" };

import type { SourceVerdict } from "@truebound/wire";
import type { Look } from "./status-look.ts";

interface VerdictLook {
  readonly look: Look;
  readonly word: string;
  readonly means: string;
}

/** What the fleet makes of a source, drawn with the same shapes as a host's status. */
const LOOKS: Readonly<Record<SourceVerdict, VerdictLook>> = {
  false: { look: "conflict", word: "false", means: "more than half of the hosts that can judge it, two at least, call it false" },
  disputed: { look: "unverified", word: "disputed", means: "some hosts call it false: one host alone may be the one that is wrong" },
  undecided: { look: "holdover", word: "undecided", means: "hosts hear it, and none can judge it" },
  unheard: { look: "unknown", word: "unheard", means: "it gives nobody a usable answer" },
  agrees: { look: "proven", word: "agrees", means: "nobody calls it false" },
  gone: { look: "silent", word: "gone", means: "no host that is heard uses it" },
};
export const VERDICTS_WORST_FIRST = Object.keys(LOOKS) as readonly SourceVerdict[];
const LOOK_OF: Readonly<Record<string, VerdictLook>> = LOOKS;

/** A verdict that this page does not know yet is shown as unknown, never as fine. */
export const sourceVerdictLook = (verdict: string): VerdictLook =>
  LOOK_OF[verdict] ?? { look: "unknown", word: verdict, means: "this page does not know this verdict" };

import type { AlertRule } from "@truebound/wire";
import type { Truth } from "./finding.ts";

/** A report, as far as it can be told from another. */
export interface ReportPlace {
  readonly epoch: number;
  readonly seq: number;
}

/** How long a condition has been seen to hold or to be over; ms of observed time, of which a look that failed brings none. */
export interface Progress {
  readonly heldMs: number;
  readonly overMs: number;
  /** The report that first showed it, and the word by which the host was asked to measure anew; null = it does not hold. */
  readonly first: (ReportPlace & { readonly word: string | null }) | null;
}

export const NO_PROGRESS: Progress = { heldMs: 0, overMs: 0, first: null };

/** Unknown adds nothing to either. */
export function advance(before: Progress, truth: Truth, tookMs: number, place: ReportPlace, word: string | null): Progress {
  if (truth === "unknown") return before;
  if (truth === "over") return { heldMs: 0, overMs: before.first === null ? before.overMs + tookMs : 0, first: null };
  if (before.first === null) return { heldMs: 0, overMs: 0, first: { ...place, word } };
  return { ...before, heldMs: before.heldMs + tookMs, overMs: 0 };
}

/** What is known of the host beside the condition. */
export interface Witness extends ReportPlace {
  readonly burstDone: string | null;
  /** Since this process began to look, or since the host reported first, whichever is shorter. */
  readonly watchedMs: number;
}

const CONFIRM_MS = 15_000;
const CONFIRM_REPORTS = 3;

export const mayBegin = (rule: AlertRule, { heldMs, first }: Progress, witness: Witness): boolean =>
  first !== null &&
  heldMs >= rule.hold_s * 1000 &&
  witness.watchedMs >= rule.grace_s * 1000 &&
  (!rule.confirm || isConfirmed(first, heldMs, witness));

/** A later report shows it too, and the host was given its chance to measure anew. */
function isConfirmed(first: NonNullable<Progress["first"]>, heldMs: number, { epoch, seq, burstDone }: Witness): boolean {
  const later = epoch === first.epoch ? seq - first.seq : epoch > first.epoch ? seq : 0;
  return later >= 1 && ((burstDone !== null && burstDone === first.word) || later >= CONFIRM_REPORTS || heldMs >= CONFIRM_MS);
}

export const mayEnd = (rule: AlertRule, { overMs, first }: Progress): boolean => first === null && overMs >= rule.clear_s * 1000;

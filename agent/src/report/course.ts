import type { Place } from "../spool/place.ts";
import type { Spool } from "../spool/spool.ts";

/** How this agent stands to its chain. */
export interface Standing {
  /** The epoch that it writes. */
  readonly epoch: number;
  /** The newest batch of it that was offered, by this run or an earlier one: the server cannot have more of ours. */
  readonly offered: number;
  /** The newest batch of earlier runs; what is later is this run's own. */
  readonly inherited: number;
  /** The newest of it that the server has said, in this very answer, that it has: by its hash it has all before it too. 0 = it said so of none. */
  readonly confirmed: number;
  readonly spool: Pick<Spool, "after" | "firstSeq" | "last" | "stretch">;
}

export type Course =
  /** To offer next. `isConfirmed`: all before it is at the server. */
  | { readonly do: "go"; readonly to: Place; readonly isConfirmed: boolean }
  /** What lies from there on must go on in an epoch later than `after`. */
  | { readonly do: "begin"; readonly from: Place; readonly after: number; readonly why: string };

export const GONE = "the server wants a batch that this spool no longer has";
const LATER = "the server is at a later epoch than this spool";
const MORE = "the server has more of this chain than this spool";

/** Where to go on when the server wants this batch next: a pure table. */
export function courseTo(wanted: Place, standing: Standing): Course {
  const { epoch, offered, inherited, confirmed, spool } = standing;
  const own = { epoch, seq: Math.max(inherited, confirmed) + 1 };
  if (wanted.epoch > epoch) return { do: "begin", from: own, after: wanted.epoch, why: LATER };
  if (wanted.epoch < epoch) return courseBack(wanted, standing);
  // It has batches that were never offered from here: those of a later state of this spool, which is gone.
  if (wanted.seq > offered + 1) return { do: "begin", from: own, after: epoch, why: MORE };
  if (wanted.seq < (spool.firstSeq ?? 1) && spool.last !== null) return { do: "begin", from: wanted, after: epoch, why: GONE };
  // Asked for the first of an epoch that it had, it was restored: it may lack what lies before.
  return { do: "go", to: wanted, isConfirmed: wanted.seq > 1 };
}

/** It is at an epoch before ours: that is filled first, as far as it is here, for nothing can be added to it later. */
function courseBack(wanted: Place, { epoch, spool }: Standing): Course {
  const kept = spool.stretch(wanted.epoch);
  if (kept === null || wanted.seq > kept.last) return { do: "go", to: beginAfter(wanted.epoch, epoch, spool), isConfirmed: true };
  if (wanted.seq < kept.first) return { do: "begin", from: wanted, after: epoch, why: GONE };
  return { do: "go", to: wanted, isConfirmed: wanted.seq > 1 };
}

export const beginAfter = (past: number, epoch: number, spool: Pick<Spool, "after">): Place => ({
  epoch: Math.min(spool.after(past) ?? epoch, epoch),
  seq: 1,
});

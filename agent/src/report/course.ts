import type { Place } from "../spool/place.ts";
import type { ChainPlace } from "../spool/sealed-batch.ts";
import type { Spool } from "../spool/spool.ts";

/** What the server says that it wants next. */
export interface Wanted extends Place {
  /** The newest batch that it has, of whichever epoch; null = it did not say. */
  readonly head: ChainPlace | null;
}

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
  /** In this run it had said before that it wants what comes next here: what it has beyond that, somebody else gave it since. */
  readonly wasInStep: boolean;
  readonly spool: Pick<Spool, "after" | "firstSeq" | "last" | "stretch">;
  /** It is a batch of the epoch that is written. */
  readonly isOurs: (head: ChainPlace) => boolean;
  /** Where the batch is now that went on in a later epoch; null = none that is here went on from there. */
  readonly wentOnAt: (head: ChainPlace) => Place | null;
}

export type Course =
  /**
   * To offer next. `isConfirmed`: all before it is at the server. `former`: what is here up to this epoch it has under former
   * numbers, and its chain ends there.
   */
  | {
      readonly do: "go";
      readonly to: Place;
      readonly isConfirmed: boolean;
      readonly former?: { readonly end: Place; readonly upTo: number };
    }
  /** To offer alone: it has this already, or another batch in its place, and then what lies from there on must go on in a later epoch. */
  | ({ readonly do: "compare" } & Beginning)
  | ({ readonly do: "begin" } & Beginning);

export interface Beginning {
  /** What lies from there on must go on in an epoch later than `after`. */
  readonly from: Place;
  readonly after: number;
  /** The server has this, and by its hash all before it in its epoch; number 0 = nothing of that. */
  readonly end: Place;
  readonly why: string;
}

export const GONE = "the server wants a batch that this spool no longer has";
const LATER = "the server is at a later epoch than this spool";
const MORE = "the server has more of this chain than this spool";
const TWICE = "the server has, under former numbers, some of what this epoch began with";

/** Where to go on when the server wants this batch next: a pure table. */
export function courseTo(wanted: Wanted, standing: Standing): Course {
  const { epoch, offered, inherited, confirmed, spool, isOurs, wentOnAt } = standing;
  const counted = wanted.head === null || wanted.head.epoch >= epoch ? null : wentOnAt(wanted.head);
  if (wanted.head !== null && counted !== null) return courseBehind(counted, wanted.head, standing);
  const own = { epoch, seq: Math.max(inherited, confirmed) + 1 };
  if (wanted.epoch > epoch) return { do: "begin", ...startingAt(own), after: wanted.epoch, why: LATER };
  if (wanted.epoch < epoch) return courseBack(wanted, standing);
  if (wanted.seq > offered + 1 && !(wanted.head !== null && isOurs(wanted.head))) return courseAside(own, standing);
  if (wanted.seq < (spool.firstSeq ?? 1) && spool.last !== null) return { do: "begin", ...startingAt(wanted), after: epoch, why: GONE };
  // Asked for the first of an epoch that it had, it was restored: it may lack what lies before.
  return { do: "go", to: wanted, isConfirmed: wanted.seq > 1 };
}

/**
 * It has batches that were never offered from here: those of a later state of this spool, which is gone; or a copy of this host gave
 * them, among them maybe some that were here when it was copied.
 */
function courseAside(own: Place, { epoch, wasInStep, spool }: Standing): Course {
  const mayHaveOurs = wasInStep && own.seq <= (spool.last?.seq ?? 0);
  return { do: mayHaveOurs ? "compare" : "begin", ...startingAt(own), after: epoch, why: MORE };
}

/**
 * It is at an epoch before ours, where it has this batch of a later one under its former number, and by its hash all before it: its
 * database was set back, and then to a state that the first setting back had left. What is given again would count twice.
 */
function courseBehind(counted: Place, head: ChainPlace, { epoch, spool }: Standing): Course {
  const isLastOfItsEpoch = counted.seq >= (spool.stretch(counted.epoch)?.last ?? 0);
  const end = { epoch: head.epoch, seq: head.seq };
  if (isLastOfItsEpoch && counted.epoch < epoch)
    return { do: "go", to: beginAfter(counted.epoch, epoch, spool), isConfirmed: true, former: { end, upTo: counted.epoch } };
  return { do: "begin", from: { epoch: counted.epoch, seq: counted.seq + 1 }, end, after: epoch, why: TWICE };
}

/** It wants this, so it has what is before. */
export const startingAt = ({ epoch, seq }: Place): Pick<Beginning, "from" | "end"> => ({
  from: { epoch, seq },
  end: { epoch, seq: seq - 1 },
});

/** It is at an epoch before ours: that is filled first, as far as it is here, for nothing can be added to it later. */
function courseBack(wanted: Place, { epoch, spool }: Standing): Course {
  const kept = spool.stretch(wanted.epoch);
  if (kept === null || wanted.seq > kept.last) return { do: "go", to: beginAfter(wanted.epoch, epoch, spool), isConfirmed: true };
  if (wanted.seq < kept.first) return { do: "begin", ...startingAt(wanted), after: epoch, why: GONE };
  return { do: "go", to: wanted, isConfirmed: wanted.seq > 1 };
}

export const beginAfter = (past: number, epoch: number, spool: Pick<Spool, "after">): Place => ({
  epoch: Math.min(spool.after(past) ?? epoch, epoch),
  seq: 1,
});

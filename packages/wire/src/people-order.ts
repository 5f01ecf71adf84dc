import Type, { type Static } from "typebox";
import { Assumptions, Bound, DecimalString, HostText, Instant, Natural, Nullable, Status, Uuid } from "./schema.ts";

/** UTC was within these two, ends included. */
export const UtcPlace = Type.Object({ earliest: Instant, latest: Instant });
export type UtcPlace = Static<typeof UtcPlace>;

/** When a host's clock showed a stamp, by the guaranteed tier. More fields may join. */
export const StampInterval = Type.Object({
  host: Uuid,
  name: HostText(255),
  /** What the host's clock showed. */
  stamp: Instant,
  /** Null = it is not known to have shown it at any time; `reason` says why. */
  earliest: Nullable(Instant),
  latest: Nullable(Instant),
  /** Apart, in order: more than one where the clock was set back and showed the stamp again. */
  places: Type.Array(UtcPlace),
  tier: Type.Literal("guaranteed"),
  /** The worst of the readings that it rests on; unknown = the clock may have shown it in a stretch without evidence. */
  status: Status,
  reason: Nullable(Type.String()),
  /** On the host's offset when it showed the stamp; null as above. */
  guaranteed: Nullable(Bound),
  /** Batches, or signed statements, that it rests on; at most 16. */
  evidence: Type.Array(Type.Object({ epoch: Natural, seq: Natural })),
  assumptions: Nullable(Assumptions),
  /** What is assumed beside these, in words. */
  assumes: Type.Array(Type.String()),
  /** By so much the error of the scope's application has widened all of it, at both ends. */
  app_error_ns: DecimalString,
  /** A simulated clock made what it rests on, as in the demo. */
  simulated: Type.Boolean(),
});
export type StampInterval = Static<typeof StampInterval>;

export const ORDER_RESULTS = ["before", "after", "undecidable", "unknown"] as const;

export const OrderAnswer = Type.Object({
  /** Of a: before iff a.latest < b.earliest. */
  result: Type.Enum([...ORDER_RESULTS] as unknown as typeof ORDER_RESULTS),
  /** By how much at least, UTC; null where neither is surely first. */
  margin_ns: Nullable(DecimalString),
  a: StampInterval,
  b: StampInterval,
});
export type OrderAnswer = Static<typeof OrderAnswer>;

export const INSIDE = ["yes", "no", "not_provable"] as const;

/** One row of a file of stamps, in the order of the file. */
export const StampRow = Type.Object({
  /** Of the file, from 1. */
  line: Natural,
  id: Type.String(),
  host: Type.String(),
  timestamp: Type.String(),
  earliest: Nullable(Instant),
  latest: Nullable(Instant),
  status: Nullable(Status),
  reason: Nullable(Type.String()),
  /** Local less UTC, positive = it was ahead. With the error of the scope's application: of the event, not of the clock alone. */
  divergence_lo_ns: Nullable(DecimalString),
  divergence_hi_ns: Nullable(DecimalString),
  /** By so much the interval was widened for it, at both ends. */
  app_error_ns: Nullable(DecimalString),
  /** Null where no limit was named, or of a bad row. */
  inside: Nullable(Type.Enum([...INSIDE] as unknown as typeof INSIDE)),
  evidence: Nullable(Type.Object({ epoch: Natural, seq: Natural })),
  /** A simulated clock made what it rests on, as in the demo. */
  simulated: Nullable(Type.Boolean()),
  /** What is wrong with the row; null = nothing. */
  error: Nullable(Type.String()),
});
export type StampRow = Static<typeof StampRow>;

export const StampAnswer = Type.Object({
  /** What `inside` was judged by; null = nothing. */
  limit_ns: Nullable(DecimalString),
  profile: Nullable(Type.String()),
  scope: Nullable(Type.String()),
  items: Type.Array(StampRow),
  next: Type.Null(),
});
export type StampAnswer = Static<typeof StampAnswer>;

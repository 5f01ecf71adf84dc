import Type, { type Static } from "typebox";
import { Frequency } from "./batch.ts";
import { Instant, Natural, Nullable, Status, Terms, Uuid } from "./schema.ts";

/** What time it is, as far as the server knows: by the proven bound of the host that it runs on. */
export const ServerTime = Type.Object({
  /** What the server's own clock showed, to the millisecond. */
  at: Instant,
  /** UTC lay between these when it did; both null = not known. */
  earliest: Nullable(Instant),
  latest: Nullable(Instant),
  /** Why it is not known; null = it is. */
  reason: Nullable(Type.Enum(["no_agent_here", "not_heard", "not_proven", "too_old"])),
});
export type ServerTime = Static<typeof ServerTime>;

/** One batch of a host: what its last bound was made of, and what was known of the clock's rate. */
export const TermsPoint = Type.Object({
  t: Instant,
  status: Status,
  /** Null = there was no bound. */
  terms: Nullable(Terms),
  frequency: Frequency,
  evidence: Type.Object({ epoch: Natural, seq: Natural }),
});
export type TermsPoint = Static<typeof TermsPoint>;

export const TermsSeries = Type.Object({
  from: Instant,
  to: Instant,
  host: Uuid,
  /** True where there may be batches between the points. */
  sampled: Type.Boolean(),
  points: Type.Array(TermsPoint),
});
export type TermsSeries = Static<typeof TermsSeries>;

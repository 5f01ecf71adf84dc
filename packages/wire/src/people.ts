import Type, { type Static } from "typebox";
import { Frequency, RootDeclaration, SourceNts } from "./batch.ts";
import { DaemonView } from "./daemon.ts";
import { Labels } from "./enrol.ts";
import { Standing } from "./people-peers.ts";
import { Rehearsal } from "./rehearsal.ts";
import {
  Assumptions,
  Bound,
  DecimalString,
  HostText,
  Instant,
  Liveness,
  Natural,
  Nullable,
  Reason,
  Sha256,
  SourceKind,
  SourceState,
  STATUSES,
  Status,
  Terms,
  Timescale,
  Uuid,
} from "./schema.ts";

/** What the server says to people and programs under /api/v1. More fields may join; these stay. */
export const HostSummary = Type.Object({
  id: Uuid,
  name: HostText(255),
  labels: Labels,
  liveness: Liveness,
  status: Status,
  reason: Nullable(Reason),
  /** UTC estimate of the last reading; the receive time where there is no estimate (`as_of_marked`). */
  as_of: Nullable(Instant),
  as_of_marked: Type.Boolean(),
  guaranteed: Nullable(Bound),
  tight: Nullable(Bound),
  worst_error_ns: Nullable(DecimalString),
  /** Batches by this host's key came beside its chain and were refused; until a person clears it. */
  clone_suspected: Type.Boolean(),
  /** All of this is of a reading that was told ahead of a backlog which is still being delivered. */
  is_ahead: Type.Boolean(),
  /** Until when its past has arrived, on the UTC estimate; null = nothing is missing, or not known. */
  delivered_until: Nullable(Instant),
  /** The offset in words. */
  words: Type.String(),
  /** The offset injected by a simulated clock, on demo hosts. */
  injected_ns: Nullable(DecimalString),
  last_received_at: Nullable(Instant),
  /** The strictest limit on its worst error that its policy sets; 100 ms where none does. */
  limit_ns: Type.Optional(DecimalString),
  /** Of a host in a mesh: how it stands in what its measurements and its neighbours' contradict. */
  peer_standing: Type.Optional(Standing),
  /** The declared fault under which all of this was reported: none of it is a measurement. Absent = it is one. */
  rehearsal: Type.Optional(Rehearsal),
});
export type HostSummary = Static<typeof HostSummary>;

export const HostSource = Type.Object({
  id: Type.String(),
  address: Nullable(Type.String()),
  origin: Type.String(),
  state: SourceState,
  /** The state in words. */
  why: Type.String(),
  stratum: Nullable(Natural),
  refid: Nullable(Type.String()),
  leap: Nullable(Natural),
  bound: Nullable(Bound),
  delay_ns: Nullable(DecimalString),
  /** What it says of its own way to the clock that it follows; absent where that is not known. */
  root_delay_ns: Type.Optional(DecimalString),
  root_dispersion_ns: Type.Optional(DecimalString),
  polls: Natural,
  replies: Natural,
  refusals: Type.Record(Type.String(), Natural),
  local_reference: Type.Boolean(),
  timescale: Type.Optional(Timescale),
  /** Absent where it is asked without NTS. */
  nts: Type.Optional(SourceNts),
  /** Absent = it is asked by NTP; so are the four that follow. */
  kind: Type.Optional(SourceKind),
  /** False = it is compared, and has no vote. */
  counts: Type.Optional(Type.Boolean()),
  assumes: Type.Optional(Type.Array(Type.String())),
  /** SHA-256 of the document that declares its error; null = it names none. */
  document: Type.Optional(Nullable(Sha256)),
  facts: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer(), Type.Boolean(), Type.Null()]))),
  /** What bounds its own error: what it advertises, or what is declared of it. Absent = advertised. */
  root: Type.Optional(Type.Enum(["advertised", "declared"])),
  declaration: Type.Optional(RootDeclaration),
  /** Id of it among the sources of the fleet: /api/v1/sources/{source}. */
  source: Type.Optional(Type.String()),
});
export type HostSource = Static<typeof HostSource>;

export const HostEvent = Type.Object({
  at: Instant,
  at_marked: Type.Boolean(),
  kind: Type.String(),
  source: Nullable(Type.String()),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  words: Type.String(),
});
export type HostEvent = Static<typeof HostEvent>;

/** What an operator could declare as `calibrated_residual_ppb`, from a day's evidence, and what it would buy. */
export const Calibration = Type.Object({
  residual_ppb: Natural,
  /** Middle of the day's frequency errors, positive = fast. */
  oscillator_ppb: Type.Integer(),
  minutes: Natural,
  drift_now_ns: DecimalString,
  drift_then_ns: DecimalString,
});
export type Calibration = Static<typeof Calibration>;

/** What a host's offset is held against: the limit of a scope's profile, both ends inside. */
export const HostLimit = Type.Object({ scope: Type.String(), profile: Type.String(), lo_ns: DecimalString, hi_ns: DecimalString });
export type HostLimit = Static<typeof HostLimit>;

export const HostDetail = Type.Intersect([
  HostSummary,
  Type.Object({
    /** One sentence that a person at 3 a.m. can act on. */
    explanation: Type.String(),
    terms: Nullable(Terms),
    frequency: Nullable(Frequency),
    /** For each limit how long the bound stays within it if every source falls silent: 0 = it is not now, null = for ever. */
    forecast: Type.Array(Type.Object({ limit_ns: DecimalString, within_ns: Nullable(DecimalString) })),
    calibration: Nullable(Calibration),
    assumptions: Nullable(Assumptions),
    trusting: Type.Array(Type.String()),
    votes: Nullable(Natural),
    need: Nullable(Natural),
    sources: Type.Array(HostSource),
    events: Type.Array(HostEvent),
    boot_id: Nullable(Type.String()),
    software: Nullable(Type.String()),
    policy_version: Nullable(Natural),
    enrolled_at: Instant,
    evidence: Nullable(Type.Object({ epoch: Natural, seq: Natural })),
    /** What its own daemon claimed last, beside what was measured then; null = it was never asked. */
    daemon: Type.Optional(Nullable(DaemonView)),
    /** Of the scopes that it is in now and that limit divergence from UTC. */
    limits: Type.Optional(Type.Array(HostLimit)),
  }),
]);
export type HostDetail = Static<typeof HostDetail>;

export const HostList = Type.Object({ items: Type.Array(HostSummary), next: Nullable(Type.String()) });
export type HostList = Static<typeof HostList>;

export const IntervalAnswer = Type.Object({
  at: Instant,
  host: Uuid,
  status: Status,
  reason: Nullable(Type.String()),
  guaranteed: Nullable(Bound),
  tight: Nullable(Bound),
  /** What the host's clock showed at `at`: at − hi and at − lo. */
  earliest: Nullable(Instant),
  latest: Nullable(Instant),
  evidence: Nullable(Type.Object({ epoch: Natural, seq: Natural })),
  /** All batches, or signed statements, that the bound rests on; at most 16. `evidence` is the last one. */
  records: Type.Array(Type.Object({ epoch: Natural, seq: Natural })),
  assumptions: Nullable(Assumptions),
  /** By so much the error of the scope's application has widened all of it, at both ends. */
  app_error_ns: DecimalString,
  /** Whether an audit of the scope counts this bound; null where none was named. */
  counts: Nullable(Type.Boolean()),
  /** A simulated clock made what it rests on, as in the demo. */
  simulated: Type.Boolean(),
});
export type IntervalAnswer = Static<typeof IntervalAnswer>;

export const SeriesPoint = Type.Object({
  t: Instant,
  lo_ns: Nullable(DecimalString),
  hi_ns: Nullable(DecimalString),
  mid_ns: Nullable(DecimalString),
  /** The tight bound, within the guaranteed one; absent in minutes, null where there is none. */
  tight_lo_ns: Type.Optional(Nullable(DecimalString)),
  tight_hi_ns: Type.Optional(Nullable(DecimalString)),
  status: Status,
  /** Why there is no bound, where that is known: as the host said it, or why nothing can be said of the time before the next point. */
  reason: Type.Optional(Type.String()),
  injected_ns: Type.Optional(Nullable(DecimalString)),
  /** All that the host's own daemon claimed of the offset there, a claim and no proof; absent = it claimed nothing. */
  claim_lo_ns: Type.Optional(DecimalString),
  claim_hi_ns: Type.Optional(DecimalString),
  /** A claim in it had no offset in common with what was measured at the same time; absent = none had, as far as that is known. */
  claim_excluded: Type.Optional(Type.Boolean()),
});
export type SeriesPoint = Static<typeof SeriesPoint>;

export const Series = Type.Object({
  from: Instant,
  to: Instant,
  host: Uuid,
  /** "evidence" = every reading that was sent; "minute" = rollup, min lo and max hi of each minute. */
  resolution: Type.Enum(["evidence", "minute"]),
  /** True where a point stands for several readings or minutes: their hull, or nothing where one of them has no bound. */
  merged: Type.Boolean(),
  points: Type.Array(SeriesPoint),
});
export type Series = Static<typeof Series>;

/** A span in a statement; placed on the UTC estimate, and as its agent signed it. */
export const SignedSpan = Type.Object({
  from: Instant,
  to: Instant,
  from_realtime_ns: DecimalString,
  to_realtime_ns: DecimalString,
  from_raw_ns: DecimalString,
  to_raw_ns: DecimalString,
  /** At every instant of it the offset lay in [lo, hi]. */
  lo_ns: DecimalString,
  hi_ns: DecimalString,
  readings: Natural,
  status: Status,
});
export type SignedSpan = Static<typeof SignedSpan>;

/** What an agent stated of some minutes, with its signature: `truebound-spans/1`, the host, the statement in hex, joined by newlines. */
export const SignedStatement = Type.Object({
  /** batch = beside the batch that carried it; archive = in the archive; apart = in the place of its batches. */
  kept: Type.Enum(["batch", "archive", "apart"]),
  epoch: Natural,
  /** Of the batch that carried it; apart: of that one or of one shortly before. Neither is signed here. */
  seq: Natural,
  /** Of that batch in the host's chain, in hex; null = the batch is gone. */
  batch_hash: Nullable(Type.String()),
  /** base64url of its bytes. */
  statement: Type.String(),
  /** base64url of 64 bytes: Ed25519. */
  signature: Type.String(),
  /** Of one of `keys`. */
  key_id: Type.String(),
  /** Of one of `contexts`: the first 16 bytes of the SHA-256 of its text, in hex; the statement begins with them. */
  context: Type.String(),
  spans: Type.Array(SignedSpan),
});
export type SignedStatement = Static<typeof SignedStatement>;

/** A key that a host signed by, and how it came to be the host's: by its enrolment, or vouched for by the key before. */
export const SigningKey = Type.Object({
  /** The first 16 characters of the base64url of the SHA-256 of the key. */
  key_id: Type.String(),
  /** base64url of 32 bytes. */
  public_key: Type.String(),
  /** The first batch that it signed; null = none so far. */
  from_epoch: Nullable(Natural),
  from_seq: Nullable(Natural),
  /** `truebound-key/1`, this, the host and the key, joined by newlines, is what both keys signed; null for the key of the enrolment. */
  challenge: Nullable(Type.String()),
  old_signature: Nullable(Type.String()),
  new_signature: Nullable(Type.String()),
});
export type SigningKey = Static<typeof SigningKey>;

export const SpanList = Type.Object({
  from: Instant,
  to: Instant,
  host: Uuid,
  /** All that the host ever had, the oldest first. */
  keys: Type.Array(SigningKey),
  /** Texts by their hash: what the statements of this page rest on. */
  contexts: Type.Record(Type.String(), Type.String()),
  items: Type.Array(SignedStatement),
  next: Nullable(Type.String()),
});
export type SpanList = Static<typeof SpanList>;

/**
 * The fleet in one minute, or in several that were merged: then each figure is the greatest of them, `proven` the least. In one
 * minute `proven`, `cannot_prove` and `silent` are together `hosts`.
 */
export const FleetPoint = Type.Object({
  t: Instant,
  /** All that belonged to the fleet, whether or not they were heard. */
  hosts: Natural,
  /** Throughout the minute. */
  proven: Natural,
  /** There is evidence of the minute, and somewhere in it another status. */
  cannot_prove: Natural,
  /** There is no evidence of the minute: in no status. */
  silent: Natural,
  /** The silent ones, and those of which something in the minute is not known; they count as worse than all others. */
  unbounded: Natural,
  by_status: Type.Object(Object.fromEntries(STATUSES.map((status) => [status, Natural])) as Record<Status, typeof Natural>),
  /** The worst error of no more than half of the hosts is greater, within a tenth above the exact figure; null = unknown. */
  p50_ns: Nullable(DecimalString),
  p95_ns: Nullable(DecimalString),
  p99_ns: Nullable(DecimalString),
  /** Of those that have a bound, exactly. */
  worst_ns: Nullable(DecimalString),
});
export type FleetPoint = Static<typeof FleetPoint>;

export const FleetSeries = Type.Object({
  from: Instant,
  to: Instant,
  merged: Type.Boolean(),
  points: Type.Array(FleetPoint),
});
export type FleetSeries = Static<typeof FleetSeries>;

/** One host's bound over a range that is cut into equal parts, in order; null at both ends = of something in the part nothing is known. */
export const Spark = Type.Object({
  id: Uuid,
  lo_ns: Type.Array(Nullable(DecimalString)),
  hi_ns: Type.Array(Nullable(DecimalString)),
});
export type Spark = Static<typeof Spark>;

export const FleetSparks = Type.Object({
  from: Instant,
  to: Instant,
  items: Type.Array(Spark),
});
export type FleetSparks = Static<typeof FleetSparks>;

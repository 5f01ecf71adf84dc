import Type, { type Static } from "typebox";
import { RootDeclaration } from "./batch.ts";
import {
  Bound,
  DecimalString,
  HostText,
  Instant,
  Liveness,
  Natural,
  Nullable,
  Sha256,
  SourceKind,
  SourceState,
  Timescale,
  Uuid,
} from "./schema.ts";

export const SOURCE_VERDICTS = ["false", "disputed", "undecided", "unheard", "agrees", "gone"] as const;
/**
 * What its users make of it: `false` = more than half of those that can judge it, two at least, call it false; `disputed` = some do;
 * `undecided` = nobody can judge it; `unheard` = it answers nobody; `gone` = nobody who is heard uses it.
 */
export const SourceVerdict = Type.Enum([...SOURCE_VERDICTS] as unknown as typeof SOURCE_VERDICTS);
export type SourceVerdict = (typeof SOURCE_VERDICTS)[number];

export const SOURCE_ORDERS = ["worst", "users", "name"] as const;
export type SourceOrder = (typeof SOURCE_ORDERS)[number];

/**
 * Where the source's own offset lies by what each user proves of its own clock: for each host an interval, so each quantile is an
 * interval too. The quantile of the true offsets lies within it, as long as those bounds hold.
 */
export const SourceOffsets = Type.Object({
  /** So many hosts have a bound to hold it against. */
  hosts: Natural,
  hull: Bound,
  p05: Bound,
  p50: Bound,
  p95: Bound,
});
export type SourceOffsets = Static<typeof SourceOffsets>;

/** An upstream as all hosts together see it. */
/** By what a source proves who it is under NTS. */
export const NtsIdentity = Type.Object({ name: HostText(255), key: Type.String() });
export type NtsIdentity = Static<typeof NtsIdentity>;

export const SourceSummary = Type.Object({
  /** Its address; a name where none has been resolved; `127.0.0.1 of HOST` for a host's own machine. */
  id: Type.String(),
  address: Nullable(Type.String()),
  /** By which hosts name it; at most eight. */
  names: Type.Array(HostText(255)),
  origins: Type.Array(Type.String()),
  verdict: SourceVerdict,
  /** The verdict in words. */
  words: Type.String(),
  /** Hosts that are heard and use it: `users` are the four that follow, together. */
  users: Natural,
  agreeing: Natural,
  false_by: Natural,
  undecided_by: Natural,
  unheard_by: Natural,
  /** Hosts that used it when they were last heard, or that rehearse a fault: they say nothing of now. */
  past_users: Natural,
  /** What it said of itself last, to whom it answered last. */
  stratum: Nullable(Natural),
  refid: Nullable(Type.String()),
  leap: Nullable(Natural),
  /** So many users were told another stratum, refid or leap. */
  told_otherwise: Natural,
  local_reference: Type.Boolean(),
  /** Absent = it is asked by NTP; so are the two that follow. */
  kind: Type.Optional(SourceKind),
  /** False = it is compared, and has no vote. */
  counts: Type.Optional(Type.Boolean()),
  /** SHA-256 of the document that declares its error; null = it names none. */
  document: Type.Optional(Nullable(Sha256)),
  /** Of the users so many ask it under NTS, and of these so many hold only what is authenticated. */
  nts_users: Natural,
  authenticated_by: Natural,
  /** As whom it proved itself to them: name and SHA-256 of the certificate's key; at most eight. */
  nts_identities: Type.Array(NtsIdentity, { maxItems: 8 }),
  /** What it says of its own way to the clock that it follows; absent where that is not known. */
  root_delay_ns: Type.Optional(DecimalString),
  root_dispersion_ns: Type.Optional(DecimalString),
  /** For so many users its error is bounded by what is declared of it, and for so many the declaration does not count. */
  declared_for: Natural,
  declaration_void_for: Natural,
  /** What is declared of it to whom it answered last; absent = nothing. */
  declaration: Type.Optional(RootDeclaration),
  /** What it is taken to keep to around a leap second; null = agents do not say, or not the same. */
  timescale: Nullable(Timescale),
  /** Latest reading of a host that it answers. */
  last_heard_at: Nullable(Instant),
  /** It is off UTC by this or more, as far as the host that is surest of it can prove; null = nobody can. */
  apart_ns: Nullable(DecimalString),
  offsets: Nullable(SourceOffsets),
  /** The source that it follows, where the fleet uses that too. */
  upstream: Nullable(Type.String()),
  /** Id in `shared` of the sources with which it is one vote; null = it is a vote by itself. */
  shares: Nullable(Type.String()),
  /** Hosts whose bound rests on this vote alone. */
  sole_for: Natural,
});
export type SourceSummary = Static<typeof SourceSummary>;

/** Sources that could be wrong together for one reason: one vote, however many names it has. */
export const SharedUpstream = Type.Object({
  id: Type.String(),
  /** What most of them name as what they follow: the words of its refid, and the source itself where the fleet uses it. */
  clock: Type.Object({ refid: Type.String(), source: Nullable(Type.String()) }),
  sources: Type.Array(Type.String()),
  /** Hosts that use two of them or more, and count them once. */
  hosts: Natural,
  sole_for: Natural,
  words: Type.String(),
});
export type SharedUpstream = Static<typeof SharedUpstream>;

export const SourceTotals = Type.Object({
  /** Hosts that are heard and have a source. */
  hosts: Natural,
  sources: Natural,
  by_verdict: Type.Object(
    Object.fromEntries(SOURCE_VERDICTS.map((verdict) => [verdict, Natural])) as Record<SourceVerdict, typeof Natural>,
  ),
  /** Of all `apart_ns` the greatest. */
  apart_ns: Nullable(DecimalString),
  /** Hosts whose bound rests on one vote, and those votes. */
  sole_hosts: Natural,
  sole_votes: Natural,
});
export type SourceTotals = Static<typeof SourceTotals>;

export const SourceList = Type.Object({
  /** When the latest report that counts here was received; null = none was. */
  as_of: Nullable(Instant),
  /** Of all sources, whatever was searched for. */
  totals: SourceTotals,
  shared: Type.Array(SharedUpstream),
  items: Type.Array(SourceSummary),
  /** So many fit what was searched for. */
  found: Natural,
  next: Nullable(Type.String()),
});
export type SourceList = Static<typeof SourceList>;

/** What one host makes of it. */
export const SourceUser = Type.Object({
  host: Uuid,
  name: HostText(255),
  liveness: Liveness,
  /** False = the host is not heard now, or rehearses a fault: what follows counts nowhere. */
  counts: Type.Boolean(),
  as_of: Nullable(Instant),
  /** By which it names the source. */
  source: HostText(255),
  state: SourceState,
  why: Type.String(),
  /** What the source says of the host's offset. */
  bound: Nullable(Bound),
  /** What the host proves of it. */
  host_bound: Nullable(Bound),
  /** What both together say of the source's offset. */
  offset: Nullable(Bound),
  apart_ns: Nullable(DecimalString),
  delay_ns: Nullable(DecimalString),
  /** What it says of its own way to the clock that it follows; absent where that is not known. */
  root_delay_ns: Type.Optional(DecimalString),
  root_dispersion_ns: Type.Optional(DecimalString),
  polls: Natural,
  replies: Natural,
  is_sole: Type.Boolean(),
});
export type SourceUser = Static<typeof SourceUser>;

/** From the source to the clock that it follows, as far as the fleet sees it. */
export const ChainStep = Type.Object({
  words: Type.String(),
  source: Nullable(Type.String()),
  stratum: Nullable(Natural),
});
export type ChainStep = Static<typeof ChainStep>;

export const SourceDetail = Type.Intersect([
  SourceSummary,
  Type.Object({
    as_of: Nullable(Instant),
    chain: Type.Array(ChainStep),
    shared: Nullable(SharedUpstream),
    /** Those that call it false first, then by how far apart they are. */
    by_host: Type.Array(SourceUser),
    left_out: Natural,
  }),
]);
export type SourceDetail = Static<typeof SourceDetail>;

/** Who called a source false, and when, by what its users told. */
export const SourceHistory = Type.Object({
  from: Instant,
  to: Instant,
  /** Those that go on first, then the newest. */
  items: Type.Array(
    Type.Object({
      host: Uuid,
      name: HostText(255),
      /** By which it names the source. */
      source: HostText(255),
      /** The first state of it. */
      state: Type.String(),
      /** Null = before `from`, or before what is kept. */
      began: Nullable(Instant),
      /** Null = as far as the host told it goes on. */
      ended: Nullable(Instant),
      /** One of the two is placed by when it was received. */
      at_marked: Type.Boolean(),
    }),
  ),
  /** More was told than is looked through: the oldest is missing. */
  is_cut: Type.Boolean(),
  /** So many users were not looked at. */
  left_out: Natural,
});
export type SourceHistory = Static<typeof SourceHistory>;

/** Where a source's own offset lay over time, by reports of some of its users. */
export const SourceSeries = Type.Object({
  from: Instant,
  to: Instant,
  /** Of so many users reports are looked at: those that call it false first, then those that know their own clock best. */
  hosts: Natural,
  /** So many users are not looked at. */
  left_out: Natural,
  /** How long a part is. */
  step_ns: DecimalString,
  /** Parts of which there is a report, in order; of each host the first one in it counts. */
  points: Type.Array(
    Type.Object({
      /** Where the part begins. */
      t: Instant,
      /** Hull of where its offset (UTC less source) lay by each of these reports. */
      lo_ns: DecimalString,
      hi_ns: DecimalString,
      hosts: Natural,
      /** So many of them called it false. */
      false_by: Natural,
    }),
  ),
  /** More would have had to be read than one question may. */
  is_cut: Type.Boolean(),
});
export type SourceSeries = Static<typeof SourceSeries>;

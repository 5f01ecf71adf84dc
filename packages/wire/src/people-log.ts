import Type, { type Static } from "typebox";
import { Instant, Nullable } from "./schema.ts";

const Ns = Type.String({ pattern: "^-?\\d+$" });

/** A signed head; public key and signature are raw Ed25519 as base64url, digests are hex. One line of JSON of it is a line of a witness file. */
export const LogHeadView = Type.Object({
  number: Type.Integer(),
  installation: Type.String(),
  shard: Type.String(),
  size: Type.Integer(),
  root: Type.String(),
  /** By the database's clock, since 1970. */
  timestamp_ns: Ns,
  previous: Type.String(),
  public_key: Type.String(),
  signature: Type.String(),
});
export type LogHeadView = Static<typeof LogHeadView>;

/** A UTC month of the database's clock, and what is stored of it. */
export const LogMonth = Type.Object({
  shard: Type.String(),
  /** `growing`: this month; `over`: no leaf comes any more; `spent`: its last head and the proofs of its entries are all that is left. */
  state: Type.Enum(["growing", "over", "spent"]),
  /** Under its last head. */
  leaves: Type.Integer(),
  /** Numbers of its first and last head that are kept. */
  heads: Type.Object({ first: Type.Integer(), last: Type.Integer() }),
  sealed_at: Instant,
  /** Of leaf hashes, 256 to a tile: how many places there are up to the last one stored, and how many the leaves need. */
  tiles: Type.Object({ stored: Type.Integer(), needed: Type.Integer() }),
});
export type LogMonth = Static<typeof LogMonth>;

/** A host whose log stopped, and nobody has acknowledged it. */
export const LogStopView = Type.Object({
  host: Type.String(),
  name: Type.String(),
  since: Instant,
  /** Of the batch before which it stopped. */
  epoch: Type.Integer(),
  seq: Type.Integer(),
  /** The mismatch as its leaf has it. */
  entry: Type.Record(Type.String(), Type.Unknown()),
});
export type LogStopView = Static<typeof LogStopView>;

/** What was logged and is not now what it was, and nobody has acknowledged it. */
export const LogDifferenceView = Type.Object({
  place: Type.String(),
  /** Its name; null = it is of no host. */
  host: Nullable(Type.String()),
  words: Type.String(),
  found_at: Instant,
});
export type LogDifferenceView = Static<typeof LogDifferenceView>;

/** The log at a glance, by the database's clock; at most a hundred of each list. */
export const LogView = Type.Object({
  as_of: Instant,
  head: Nullable(LogHeadView),
  months: Type.Array(LogMonth),
  /** Not under a head yet: entries, and hosts of which there are batches. */
  waiting: Type.Object({ entries: Type.Integer(), hosts: Type.Integer() }),
  /** Of the server that answers. Null = it has not looked yet; `trouble` null = its last pass went well. */
  sequencing: Type.Object({ passed_seconds_ago: Nullable(Type.Number()), trouble: Nullable(Type.String()) }),
  stopped: Type.Array(LogStopView),
  differences: Type.Array(LogDifferenceView),
  /** Months that were left after a key was lost, as that one had signed them: what is stored is not that, so no report rests on them. Nobody acknowledges them away. */
  left_months: Type.Array(Type.String()),
  /** What was never what had been received, as its leaves say. */
  mismatches: Type.Array(Type.Record(Type.String(), Type.Unknown())),
  /** How far all of it was read again. */
  scrub: Type.Object({
    ended: Nullable(Type.Object({ at: Instant, leaves: Type.Integer(), seconds_ago: Type.Integer() })),
    round: Type.Object({ began: Instant, leaves: Type.Integer() }),
    overdue: Type.Boolean(),
  }),
  /** `authority` null = none is asked; `trouble` = why the server that answers has no token, null = its last answer was taken or none was due. */
  anchoring: Type.Object({ authority: Nullable(Type.String()), trouble: Nullable(Type.String()) }),
});
export type LogView = Static<typeof LogView>;

/** A token of RFC 3161 over a head. */
export const LogAnchor = Type.Object({
  id: Type.String(),
  head: Type.Integer(),
  shard: Type.String(),
  size: Type.Integer(),
  authority: Type.String(),
  /** By the database's clock. */
  asked_at: Instant,
  /** By the authority's. */
  granted_at: Instant,
});
export type LogAnchor = Static<typeof LogAnchor>;

/** The newest first. */
export const LogAnchorList = Type.Object({ items: Type.Array(LogAnchor), next: Nullable(Type.String()) });
export type LogAnchorList = Static<typeof LogAnchorList>;

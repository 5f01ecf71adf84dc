import Type, { type Static } from "typebox";
import { BigColumn, column } from "./columns.ts";
import { ExchangeColumns } from "./exchanges.ts";
import { DecimalString, HostText, Natural, Nullable, Uuid } from "./schema.ts";

/** Neighbours and targets of one host together. */
export const MAX_PEERS = 32;
/** Whoever may ask a host; each of its neighbours draws for itself, so there is room for an unlucky draw. */
export const MAX_ASKERS = 512;
/** An identity of a source (`identitiesOf`), and how many a host may rest on. */
const Identity = HostText(80);
const Identities = Type.Array(Identity, { maxItems: 128 });
/** Which ruler a reading was taken on: it changes with every boot and with everything that makes RAW another ruler. 32 bits. */
export const Ruler = Type.Integer({ minimum: 0, maximum: 0xffff_ffff });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** Of the policy: whether a host answers peers, and with whom it forms a mesh. */
export const MeshRule = Type.Object(
  {
    /** Hosts measure each other within a domain: those that can reach each other. */
    domain: HostText(64),
    /** UDP port on which the agent answers. */
    port: Type.Integer({ minimum: 1024, maximum: 65_535 }),
    /** The label that names what fails together; neighbours are spread over its values. */
    spread_by: Type.Optional(HostText(64)),
    /** Another word draws other neighbours. */
    draw: Type.Optional(HostText(64)),
  },
  { additionalProperties: false },
);
export type MeshRule = Static<typeof MeshRule>;

/** A host or a target to measure. */
export const AssignedPeer = Type.Object({
  id: Uuid,
  name: HostText(255),
  /** `agent` answers with the reading of its ruler; `target` is anything else that answers NTP. */
  kind: Type.Enum(["agent", "target"]),
  /** Numeric for an agent; a target may be named. */
  address: HostText(255),
  port: Port,
  /** Identities of the sources on which its own bound rests; without any it has no vote. */
  rests_on: Identities,
});
export type AssignedPeer = Static<typeof AssignedPeer>;

/** Whom a host measures and who may ask it, as the server draws it. Comes where the batch names another version. */
export const Assignment = Type.Object({
  version: HostText(64),
  peers: Type.Array(AssignedPeer, { maxItems: MAX_PEERS }),
  /** Numeric addresses of those that may ask. */
  askers: Type.Array(HostText(64), { maxItems: MAX_ASKERS }),
});
export type Assignment = Static<typeof Assignment>;

/** A peer as its asker sees it. */
export const BatchPeer = Type.Object(
  {
    id: Uuid,
    kind: Type.Enum(["agent", "target"]),
    /** Its part in the host's bound; `no_vote` = it rests on nothing of its own, or on what the host hears itself. */
    state: Type.Enum([
      "never_answered",
      "stale",
      "unsynchronised",
      "no_vote",
      "agrees",
      "falseticker",
      "vote_void",
      "inconsistent_with_itself",
    ]),
    /** Of the newest exchange: round trip less the hold. */
    delay_ns: Nullable(DecimalString),
    polls: Natural,
    replies: Natural,
    refusals: Type.Record(Type.String({ pattern: "^[a-z_0-9]{1,40}$" }), Natural, { maxProperties: 64 }),
  },
  { additionalProperties: false },
);
export type BatchPeer = Static<typeof BatchPeer>;

const Slope = Nullable(Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000 }));

/**
 * Rows are exchanges with peers: when this host's RAW read raw_ns, the peer's RAW (or a target's clock) read raw_ns plus at least
 * lo_ns and at most hi_ns. Nothing that the peer says of UTC is in it.
 */
export const EdgeColumns = Type.Object(
  {
    /** Index into `peers`. */
    peer: column(Natural),
    raw_ns: BigColumn,
    /** The peer's ruler; null = a target's clock. */
    ruler: column(Nullable(Ruler)),
    lo_ns: BigColumn,
    hi_ns: BigColumn,
    /** The hull over the exchanges of the last minutes, at raw_ns; once a minute, else null. */
    tight_lo_ns: BigColumn,
    tight_hi_ns: BigColumn,
    /** By how much the peer's RAW gains on this host's, ppb, at least and at most; beside the hull. */
    slope_min_ppb: column(Slope),
    slope_max_ppb: column(Slope),
  },
  { additionalProperties: false },
);
export type EdgeColumns = Static<typeof EdgeColumns>;

/** What a host adds to its batches where the policy puts it into a mesh. */
export const BatchMesh = Type.Object(
  {
    /** Of the assignment in force; null = none came yet. */
    assignment: Nullable(HostText(64)),
    /** This host's ruler at the last row. */
    ruler: Ruler,
    /** Where it answers; null = it does not, and `trouble` says why. */
    answers: Nullable(Type.Object({ address: Nullable(HostText(64)), port: Port }, { additionalProperties: false })),
    trouble: Nullable(HostText(400)),
    /** Requests since the agent's start, by what became of them. */
    requests: Type.Object(
      { answered: Natural, stranger: Natural, not_a_request: Natural, over_limit: Natural, unsent: Natural },
      { additionalProperties: false },
    ),
    /** The bound on the offset at the last row by the host's own sources alone, and the identities of those. */
    own: Type.Object(
      { lo_ns: Nullable(DecimalString), hi_ns: Nullable(DecimalString), rests_on: Identities },
      { additionalProperties: false },
    ),
    peers: Type.Array(BatchPeer, { maxItems: MAX_PEERS }),
    edges: EdgeColumns,
    /** What peers that may get a vote answered, as of a source; `source` is an index into `peers`. */
    exchanges: Type.Optional(ExchangeColumns),
  },
  { additionalProperties: false },
);
export type BatchMesh = Static<typeof BatchMesh>;

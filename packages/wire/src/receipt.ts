import Type, { type Static } from "typebox";
import { Assignment } from "./mesh.ts";
import { Policy } from "./policy.ts";
import { Rehearsal } from "./rehearsal.ts";
import { DecimalString, HostText, Natural, Nullable } from "./schema.ts";

/** Pins of the server's TLS keys, the present one first; empty = it serves no TLS itself. */
const TlsPins = Type.Array(Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }), { maxItems: 4 });

/** The newest batch of an agent that the server has, and its chain hash: so it has all before it too. */
const ChainHead = Type.Object({ epoch: Natural, seq: Natural, hash: Type.String({ pattern: "^[0-9a-f]{64}$" }) });
export type ChainHead = Static<typeof ChainHead>;

/** The reply to a batch, sent after its commit. The agent may delete what is checkpointed and nothing else. */
const receipt = {
  version: Type.Literal(1),
  verdict: Type.Enum(["stored", "duplicate"]),
  seq: Natural,
  /** The epoch that the server's chain of this agent is in; `expected_seq` and `checkpointed_seq` count in it. */
  epoch: Natural,
  /** The next sequence number that the server wants; lower than the agent's = the server lost some, send again. */
  expected_seq: Natural,
  /** Absent = the batch that `statement` is of. */
  chain_head: Type.Optional(ChainHead),
  /**
   * Of the epoch whose first batch was offered: where the chain ended before it began; number 0 = with nothing. Absent = another
   * batch was offered, or there was no epoch before.
   */
  epoch_begun: Type.Optional(Type.Object({ epoch: Natural, after_epoch: Natural, after_seq: Natural })),
  /** Every batch up to this one may be deleted by the agent; null = none yet. */
  checkpointed_seq: Nullable(Natural),
  /** That this very batch is stored: the first statement of it, also in the answer to a repeat. */
  statement: Type.Object({
    hash: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    received_at_ns: DecimalString,
    /** Ed25519 by the receipt key over `receiptText`, base64url. */
    signature: Type.String({ pattern: "^[A-Za-z0-9_-]{86}$" }),
  }),
  /** The server's clock when it answered, and how far off that may be; null = not known. */
  server_time_ns: DecimalString,
  server_uncertainty_ns: Nullable(DecimalString),
  tls_pins: TlsPins,
  /** The agent should agree on another key; absent = it need not. */
  rotate_key: Type.Optional(Type.Literal(true)),
  /** The agent should measure anew and report at once, with this word in the report; absent = it need not. */
  burst: Type.Optional(HostText(64)),
  /** The incident for which the agent should send what it recorded of the minutes around it. */
  flight: Type.Optional(HostText(20)),
};

export const Receipt = Type.Object({
  ...receipt,
  policy: Policy,
  assignment: Type.Optional(Assignment),
  rehearsal: Type.Optional(Rehearsal),
});
export type Receipt = Static<typeof Receipt>;

/** The receipt as an agent reads it: a policy or whatever else it does not accept must not make it doubt that its batch was stored. */
export const ReceivedReceipt = Type.Object({
  ...receipt,
  policy: Type.Unknown(),
  assignment: Type.Optional(Type.Unknown()),
  rehearsal: Type.Optional(Type.Unknown()),
});
export type ReceivedReceipt = Static<typeof ReceivedReceipt>;

/** The closed set of reasons for which a batch or an enrolment is refused. Only `unknown_agent` may lead to a new enrolment. */
export const PROBLEM_CODES = [
  "unknown_agent",
  "bad_signature",
  "bad_digest",
  "revoked",
  "suspended",
  "fork",
  "seq_gap",
  "malformed",
  "too_large",
  "bad_token",
  "bad_challenge",
  "rate",
  "unavailable",
  "not_found",
  "bad_method",
  "bad_request",
  "forbidden_host",
  "forbidden_origin",
  "not_signed_in",
  "not_permitted",
  "bad_csrf",
  "read_only",
  "internal",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.Enum([...PROBLEM_CODES] as unknown as typeof PROBLEM_CODES),
  expected_seq: Type.Optional(Natural),
  /** The epoch in which `expected_seq` counts. */
  expected_epoch: Type.Optional(Natural),
  /** Of a `seq_gap`; absent = the server has nothing of the epoch that its chain is in. */
  chain_head: Type.Optional(ChainHead),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
  /** Of a host that waits or is suspended: it must know the next key too by the time that it is let in. */
  tls_pins: Type.Optional(TlsPins),
});
export type Problem = Static<typeof Problem>;

import Type, { type Static } from "typebox";
import { Policy } from "./policy.ts";
import { base64url, HostText, Natural, Uuid } from "./schema.ts";

const closed = { additionalProperties: false } as const;

export const Labels = Type.Record(Type.String({ pattern: "^[a-zA-Z_][a-zA-Z0-9_]{0,62}$" }), HostText(200), { maxProperties: 64 });

export const Challenge = Type.Object({ challenge: base64url(32), expires_in_s: Natural }, closed);
export type Challenge = Static<typeof Challenge>;

/** The key proves itself over the challenge and the token; nothing here depends on the time of either side. */
export const EnrolRequest = Type.Object(
  {
    version: Type.Literal(1),
    /** A join token's secret, or a Kubernetes service account token; absent = the operator's list names the key. */
    token: Type.Optional(
      Type.String({ maxLength: 16_384, pattern: "^([A-Za-z0-9_-]{43}|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+)$" }),
    ),
    challenge: base64url(32),
    /** Raw Ed25519 public key. */
    public_key: base64url(32),
    /** Ed25519 over `enrolText`. */
    signature: base64url(64),
    name: HostText(255),
    labels: Labels,
    boot_id: HostText(64),
    software: HostText(64),
  },
  closed,
);
export type EnrolRequest = Static<typeof EnrolRequest>;

/** The first batch of an epoch is number 1, and its `prev` is `genesis`. */
export const EnrolReply = Type.Object(
  {
    version: Type.Literal(1),
    agent: Uuid,
    epoch: Natural,
    genesis: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    /** `pending`: a person must approve the host before its batches are taken. */
    state: Type.Enum(["active", "pending"]),
    /** Raw Ed25519 public key by which every reply to this agent is signed. */
    receipt_key: base64url(32),
    policy: Policy,
    /** The host is retired when it says goodbye, or falls silent for long. */
    ephemeral: Type.Optional(Type.Literal(true)),
    /** What the host is called, where that is not what it asked for: most likely another host has that name. */
    name: Type.Optional(HostText(255)),
  },
  closed,
);
export type EnrolReply = Static<typeof EnrolReply>;

/** The text under an enrolment's signature. */
export const enrolText = (request: Pick<EnrolRequest, "challenge" | "token" | "public_key" | "name">): string =>
  ["truebound-enrol/1", request.challenge, request.token ?? "", request.public_key, request.name].join("\n");

import Type, { type Static } from "typebox";
import { HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

const HOST_STATES = ["pending", "active", "suspended", "revoked", "retired"] as const;
const HOST_CHANGES = ["approve", "suspend", "resume", "revoke"] as const;
const LABEL_NAME = "^[a-zA-Z_][a-zA-Z0-9_]{0,62}$";
const Labels = Type.Record(Type.String(), Type.String());

/** A join token that can still be used: never its secret. */
export const JoinTokenView = Type.Object({
  /** The beginning of its hash. */
  id: Type.String(),
  uses: Natural,
  uses_left: Natural,
  /** By the clock of the database. */
  expires_in_s: Natural,
  labels: Labels,
  /** `*` stands for any run of characters; null = any name. */
  name_pattern: Nullable(Type.String()),
  /** Each host waits until somebody lets it in. */
  approval: Type.Boolean(),
  /** Hosts are retired after so many hours of silence; null = they stay. */
  ephemeral_hours: Nullable(Natural),
});
export type JoinTokenView = Static<typeof JoinTokenView>;
export const JoinTokenList = Type.Object({
  items: Type.Array(JoinTokenView),
  next: Type.Null(),
  /** Where agents report, as this server's settings say; a token may name another address of it. */
  server: Type.String(),
});
export type JoinTokenList = Static<typeof JoinTokenList>;

export const JoinTokenRequest = Type.Object(
  {
    uses: Type.Integer({ minimum: 1, maximum: 100_000 }),
    expires_in_s: Type.Integer({ minimum: 1, maximum: 86_400 }),
    labels: Type.Record(Type.String({ pattern: LABEL_NAME }), HostText(200), { maxProperties: 16, additionalProperties: false }),
    name_pattern: Nullable(HostText(255)),
    approval: Type.Boolean(),
    ephemeral_hours: Nullable(Type.Integer({ minimum: 1, maximum: 8760 })),
    /** Null = as this server's settings say. */
    server: Nullable(Type.String({ maxLength: 300, pattern: "^https?://[\\x21-\\x7e]+$" })),
  },
  { additionalProperties: false },
);
export type JoinTokenRequest = Static<typeof JoinTokenRequest>;
/** The token is shown this once. */
export const JoinTokenMade = Type.Object({
  id: Type.String(),
  /** With the address of the server and the pins of its key. */
  token: Type.String(),
  server: Type.String(),
  /** For a shell of a host with a folder of Truebound: lets it in, and begins to measure. */
  commands: Type.Array(Type.String()),
  /** The same for root on a host that has the agent's package, whose service measures already. */
  package_commands: Type.Array(Type.String()),
});
export type JoinTokenMade = Static<typeof JoinTokenMade>;
export const JoinTokenRevoked = Type.Object({ id: Type.String() });
export type JoinTokenRevoked = Static<typeof JoinTokenRevoked>;

export const EnrolledHost = Type.Object({
  id: Uuid,
  name: Type.String(),
  state: Type.Enum([...HOST_STATES] as unknown as typeof HOST_STATES),
  labels: Labels,
  enrolled_at: Instant,
  /** By the clock of the server that took its last report; null = none came yet. */
  last_received_at: Nullable(Instant),
  /** What may be made of it now. */
  may_become: Type.Array(Type.Enum([...HOST_CHANGES] as unknown as typeof HOST_CHANGES)),
});
export type EnrolledHost = Static<typeof EnrolledHost>;
export const EnrolledHostList = Type.Object({
  items: Type.Array(EnrolledHost),
  next: Nullable(Type.String()),
  /** How many fit what was asked for, on all pages; and how many there are. */
  found: Natural,
  total: Natural,
});
export type EnrolledHostList = Static<typeof EnrolledHostList>;
export const HostChangeRequest = Type.Object(
  { to: Type.Enum([...HOST_CHANGES] as unknown as typeof HOST_CHANGES) },
  { additionalProperties: false },
);
export type HostChangeRequest = Static<typeof HostChangeRequest>;

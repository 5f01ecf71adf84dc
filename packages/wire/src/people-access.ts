import Type, { type Static } from "typebox";
import { HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

/** What a person or a program may do, and to whom (docs/sign-in.md). */
export const ROLES = ["viewer", "operator", "auditor", "admin"] as const;
export const Role = Type.Enum([...ROLES] as unknown as typeof ROLES);
export type Role = (typeof ROLES)[number];

/** As people type it: no control characters, no name of another form. */
export const PERSON_NAME = "^[a-z0-9][a-z0-9._@+-]{0,119}$";
const PersonName = Type.String({ pattern: PERSON_NAME, description: "Lower case: letters, digits and . _ @ + -" });
const Selector = Type.Record(Type.String({ pattern: "^[a-zA-Z_][a-zA-Z0-9_]{0,62}$" }), HostText(200), {
  maxProperties: 16,
  additionalProperties: false,
});

/** A role over the hosts that carry these labels; `{}` = the whole fleet. */
export const Grant = Type.Object({ role: Role, labels: Selector }, { additionalProperties: false });
export type Grant = Static<typeof Grant>;

export const SIGN_IN_METHODS = ["password", "link", "oidc"] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** Who asks. Null = nobody has signed in. */
export const Me = Type.Object({
  /** `off` = whoever reaches this machine's loopback may do everything. */
  sign_in: Type.Enum({ on: "on", off: "off" }),
  /** What the page offers; null = there is no provider. */
  oidc: Nullable(Type.Object({ name: Type.String() })),
  actor: Nullable(
    Type.Object({
      kind: Type.Enum({ local: "local", person: "person", token: "token" }),
      name: Type.String(),
      grants: Type.Array(Grant),
      /** To be sent as X-CSRF-Token with everything that changes something; null = not needed. */
      csrf: Nullable(Type.String()),
    }),
  ),
});
export type Me = Static<typeof Me>;

export const PASSWORD_LEAST = 15;
const Password = Type.String({ minLength: 1, maxLength: 256 });
const Secret = Type.String({ minLength: 1, maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" });
export const SignInRequest = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }), password: Password },
  { additionalProperties: false },
);
export type SignInRequest = Static<typeof SignInRequest>;
export const LinkRequest = Type.Object({ secret: Secret }, { additionalProperties: false });
export type LinkRequest = Static<typeof LinkRequest>;
/** `old` is needed where there is one. */
export const PasswordRequest = Type.Object({ old: Nullable(Password), new: Password }, { additionalProperties: false });
export type PasswordRequest = Static<typeof PasswordRequest>;

export const PersonView = Type.Object({
  id: Uuid,
  name: Type.String(),
  grants: Type.Array(Grant),
  has_password: Type.Boolean(),
  /** Whoever the provider says that it is; null = signs in here only. */
  oidc: Nullable(Type.Object({ issuer: Type.String(), subject: Type.String() })),
  created_at: Instant,
  disabled_at: Nullable(Instant),
  sessions: Natural,
});
export type PersonView = Static<typeof PersonView>;
export const PersonList = Type.Object({ items: Type.Array(PersonView), next: Type.Null() });
export type PersonList = Static<typeof PersonList>;
export const PersonRequest = Type.Object(
  { name: PersonName, grants: Type.Array(Grant, { maxItems: 32 }) },
  { additionalProperties: false },
);
export type PersonRequest = Static<typeof PersonRequest>;
/** What is absent stays. */
export const PersonChange = Type.Object(
  { grants: Type.Optional(Type.Array(Grant, { maxItems: 32 })), disabled: Type.Optional(Type.Boolean()) },
  { additionalProperties: false, minProperties: 1 },
);
export type PersonChange = Static<typeof PersonChange>;
/** Works once, within `expires_in_s`. */
export const LinkMade = Type.Object({ url: Type.String(), expires_in_s: Natural });
export type LinkMade = Static<typeof LinkMade>;

export const ApiTokenView = Type.Object({
  id: Uuid,
  name: Type.String(),
  /** Null = it was made on the command line. */
  owner: Nullable(Type.String()),
  grant: Grant,
  made_at: Instant,
  expires_at: Nullable(Instant),
  /** To the minute; null = never. */
  last_used_at: Nullable(Instant),
  revoked_at: Nullable(Instant),
});
export type ApiTokenView = Static<typeof ApiTokenView>;
export const ApiTokenList = Type.Object({ items: Type.Array(ApiTokenView), next: Type.Null() });
export type ApiTokenList = Static<typeof ApiTokenList>;
export const ApiTokenRequest = Type.Object(
  { name: HostText(120), grant: Grant, expires_in_days: Nullable(Type.Integer({ minimum: 1, maximum: 3650 })) },
  { additionalProperties: false },
);
export type ApiTokenRequest = Static<typeof ApiTokenRequest>;
/** The secret is shown this once. */
export const ApiTokenMade = Type.Object({ token: Type.String(), view: ApiTokenView });
export type ApiTokenMade = Static<typeof ApiTokenMade>;

/** Something that somebody changed, or tried to. */
export const Action = Type.Object({
  id: Type.String(),
  at: Instant,
  actor_kind: Type.String(),
  actor: Type.String(),
  /** Of the API, or the words of the command line. */
  operation: Type.String(),
  target: Nullable(Type.String()),
  detail: Type.Unknown(),
  address: Nullable(Type.String()),
  /** Status of the answer; null = it is under way, or the server ended before it was answered. */
  outcome: Nullable(Type.Integer()),
});
export type Action = Static<typeof Action>;
export const ActionList = Type.Object({ items: Type.Array(Action), next: Nullable(Type.String()) });
export type ActionList = Static<typeof ActionList>;

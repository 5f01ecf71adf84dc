import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { DecimalString, HostText, Instant, Nullable, Uuid } from "./schema.ts";

const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Id = Type.String({ pattern: "^[1-9][0-9]{0,18}$" });
const Name = Type.String({ pattern: "^[a-z0-9]+(-[a-z0-9]+)*$", maxLength: 500 });

/** A limit, with all that docs/profiles.md says of its kind. */
export const ProfileView = Type.Object({
  profile: Type.Object(
    {
      id: Name,
      kind: Type.Enum(["utc", "pair", "template"] as const),
      title: Type.String(),
      limit_on: Type.String(),
      valid_from: Type.String(),
      valid_to: Nullable(Type.String()),
      jurisdiction: Nullable(Type.String()),
      source: Type.Object({ text: Type.String(), url: Nullable(Type.String()) }),
      verified: Type.Boolean(),
      note: Type.String(),
    },
    { description: "What else there is depends on the kind (docs/profiles.md)" },
  ),
  /** Of its canonical JSON (RFC 8785), as reports name it. */
  sha256: Sha256,
  /** Whether it is of today, by the clock of the database. */
  in_force: Type.Boolean(),
});
export type ProfileView = Static<typeof ProfileView>;
export const ProfileList = Type.Object({ items: Type.Array(ProfileView), next: Nullable(Type.String()) });
export type ProfileList = Static<typeof ProfileList>;

/** Whose clocks are held against which limit, and when. */
export const ScopeView = Type.Object({
  name: Name,
  profile: Name,
  hosts: Labels,
  calendar: Nullable(Type.String()),
  service: Nullable(Type.String()),
  activity: Nullable(Type.String()),
  stamp_point: Nullable(Type.String()),
  app_error_ns: DecimalString,
  horizon_ns: DecimalString,
  counts_unverified: Type.Boolean(),
  minimum_proven_ppm: Nullable(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  app_error_from: Type.Optional(Type.String({ description: "The document of the stamp test that measured app_error_ns" })),
  stamp_example: Type.Optional(Type.String()),
  clock_resolution_ns: Type.Optional(DecimalString),
  declared_by: Type.String(),
  declared_at: Instant,
});
export type ScopeView = Static<typeof ScopeView>;
export const ScopeList = Type.Object({ items: Type.Array(ScopeView), next: Nullable(Type.String()) });
export type ScopeList = Static<typeof ScopeList>;

export const ExemptionView = Type.Object({
  id: Id,
  scope: Name,
  host: Nullable(Uuid),
  host_name: Nullable(Type.String()),
  from: Instant,
  to: Instant,
  reason: Type.String(),
  declared_by: Type.String(),
  declared_at: Instant,
  /** Declared after it began: it never hides a violation. */
  late: Type.Boolean(),
  /** Absent = it was not withdrawn; else it holds up to then, and hides no violation. */
  withdrawn_at: Type.Optional(Instant),
  withdrawn_by: Type.Optional(Type.String()),
  withdrawn_reason: Type.Optional(Type.String()),
});
export type ExemptionView = Static<typeof ExemptionView>;
export const ExemptionList = Type.Object({ items: Type.Array(ExemptionView), next: Nullable(Type.String()) });
export type ExemptionList = Static<typeof ExemptionList>;

/** When it is declared nobody can say: it is when the database takes it. */
export const ExemptionRequest = Type.Object(
  {
    scope: Name,
    host: Type.Optional(Nullable(HostText(255))),
    from: Type.String({ format: "date-time" }),
    to: Type.String({ format: "date-time" }),
    reason: HostText(500),
    who: HostText(500),
  },
  { additionalProperties: false },
);
export type ExemptionRequest = Static<typeof ExemptionRequest>;

export const ExemptionWithdrawal = Type.Object({ reason: HostText(500), who: HostText(500) }, { additionalProperties: false });
export type ExemptionWithdrawal = Static<typeof ExemptionWithdrawal>;

export const WithdrawnView = Type.Object({
  exemption: ExemptionView,
  reports: Type.Array(Type.String(), { description: "Those that rest on it: they stay as they are" }),
});
export type WithdrawnView = Static<typeof WithdrawnView>;

const InventoryKind = Type.Enum(["csv", "ansible", "kubernetes"] as const);

export const INVENTORY_BYTES_MAX = 8 * 1024 * 1024;
export const InventoryRequest = Type.Object(
  {
    kind: InventoryKind,
    /** The name of the file, for people. */
    source: HostText(500),
    text: Type.String({ minLength: 1, maxLength: INVENTORY_BYTES_MAX }),
    who: HostText(500),
  },
  { additionalProperties: false },
);
export type InventoryRequest = Static<typeof InventoryRequest>;

export const InventoryView = Type.Object({
  /** null = none was imported. */
  inventory: Nullable(
    Type.Object({
      kind: InventoryKind,
      source: Type.String(),
      sha256: Sha256,
      imported_at: Instant,
      hosts: Type.Array(HostText(255)),
    }),
  ),
  listed: Type.Integer({ minimum: 0 }),
  /** Listed, and no agent reports under this name. */
  missing: Type.Array(HostText(255)),
  /** In scope, and not listed. */
  unlisted: Type.Array(HostText(255)),
});
export type InventoryView = Static<typeof InventoryView>;

import Type, { type Static } from "typebox";
import { MeshRule } from "./mesh.ts";
import { HostText, Natural, Nullable, Timescale } from "./schema.ts";

/** A list of a hundred leaps fits: 17 characters a row. */
export const LEAP_LIST_TEXT_MAX = 8192;

/**
 * The versioned block that the server sends in every reply to a batch. The agent validates it, keeps the last good one and
 * goes on with that when a newer one is refused. Fields that a version does not know are ignored by older agents.
 */
export const Policy = Type.Object({
  version: Natural,
  probe_interval_s: Type.Number({
    minimum: 0.05,
    maximum: 3600,
    description: "Seconds between two probes of one source; source floors still apply",
  }),
  reading_interval_s: Type.Number({ minimum: 0.05, maximum: 60, description: "Seconds between two local readings of the clock" }),
  report_interval_s: Type.Number({ minimum: 0.1, maximum: 300, description: "Seconds between two batches" }),
  rho_ppb: Type.Integer({ minimum: 1_000, maximum: 1_000_000, description: "Assumed greatest drift of RAW" }),
  sigma_ppb: Type.Integer({
    minimum: 0,
    maximum: 100_000,
    description: "How far the frequency may move within the window of the tight tier",
  }),
  calibrated_residual_ppb: Nullable(
    Type.Integer({
      minimum: 100,
      maximum: 1_000_000,
      description: "Declared by the operator: the drift stays this close to the frequency calibrated in this boot; null = rho is assumed",
    }),
  ),
  limit_ns: Nullable(
    Type.Integer({
      minimum: 1_000,
      maximum: 10_000_000_000,
      description: "The strictest limit to be proved; paces readings and probes; null = none",
    }),
  ),
  faults: Nullable(
    Type.Integer({ minimum: 0, maximum: 10, description: "F; null = 1, and 0 when fewer than three sources are configured" }),
  ),
  trusted: Type.Array(HostText(255), { maxItems: 16 }),
  declared: Type.Optional(
    Type.Array(HostText(255), {
      maxItems: 16,
      description:
        "Sources whose error is declared and not measured (kinds ptp, phc and external), by id, and which count for the guaranteed bound; absent = none",
    }),
  ),
  authenticated: Type.Optional(
    Nullable(Type.Literal("required", { description: "Only sources authenticated by NTS count for the guaranteed bound; null = all may" })),
  ),
  sources: Nullable(
    Type.Array(HostText(255), {
      maxItems: 31,
      description:
        "host, host:port or [v6]:port, and behind it nts or nts=required, ke=PORT, pin=sha256/BASE64, root_rounding=up, and what is declared of its root; or KIND:PLACE, of which external:exec: is refused here; null = the agent's own choice",
    }),
  ),
  mesh: Type.Optional(Nullable(MeshRule)),
  leap_list: Type.Optional(
    Type.String({
      maxLength: LEAP_LIST_TEXT_MAX,
      pattern: "^[\\t\\n\\u0020-\\u007e]*$",
      description: "leap-seconds.list, without its comments; the agent checks its hash and keeps the last good one",
    }),
  ),
  timescales: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 255 }), Timescale, {
      maxProperties: 64,
      description: "What sources keep to around a leap second, by id or host; one that is neither named nor well known is `unknown`",
    }),
  ),
});
export type Policy = Static<typeof Policy>;

export const DEFAULT_POLICY: Policy = {
  version: 0,
  probe_interval_s: 16,
  reading_interval_s: 1,
  report_interval_s: 5,
  rho_ppb: 200_000,
  sigma_ppb: 2_000,
  calibrated_residual_ppb: null,
  limit_ns: null,
  faults: null,
  trusted: [],
  sources: null,
  mesh: null,
  timescales: {},
};

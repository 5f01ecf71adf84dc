import { validator } from "@truebound/wire";

/** What a JSON schema of ours is made of. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** An array of them is a tuple. */
  readonly items?: Schema | readonly Schema[];
  readonly minItems?: number;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export const SAMPLE_HOST = "3f6e1d52-9c1b-4e57-8a0e-2b7d4c91f0aa";
const AT = "2026-11-26T10:00:05.000000000Z";

/**
 * What stands in a field of this name, where its schema allows it: first of a field inside another ("tight.lo_ns"), then of any. One
 * story through all of them: db-1 is 3.2 ms behind UTC.
 */
const KNOWN: Readonly<Record<string, readonly unknown[]>> = {
  "tight.lo_ns": ["3100000"],
  "tight.hi_ns": ["3300000"],
  lo_ns: ["3000000"],
  hi_ns: ["3400000"],
  mid_ns: ["3200000"],
  worst_error_ns: ["3400000"],
  limit_ns: ["100000000", 100_000_000],
  path_ns: ["150000"],
  root_ns: ["30000"],
  precision_ns: ["1000"],
  stamp_ns: ["2000"],
  drift_ns: ["17000"],
  slew_ns: ["4000"],
  delay_ns: ["300000"],
  root_delay_ns: ["25000"],
  root_dispersion_ns: ["15000"],
  injected_ns: [null],
  next: [null],
  reason: [null, "Power is cut in rack r7"],
  at: [AT, "02:00"],
  earliest: ["2026-11-26T10:00:04.996600000Z"],
  latest: ["2026-11-26T10:00:04.997000000Z"],
  from: ["2026-11-26T09:00:00.000000000Z", "2026-11-26"],
  to: ["2026-11-26T11:00:00.000000000Z", "2026-11-27"],
  id: [SAMPLE_HOST, "12"],
  host: [SAMPLE_HOST, "db-1"],
  name: ["db-1"],
  labels: [{ site: "fra", rack: "r7" }],
  address: ["192.0.2.1"],
  source: ["192.0.2.1"],
  refid: ["192.0.2.200"],
  origin: ["config"],
  stratum: [2],
  leap: [0],
  votes: [3],
  need: [2],
  faults: [1],
  resolved_at: [null],
  ended_at: [null],
  absorbed_by: [null],
  silenced_by: [null],
  revoked_at: [null],
  disabled_at: [null],
  withdrawn: [null],
  withdrawn_at: [null],
  error: [null],
  trouble: [null],
  left_out: [null],
  oidc: [null],
  incident: ["12"],
  margin_ns: ["700000"],
  timestamp: ["2026-11-26T10:00:00.000200Z"],
  stamp: ["2026-11-26T10:00:00.000200000Z"],
  app_error_ns: ["50000"],
  public_key: ["MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbL"],
  oscillator: [[-12_900, -11_800]],
  daemon_slew: [[11_700, 13_000]],
  names_pattern: ["web-*"],
  name_pattern: ["web-*"],
  uses: [20],
  expires_in_s: [7_200],
  expires_in_days: [90],
  means: ["The whole guaranteed bound on the host's offset lies beyond its limit, on one side."],
  look: [["The host's events around the time: clock_stepped, suspended, agent_started."]],
  mend: [["Two daemons that steer one clock, or none: the doctor says so. Leave one running."]],
  rho_ppb: [200_000],
  sigma_ppb: [2_000],
  slew_ppm: [500],
  oscillator_ppb: [null, -12_340],
  slew_basis: ["chrony"],
  epoch: [1],
  seq: [1207],
  words: ["3.2 ms behind UTC, at most 3.4 ms"],
  explanation: ["The clock is 3.2 ms behind UTC, at most 3.4 ms."],
  why: ["agrees with the majority"],
  software: ["truebound-agent/0.1.0"],
  who: ["ada"],
  comment: ["Looking at the switch of rack r7"],
  text: ["Looking at the switch of rack r7"],
  days: [["sat"]],
  for_s: [14_400],
  timezone: ["Europe/London"],
  matchers: [{ host: "db-1" }],
  profile: ["us-cat-member"],
  profiles: [["us-cat-member"]],
  scope: ["trading"],
  scopes: [["trading"]],
  rule: ["proved_outside_limit"],
  rules: [["proved_outside_limit"]],
  finding: ["proved_outside_limit"],
  title: ["db-1 is 205 ms behind UTC, at most 210 ms: proved beyond its limit of 100 ms"],
  runbook: ["/runbook/proved_outside_limit"],
  kind: ["host", "clock_stepped", "alertmanager"],
  server: ["https://truebound.example.net:8125"],
  url: ["https://truebound.example.net/"],
  state: ["agrees"],
  status: ["proven", "ok"],
  liveness: ["reporting"],
  password: ["correct horse battery staple"],
  names: [["db-1"]],
  polls: [412],
  replies: [411],
  version: [1, "0.1.0"],
};

/** What is there only at times that no example is of. */
const LEFT_OUT: readonly string[] = ["rehearsal"];
const FORMATS: Readonly<Record<string, string>> = { "date-time": AT, date: "2026-11-26" };
/** Of which each pattern takes one. */
const WORDS: readonly string[] = [
  "example",
  "3200000",
  "12",
  SAMPLE_HOST,
  "a".repeat(43),
  "a".repeat(86),
  "ab".repeat(32),
  "02:00",
  "https://truebound.example.net/",
];

/** An example of what a schema describes, every field in it, as `name` inside `parent`. The test of the document holds each to its schema. */
export function sampleOf(schema: object, name = "", parent = ""): unknown {
  const given = schema as Schema;
  const isRight = (value: unknown): boolean => validator(given as never).errors(value).length === 0;
  const known = [...(KNOWN[`${parent}.${name}`] ?? []), ...(KNOWN[name] ?? [])].find(isRight);
  return known === undefined ? made(given, name, parent, isRight) : known;
}

function made(schema: Schema, name: string, parent: string, isRight: (value: unknown) => boolean): unknown {
  if ("const" in schema) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf.find(({ type }) => type !== "null") ?? {}, name, parent);
  if (schema.allOf !== undefined) return Object.assign({}, ...schema.allOf.map((part) => sampleOf(part, name, parent)));
  switch (typeof schema.type === "string" ? schema.type : schema.type?.[0]) {
    case "object":
      return objectOf(schema, name);
    case "array":
      return itemsOf(schema, name, parent);
    case "string":
      return textOf(schema, name, isRight);
    case "integer":
    case "number":
      return Math.min(schema.maximum ?? 4, Math.max(schema.minimum ?? 0, 4));
    case "boolean":
      return false;
    default:
      return null;
  }
}

function itemsOf({ items = [], minItems = 1 }: Schema, name: string, parent: string): unknown[] {
  const each: readonly Schema[] = "length" in items ? items : Array.from({ length: Math.max(1, minItems) }, () => items);
  return each.map((item) => sampleOf(item, name, parent));
}

function objectOf({ properties = {}, patternProperties = {}, required = [] }: Schema, name: string): object {
  const fields = Object.entries(properties)
    .filter(([field]) => required.includes(field) || !LEFT_OUT.includes(field))
    .map(([field, schema]) => [field, sampleOf(schema, field, name)]);
  const others = Object.entries(patternProperties).map(([pattern, schema]) => [
    WORDS.find((word) => new RegExp(pattern, "u").test(word)) ?? "example",
    sampleOf(schema, "", name),
  ]);
  return Object.fromEntries([...fields, ...others]);
}

function textOf({ format, pattern, minLength = 0 }: Schema, name: string, isRight: (value: unknown) => boolean): string {
  if (format !== undefined && FORMATS[format] !== undefined) return FORMATS[format];
  const plain = name === "" ? "example" : name.replaceAll("_", " ");
  const words = pattern === undefined ? [plain.padEnd(minLength, "x")] : [plain, ...WORDS];
  return words.find(isRight) ?? plain;
}

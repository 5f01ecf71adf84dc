import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type AuditScope,
  canonicalJson,
  type DeclaredExemption,
  hostsInTurn,
  type Json,
  type ManifestDocument,
  type ReportManifest,
  reportText,
  verifyBundle,
} from "@truebound/audit";
import { utc } from "@truebound/time";
import { type Batch, packColumn, WEEKDAYS } from "@truebound/wire";
import { tokenCrypto } from "../server/src/adapters/tsa/token-crypto.ts";
import { isIanaTimezone } from "../server/src/alert/zone-time.ts";
import { scheduleByForms } from "../server/src/audit/schedule.ts";
import { createReport } from "../server/src/report/create.ts";
import { checks, declareIn, LIMIT, MemoryBundle, sha256Hex, type World, wire, worldOf } from "../server/src/report/memory-world.fixture.ts";
import { tellVerified } from "../server/src/report/report-command.ts";
import type { ChainDocument } from "../server/src/traceability/chain.ts";
import { batchOf, type Row } from "../server/test/fake-agent.ts";

export const S = 1_000_000_000n;
/** An hour in the middle of which a second is inserted. */
export const FROM = utc(1_483_228_800n * S - 1800n * S);
export const TO = utc(FROM + 3600n * S);
const BOOTED = 1_400_000_000n * S;
const STATUSES = ["proven", "proven", "proven", "proven", "proven", "holdover", "unverified", "conflict"] as const;
const EVENTS = ["clock_stepped", "suspended", "source_state_changed", "leap_applied", "ruler_jumped"] as const;

/** A small generator: the same figures for a seed. */
export function drawing(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return { whole, chance: (p: number) => next() < p, of: <T>(all: readonly T[]): T => all[whole(0, all.length - 1)] as T };
}
export type Drawing = ReturnType<typeof drawing>;

/** A host whose clock drifts, is stepped, boots, loses its sources, and rehearses faults. */
class TroubledHost {
  readonly #draw: Drawing;
  readonly #id: string;
  #offset: bigint;
  #boot = 1;
  #booted = BOOTED;
  #spanEnd: readonly [bigint, bigint] | null = null;

  constructor(id: string, draw: Drawing) {
    this.#id = id;
    this.#draw = draw;
    this.#offset = BigInt(draw.whole(-60_000, 60_000));
  }

  /** The batch of a minute. */
  minute(begin: bigint): Batch {
    const { whole, chance, of } = this.#draw;
    if (chance(0.05)) this.#reboot();
    const events: Batch["events"] = [];
    const rows: Row[] = [];
    for (let index = 0; index < whole(0, 7); index += 1) {
      const at = begin + BigInt(index) * 8n * S;
      if (chance(0.03)) this.#offset += BigInt(whole(-300_000, 300_000));
      const row = this.#row(at);
      const isDisturbed = chance(0.08);
      if (isDisturbed) events.push(this.#event(of(EVENTS), row.realtime));
      rows.push(isDisturbed ? { ...row, throughout: null } : row);
    }
    return batchOf(this.#id, rows, {
      boot_id: `boot ${this.#boot}`,
      assumptions: { ...batchOf(this.#id, []).assumptions, oscillator_ppb: of([null, -4_000, 12_000]) },
      events,
      ...(chance(0.9) ? { spans: this.#span(begin, begin + 60n * S) } : {}),
      ...(chance(0.04) ? { rehearsal: { id: "drill", fault: "step", for_s: 60, by_ns: "1000000", who: "an operator" } } : {}),
    });
  }

  #reboot(): void {
    this.#boot += 1;
    this.#booted += BigInt(this.#draw.whole(1, 1000)) * S;
  }

  #row(at: bigint): Row {
    const { whole, chance, of } = this.#draw;
    this.#offset += BigInt(whole(-8_000, 8_000));
    const realtime = at - this.#offset;
    const raw = realtime - this.#booted;
    if (chance(0.04)) return { realtime, raw, lo: null, hi: null };
    const [lo, hi] = [this.#offset - BigInt(whole(0, 60_000)), this.#offset + BigInt(whole(0, 60_000))];
    const throughout = chance(0.05) ? null : ([lo - BigInt(whole(0, 9_000)), hi + BigInt(whole(-20, 9_000))] as const);
    return { realtime, raw, lo, hi, throughout, status: of(STATUSES) };
  }

  #event(kind: (typeof EVENTS)[number], realtime: bigint): Batch["events"][number] {
    return {
      kind,
      raw_ns: String(realtime - this.#booted),
      realtime_ns: String(realtime),
      boottime_ns: String(realtime - this.#booted),
      source: null,
      detail: {},
    };
  }

  #span(begin: bigint, end: bigint): Batch["spans"] {
    const { whole, chance, of } = this.#draw;
    const [from, to] = [begin - this.#offset, end - this.#offset];
    const joins = this.#spanEnd !== null && chance(0.8);
    const fromRaw = joins ? (this.#spanEnd?.[0] ?? 0n) : from - this.#booted;
    const fromRealtime = joins ? (this.#spanEnd?.[1] ?? 0n) : from;
    this.#spanEnd = [to - this.#booted, to];
    return {
      from_raw_ns: packColumn([fromRaw]),
      from_realtime_ns: packColumn([fromRealtime]),
      to_raw_ns: packColumn([to - this.#booted]),
      to_realtime_ns: packColumn([to]),
      lo_ns: packColumn([this.#offset - BigInt(whole(0, 90_000))]),
      hi_ns: packColumn([this.#offset + BigInt(whole(0, 90_000))]),
      readings: [60],
      status: [of(STATUSES)],
    };
  }
}

/** Hosts from half an hour before the period until half an hour after it. */
export function troubledWorld(seed: number, hosts: number, minutes = 120): World {
  const world = worldOf(hosts);
  for (const [number, host] of world.hosts.entries()) {
    const draw = drawing(seed * 100 + number);
    const troubled = new TroubledHost(host.facts.id, draw);
    for (let minute = 0; minute < minutes; minute += 2)
      host.report([minute, minute + 1].map((at) => troubled.minute(FROM - 1800n * S + BigInt(at) * 60n * S)));
    const lost = 2 * draw.whole(4, 20);
    if (number % 3 === 1) host.batches.splice(lost, 2 * draw.whole(1, 3));
    if (number % 3 === 2) host.condense(31, 30 + 2 * draw.whole(2, 20));
    if (number % 2 === 1) host.batches.splice(60, 1, { ...(host.batches[60] as (typeof host.batches)[number]), whole: false });
  }
  return world;
}

const SCOPE: AuditScope = {
  name: "desks",
  profile: "test-100us",
  hosts: {},
  calendar: "hours",
  service: "orders",
  activity: null,
  stamp_point: "gateway",
  app_error_ns: "7001",
  horizon_ns: "45000000000",
  counts_unverified: true,
  minimum_proven_ppm: 300_000,
};
const DOCUMENT: ManifestDocument = {
  id: "gnss",
  title: "Certificate",
  sha256: "0".repeat(64),
  kind: "certificate",
  hosts: 1,
  valid_from: "2016-01-01T00:00:00.000000000Z",
  reviewed_at: null,
};
const at = (second: number): string => `${new Date(Number(FROM / 1_000_000n) + second * 1000).toISOString().slice(0, -1)}000000Z`;
const exemption = (id: string, host: string | null, [from, to, declared]: readonly [number, number, number]): DeclaredExemption => ({
  id,
  host,
  scope: "desks",
  from: at(from),
  to: at(to),
  reason: "maintenance",
  declared_by: "operator",
  declared_at: at(declared),
});

const withdrawal = (second: number) => ({ withdrawn_at: at(second), withdrawn_by: "operator", withdrawn_reason: "not moved" });

export const DAILY = { timezone: "Europe/London", days: [...WEEKDAYS], open: "23:31", close: "00:25", holidays: [] as string[] };
/** Open from a minute after the period begins until five before it ends, but for ten seconds. */
export const HOURS = [
  { calendar: DAILY, from: FROM - 86_400n * S },
  { calendar: { ...DAILY, open: "00:00" }, from: FROM + 1_790n * S },
];

type Hours = { readonly calendar: typeof DAILY | null; readonly from: bigint };

/** The same as `reported`, by hours that somebody set; a timezone that nobody knows has the limit hold always. */
export const reportedBetween = (world: World, hours: readonly Hours[]): Promise<MemoryBundle> =>
  reportedBy(world, new MemoryBundle(), { profiles: [LIMIT], listed: ["host-0", "host-missing"], more: [], hours });

/** A report of the world: all its hosts against one profile, by one scope with hours, exemptions and an application's error. */
export const reported = (world: World, bundle = new MemoryBundle()): Promise<MemoryBundle> =>
  reportedBy(world, bundle, { profiles: [LIMIT], listed: ["host-0", "host-missing"], more: [] });

const clusterOf = (limit: bigint) => ({
  id: "our-cluster",
  kind: "pair",
  title: "Our cluster",
  limit_ns: String(limit),
  limit_on: "difference",
  verified: true,
});
const alone = ({ hosts }: World): DeclaredExemption[] => [
  exemption("alone", hosts[1]?.facts.id ?? null, [1_200, 1_500, 0]),
  { ...exemption("alone, and taken back", hosts[0]?.facts.id ?? null, [1_800, 2_100, 0]), ...withdrawal(1_950) },
];

/** The same, with an application's error that is said to be measured. */
export const reportedMeasured = (world: World, app_error_from: string, stampTests: readonly ChainDocument[] = []): Promise<MemoryBundle> =>
  reportedBy(world, new MemoryBundle(), {
    profiles: [LIMIT],
    listed: ["host-0", "host-missing"],
    more: [],
    forms: [{ ...BEFORE, terms: { app_error_from } }],
    stampTests,
  });

/** The same, of a scope that was changed within the period. */
export const reportedChanged = (world: World, terms: Partial<AuditScope>): Promise<MemoryBundle> => {
  const changed = FROM + 1_500n * S;
  const forms = [
    { ...BEFORE, to: changed },
    { terms, from: changed, to: null },
  ];
  return reportedBy(world, new MemoryBundle(), { profiles: [LIMIT], listed: ["host-0", "host-missing"], more: [], forms });
};

/** The same of all pairs of its hosts, or of those that are named. */
export const reportedPairs = (
  world: World,
  limit: bigint,
  listed: readonly string[],
  named: readonly string[] = [],
): Promise<MemoryBundle> => reportedBy(world, new MemoryBundle(), { profiles: [clusterOf(limit)], listed, more: alone(world), named });

/** Of each host by itself, and of all their pairs against two limits. */
export const reportedBoth = (world: World): Promise<MemoryBundle> =>
  reportedBy(world, new MemoryBundle(), {
    profiles: [LIMIT, clusterOf(200_000n), { ...clusterOf(900_000n), id: "wide-cluster" }],
    listed: ["host-0", "host-missing"],
    more: alone(world),
  });

/** Signed anew by its issuer, whatever it says now. */
export function resigned(
  world: { readonly key: { sign(text: string): Uint8Array } },
  bundle: MemoryBundle,
  change: (manifest: ReportManifest) => object,
): MemoryBundle {
  const copy = bundle.copy();
  const text = canonicalJson(change(JSON.parse(bundle.text("manifest.json")) as ReportManifest) as Json);
  if (text === bundle.text("manifest.json")) throw new Error("Nothing was changed");
  const signature = Buffer.from(world.key.sign(reportText(sha256Hex(text)))).toString("base64url");
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set("manifest.sig", Buffer.from(JSON.stringify({ ...JSON.parse(bundle.text("manifest.sig")), signature })));
  return copy;
}

/** A form that a scope had for some time, by what is other in it. */
interface Form {
  readonly terms: Partial<AuditScope>;
  readonly from: bigint;
  readonly to: bigint | null;
}

interface Asked {
  readonly profiles: readonly Readonly<Record<string, unknown>>[];
  readonly listed: readonly string[];
  readonly more: readonly DeclaredExemption[];
  /** Of each scope, in their order; absent = it never changed. */
  readonly forms?: readonly Form[];
  readonly hours?: readonly Hours[];
  readonly stampTests?: readonly ChainDocument[];
  /** Names of hosts; absent = all. */
  readonly named?: readonly string[];
}

const BEFORE: Form = { terms: {}, from: FROM - 5n * S, to: null };

async function reportedBy(
  world: World,
  bundle: MemoryBundle,
  { profiles, listed, more, forms = [BEFORE], hours = HOURS, stampTests = [], named = [] }: Asked,
): Promise<MemoryBundle> {
  const ports = world.ports(bundle);
  const hosts = world.hosts.map(({ facts }) => facts.id);
  const period = { from: FROM, to: TO };
  const names = profiles.map(({ id }, index) => (index === 0 ? "desks" : `desks-${id}`));
  const dated = profiles.flatMap(({ id }, index) =>
    forms.map(({ terms, from, to }) => ({ scope: { ...SCOPE, name: String(names[index]), profile: String(id), ...terms }, from, to })),
  );
  const exemptions = names.flatMap((name) =>
    [
      exemption("early", null, [600, 900, 0]),
      exemption("late", hosts[0] ?? null, [2_000, 2_600, 2_500]),
      exemption("overlapping", null, [800, 1_000, 3_000]),
      { ...exemption("withdrawn", null, [2_700, 3_000, 0]), ...withdrawal(2_850) },
      { ...exemption("never begun", null, [1_200, 1_500, 0]), ...withdrawal(1_100) },
      ...more,
    ].map((one) => ({ ...one, scope: name, id: name === "desks" ? one.id : `${one.id} in ${name}` })),
  );
  declareIn(world, {
    profiles,
    scopes: dated,
    calendars: hours.map((one) => ({ ...one, name: "hours" })),
    exemptions,
    documents: stampTests,
  });
  const scopes = {
    ...ports.scopes,
    scopes: async () => dated,
    exemptions: async () => exemptions,
    inventory: async () => ({
      kind: "csv" as const,
      source: "list.csv",
      sha256: "0".repeat(64),
      imported_at: at(0),
      hosts: listed,
    }),
    schedule: async () =>
      scheduleByForms(
        hours.map(({ calendar, from }) => ({
          calendar: calendar && isIanaTimezone(calendar.timezone) ? { ...calendar, name: "hours" } : null,
          from: utc(from),
        })),
        period,
      ),
    allDocuments: async () => stampTests,
    documents: async (host: string) => (host === hosts[0] ? [DOCUMENT] : []),
  };
  const leaps = [
    { from: 1_435_708_800n * S, taiMinusUtc: 36 },
    { from: 1_483_228_800n * S, taiMinusUtc: 37 },
  ];
  const watching = { progress: () => undefined, signal: new AbortController().signal };
  await createReport({ ...ports, scopes, leaps, profiles: async () => profiles }, { ...period, profiles: [], hosts: named }, watching);
  return bundle;
}

/** What a verifier says of a bundle: null = it holds, otherwise where it does not. */
export interface Said {
  readonly step: string;
  readonly host: string | null;
  readonly epoch: number | null;
  readonly seq: number | null;
  readonly rule: string;
}

/** The line in which a verifier says what does not hold; null = it holds. */
export async function firstTells(files: MemoryBundle): Promise<string | null> {
  const ports = { crypto: checks, wire, token: tokenCrypto(null) };
  const { code, err } = await tellVerified(ports, files, hostsInTurn, {
    do: "verify",
    bundle: "",
    keyId: null,
    countersigned: false,
    json: false,
  });
  return code === 0 ? null : err.trim();
}

export const secondTells = (files: MemoryBundle): string | null =>
  written(files, (folder) => {
    const { status, stderr } = spawnSync("python3", [VERIFIER, folder], { encoding: "utf8" });
    return status === 0 ? null : stderr.trim();
  });

export async function firstSays(files: MemoryBundle, key: string | null = null): Promise<Said | null> {
  const found = await verifyBundle({ files, crypto: checks, wire, token: tokenCrypto(null) }, { keyId: key });
  if (found.kind === "holds") return null;
  const { step, host, epoch, seq, rule } = found.failure;
  return { step, host, epoch, seq, rule };
}

export const VERIFIER = new URL("../docs/verify/verify.py", import.meta.url).pathname;
export const HAS_PYTHON = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status === 0;
/** Ends the names of suites that need it. */
export const NEEDS_PYTHON = HAS_PYTHON ? "" : " (skipped: python3, 3.11 or later, not found)";
const LINE =
  /^Does not hold: step (?<step>\w+)(?:, host (?<host>[^,]+))?(?:, epoch (?<epoch>\d+))?(?:, seq (?<seq>\d+))?, rule (?<rule>\w+): /;

/** What verify.py says of it, written into a folder for the purpose. */
export const secondSays = (files: MemoryBundle, key: string | null = null): Said | null =>
  written(files, (folder) => secondSaysOf(folder, key));

function written<T>(files: MemoryBundle, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bundle-"));
  try {
    for (const [name, bytes] of files.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function secondSaysOf(folder: string, key: string | null = null): Said | null {
  const { status, stderr } = spawnSync("python3", [VERIFIER, folder, ...(key === null ? [] : ["--key", key])], { encoding: "utf8" });
  return saidIn(status, stderr);
}

/** What verify.py says by its exit code and its line; null = it holds. */
export function saidIn(status: number | null, stderr: string): Said | null {
  if (status === 0) return null;
  const found = LINE.exec(stderr)?.groups;
  if (found === undefined) throw new Error(`verify.py ended with ${status} and no line of its form: ${stderr}`);
  const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  const { step = "", host, epoch, seq, rule = "" } = found;
  return { step, host: host ?? null, epoch: number(epoch), seq: number(seq), rule };
}

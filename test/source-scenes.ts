import { type UtcInstant, utc } from "@truebound/time";
import { type BatchSource, packColumn } from "@truebound/wire";
import { refidOf } from "../server/src/adapters/refid-of.ts";
import { summarize } from "../server/src/fleet/host-view.ts";
import { record } from "../server/src/fleet/record.fixture.ts";
import { source } from "../server/src/fleet/source.fixture.ts";
import type { FleetEntry } from "../server/src/fleet/watcher.ts";
import type { SpreadEvidence } from "../server/src/query/ports.ts";
import type { SourceChange } from "../server/src/source/false-spells.ts";

/** Fleets as a server knows them, for the page of sources under test. */
const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const now = (): UtcInstant => utc(BigInt(Date.now() - 2_000) * 1_000_000n);

export function entry(number: number, sources: readonly BatchSource[], liveness: FleetEntry["liveness"] = "reporting"): FleetEntry {
  const half = 90_000n + BigInt(number) * 17_321n;
  const at = now();
  const name = `edge-${number}.fra.example`;
  const one = record({ id: idOf(number), name, sources: [...sources], bound: { lo: -half, hi: half - 7_001n }, receivedAt: at, asOf: at });
  return { record: one, liveness, ageMs: 0, summary: summarize(one, liveness) };
}

const GPS = { stratum: 1, refid: 0x47505300 };
const ROOT = "192.0.2.1";
export const LIAR = "203.0.113.9";

const at = (address: string, middle: number, more: Partial<BatchSource> = {}): BatchSource =>
  source(`${address.includes(":") ? `[${address}]` : address}:123`, {
    address,
    ...GPS,
    lo_ns: String(middle - 210_004),
    hi_ns: String(middle + 230_017),
    delay_ns: "412003",
    root_delay_raw: 11,
    root_dispersion_raw: 23,
    ...more,
  });

const PROVED = {
  mode: "preferred",
  authenticated: true,
  name: "nts1.fra.example",
  key: "q3Zx0_".repeat(7).concat("A"),
  dates: "confirmed",
} as const;
const DECLARATION = {
  ns: "1000",
  document: "3b5d5c3712955042212316173ccf37be8000fe45fc5ca1dbc8fa1b8b1a1ba0c1",
  signer: "NPL",
  valid_from: "2026-01-01T00:00:00.000000000Z",
  valid_to: "2027-01-01T00:00:00.000000000Z",
} as const;
const UNPROVED = { authenticated: false, name: null, key: null, dates: null } as const;
const honest = (number: number): BatchSource[] => [
  at(ROOT, number * 900, {
    nts: { ...PROVED, ...(number === 3 ? UNPROVED : {}) },
    root: number === 2 ? "advertised" : "declared",
    declaration: { ...DECLARATION, void: number === 2 ? "dispersion" : null },
  }),
  at("198.51.100.2", number * 700, { stratum: 2, refid: refidOf(ROOT), id: "ntp-a.fra.example:123" }),
  at("198.51.100.3", number * 1_100, { stratum: 2, refid: refidOf(ROOT), id: "ntp-b.fra.example:123" }),
];
const other = (number: number): BatchSource => at("2001:db8:85a3:8d3:1319:8a2e:370:7348", number * -1_300, { timescale: "smear24" });
const liar = (number: number): BatchSource => at(LIAR, 48_300_000 + number * 2_003, { state: "falseticker", leap: 3 });
const mute = at("203.0.113.77", 0, {
  state: "never_answered",
  lo_ns: null,
  hi_ns: null,
  stratum: null,
  refid: null,
  leap: null,
  replies: 0,
});
const receiver = at("192.0.2.1", 120_000, {
  id: "external:gps",
  address: null,
  stratum: null,
  refid: null,
  leap: null,
  delay_ns: null,
  kind: "external",
  counts: false,
  document: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
});
const doubtful = at("203.0.113.20", 900_000, { state: "no_region" });

/** Two who call the liar false, one of them for the second time; so many hours ago. */
export function toldOfLiar(): SourceChange[] {
  const hour = (count: number) => utc(BigInt(Date.now() - count * 3_600_000) * 1_000_000n);
  const told = (hours: number, number: number, from: string, to: string): SourceChange => ({
    host: idOf(number),
    source: `${LIAR}:123`,
    at: hour(hours),
    marked: number === 2,
    change: { kind: "state", from, to },
  });
  return [
    told(300, 1, "agrees", "falseticker"),
    told(60, 1, "falseticker", "agrees"),
    told(31, 2, "agrees", "vote_void"),
    told(20, 2, "vote_void", "agrees"),
    told(5, 1, "agrees", "falseticker"),
  ];
}

/** What a host reported in each part of a range: the liar was right for the first half of it, and for a while nothing was reported. */
export function reported({ record: { sources, bound } }: FleetEntry, from: bigint, to: bigint, parts: number): SpreadEvidence[] {
  return Array.from({ length: parts }, (_, part) => part)
    .filter((part) => (part < parts * 0.3 || part > parts * 0.36) && bound !== null)
    .map((part) => {
      const drift = BigInt(Math.round(60_000 * Math.sin(part / 7)));
      const isRight = part < parts / 2;
      const moved = sources.map((one) => shifted(one, one.address === LIAR && isRight ? drift - 48_300_000n : drift, isRight));
      const bounds = { lo_ns: packColumn([bound?.lo ?? null]), hi_ns: packColumn([bound?.hi ?? null]) };
      const text = Buffer.from(JSON.stringify({ sources: moved, bounds }));
      const at = utc(from + ((to - from) * BigInt(2 * part + 1)) / BigInt(2 * parts));
      return { epoch: 1, seq: part + 1, receivedAt: at, lastUtc: at, sent: null, text: () => text, isWhole: true };
    });
}

const shifted = (one: BatchSource, by: bigint, isRight: boolean): BatchSource => ({
  ...one,
  state: isRight && one.state === "falseticker" ? "agrees" : one.state,
  lo_ns: one.lo_ns === null ? null : String(BigInt(one.lo_ns) + by),
  hi_ns: one.hi_ns === null ? null : String(BigInt(one.hi_ns) + by),
});

const accused = (): FleetEntry[] => [
  ...[1, 2, 3, 4, 5, 6, 7].map((number) => entry(number, [...honest(number), other(number), liar(number)])),
  entry(8, [...honest(8), at("203.0.113.40", 3_100_000, { state: "falseticker" })]),
  entry(9, [at("203.0.113.40", 4_100, {}), other(9), mute]),
  entry(10, honest(10)),
  entry(11, [doubtful, receiver]),
  entry(12, [at("203.0.113.200", 7_000), ...honest(12)], "silent"),
];

export const SCENES = {
  accused,
  sound: (): FleetEntry[] => [1, 2, 3, 4].map((number) => entry(number, [at(ROOT, number * 900), other(number)])),
  many: (): FleetEntry[] => Array.from({ length: 420 }, (_, number) => entry(number, [at("127.0.0.1", number), other(number)])),
  empty: (): FleetEntry[] => [entry(1, [])],
} as const satisfies Record<string, () => FleetEntry[]>;

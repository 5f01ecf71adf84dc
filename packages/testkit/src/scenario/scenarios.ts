import { type Timescale, utc } from "@truebound/time";
import type { SimSource } from "../sim/sim-source.ts";
import type { Scenario } from "./scenario.ts";

/** The scenarios that every change must pass. Numbered, never renumbered. */
const source = (last: number, over: Partial<SimSource> = {}): SimSource => ({
  address: `198.51.100.${last}:123`,
  thereMs: 5,
  backMs: 5,
  jitterMs: 0.5,
  ...over,
});
const four = [source(1), source(2), source(3), source(4)];
const MS = 1_000_000;

/** 2029-01-01T00:00:00Z, after which a second has been inserted, or deleted. */
const NEW_YEAR = 1_861_920_000_000_000_000n;
const inserted = [{ utc_ns: NEW_YEAR, step: 1 as const }];
const deleted = [{ utc_ns: NEW_YEAR, step: -1 as const }];
/** Not a whole number of seconds before, so that readings fall into the leap second. */
const EVE = NEW_YEAR - 400_300_000_000n;
const keeps = (timescale: Timescale) => ({ timescale, declared: timescale });

export const SCENARIOS: readonly Scenario[] = [
  { name: "01 healthy", seconds: 600, seed: 1, clock: {}, sources: four },
  { name: "02 three milliseconds behind", seconds: 600, seed: 2, clock: { aheadNs: -3 * MS }, sources: four },
  { name: "03 eighty ppm fast", seconds: 1800, seed: 3, clock: { driftPpb: 80_000 }, sources: four },
  { name: "04 two hundred ppm slow, the very edge of rho", seconds: 1800, seed: 4, clock: { driftPpb: -199_900 }, sources: four },
  {
    name: "05 a step of 250 ms every two minutes",
    seconds: 900,
    seed: 5,
    clock: { steps: [{ atS: 60.4, byNs: 250 * MS, everyS: 120 }] },
    sources: four,
  },
  { name: "06 the daemon slews at 500 ppm", seconds: 900, seed: 6, clock: { slewPpb: 500_000, aheadNs: -200 * MS }, sources: four },
  {
    name: "07 one of four lies by 40 ms",
    seconds: 600,
    seed: 7,
    clock: {},
    sources: [source(1), source(2), source(3), source(4, { errorNs: 40 * MS })],
  },
  {
    name: "08 two of five lie together, F = 2",
    seconds: 600,
    seed: 8,
    clock: {},
    policy: { faults: 2 },
    sources: [
      source(1),
      source(2, { thereMs: 12, backMs: 12 }),
      source(3, { thereMs: 12, backMs: 12 }),
      source(4, { thereMs: 0.5, backMs: 0.5, errorNs: -8 * MS }),
      source(5, { thereMs: 0.5, backMs: 0.5, errorNs: -8 * MS }),
    ],
  },
  { name: "09 two sources that disagree", seconds: 300, seed: 9, clock: {}, sources: [source(1), source(2, { errorNs: -60 * MS })] },
  {
    name: "10 path of 1 ms there and 11 ms back",
    seconds: 600,
    seed: 10,
    clock: {},
    sources: [1, 2, 3].map((last) => source(last, { thereMs: 1, backMs: 11 })),
  },
  {
    name: "11 path of 11 ms there and 1 ms back",
    seconds: 600,
    seed: 11,
    clock: {},
    sources: [1, 2, 3].map((last) => source(last, { thereMs: 11, backMs: 1 })),
  },
  {
    name: "12 jitter of 60 ms and loss of a third",
    seconds: 1200,
    seed: 12,
    clock: { driftPpb: 30_000 },
    sources: [1, 2, 3, 4].map((last) => source(last, { jitterMs: 60, loss: 0.33 })),
  },
  {
    name: "13 all sources lost: holdover to unknown",
    seconds: 6000,
    seed: 13,
    clock: { driftPpb: 150_000 },
    sources: four.map((one) => ({ ...one, silentFromS: 300 })),
  },
  { name: "14 suspended for ten minutes", seconds: 1200, seed: 14, clock: { suspends: [{ atS: 300.05, forS: 600 }] }, sources: four },
  {
    name: "15 interleaved servers, drifting clock",
    seconds: 1200,
    seed: 15,
    clock: { driftPpb: -60_000 },
    sources: four.map((one) => ({ ...one, interleaves: true })),
  },
  {
    name: "16 sources come and go",
    seconds: 1800,
    seed: 16,
    clock: { driftPpb: 90_000 },
    sources: four.map((one, index) => ({ ...one, silentFromS: 200 + index * 100, silentUntilS: 900 + index * 50 })),
  },
  {
    name: "17 a source a quarter of a second off and smearing",
    seconds: 900,
    seed: 17,
    clock: {},
    sources: [source(1), source(2), source(3), source(4, { errorNs: -250 * MS, errorPpb: -11_574 })],
  },
  { name: "18 a single source", seconds: 300, seed: 18, clock: { aheadNs: 7 * MS }, sources: [source(1)] },
  {
    name: "19 a second is inserted, four servers of UTC",
    seconds: 900,
    seed: 19,
    clock: { driftPpb: 20_000, aheadNs: 2 * MS },
    startUtc: EVE,
    leaps: inserted,
    sources: four.map((one) => ({ ...one, ...keeps("utc") })),
  },
  {
    name: "20 a second is inserted, one server of four smears it over a day",
    seconds: 900,
    seed: 20,
    clock: { driftPpb: -20_000 },
    startUtc: EVE,
    leaps: inserted,
    sources: four.map((one, index) => ({ ...one, ...keeps(index === 3 ? "smear24" : "utc") })),
  },
  {
    name: "21 a second is deleted, servers of every kind",
    seconds: 900,
    seed: 21,
    clock: { driftPpb: 20_000 },
    startUtc: EVE,
    leaps: deleted,
    sources: four.map((one, index) => ({ ...one, ...keeps((["utc", "smear24", "smearFB", "refid254"] as const)[index] ?? "utc") })),
  },
  {
    name: "22 a second is inserted, nobody knows what two servers do, and both smear",
    seconds: 900,
    seed: 22,
    clock: {},
    startUtc: EVE,
    leaps: inserted,
    sources: [...[1, 2, 3].map((last) => source(last, keeps("utc"))), ...[4, 5].map((last) => source(last, { timescale: "smear24" }))],
  },
  {
    name: "23 a second is inserted after the list has expired",
    seconds: 900,
    seed: 23,
    clock: { aheadNs: -MS },
    startUtc: EVE,
    leaps: inserted,
    calendar: { leaps: [], expires: utc(NEW_YEAR - 1n) },
    sources: four.map((one) => ({ ...one, ...keeps("utc") })),
  },
  {
    name: "24 one server of four tells of a leap that does not come",
    seconds: 900,
    seed: 24,
    clock: {},
    startUtc: EVE,
    calendar: { leaps: [], expires: utc(NEW_YEAR + 1n) },
    sources: four.map((one, index) => ({ ...one, ...keeps("utc"), ...(index === 3 ? { leapIndicator: 1 } : {}) })),
  },
  {
    name: "30 the kernel changes its clocksource, loses 40 ms over it and runs 120 ppm faster",
    seconds: 600,
    seed: 30,
    clock: { driftPpb: -20_000, standstills: [{ atS: 200.3, forS: 0.04, ratePpb: 120_000, clocksource: "hpet" }] },
    sources: four,
  },
  {
    name: "31 moved to another machine in three seconds, and marked so",
    seconds: 600,
    seed: 31,
    clock: { driftPpb: 50_000, standstills: [{ atS: 200.3, forS: 3, ratePpb: -90_000, marked: true }] },
    sources: four,
  },
  {
    name: "32 stood still for five seconds without any marker",
    seconds: 600,
    seed: 32,
    clock: { driftPpb: 50_000, standstills: [{ atS: 200.3, forS: 5 }] },
    sources: four,
    unseen: [{ atS: 200.3, forS: 22 }],
  },
  {
    name: "33 restored from a checkpoint two days later, one of four sources lying",
    seconds: 173_400,
    seed: 33,
    clock: { standstills: [{ atS: 200.3, forS: 172_800 }] },
    sources: [source(1), source(2), source(3), source(4, { errorNs: 40 * MS })],
    unseen: [{ atS: 200.3, forS: 172_817 }],
  },
  {
    name: "34 the process stands still for forty seconds and for nine",
    seconds: 600,
    seed: 34,
    clock: { driftPpb: 80_000, aheadNs: 3 * MS },
    sources: four,
    pauses: [
      { atS: 200.3, forS: 40 },
      { atS: 400.004, forS: 9 },
    ],
  },
  {
    name: "35 the process stands still for 0.7 s again and again, and stamps by itself",
    seconds: 600,
    seed: 35,
    clock: { driftPpb: -80_000 },
    sources: [source(1), source(2, { thereMs: 40, backMs: 40 }), source(3), source(4)],
    pauses: Array.from({ length: 200 }, (_, index) => ({ atS: 5.002 + index * 2.9, forS: 0.7 })),
    userlandStamps: true,
  },
  {
    name: "36 the clock is stepped while the process stands still",
    seconds: 600,
    seed: 36,
    clock: { steps: [{ atS: 210, byNs: -800 * MS }] },
    sources: four,
    pauses: [{ atS: 200.3, forS: 20 }],
  },
  {
    name: "37 a single source, and a standstill of five seconds without any marker",
    seconds: 600,
    seed: 37,
    clock: { standstills: [{ atS: 200.3, forS: 5 }] },
    sources: [source(1)],
    unseen: [{ atS: 200.3, forS: 22 }],
  },
  {
    name: "38 the clocksource changes while replies are on their way",
    seconds: 240,
    seed: 38,
    pollS: 1,
    clock: { standstills: [{ atS: 200.375, forS: 0.028, clocksource: "hpet" }] },
    sources: [1, 2, 3, 4].map((last) => source(last, { thereMs: 5, backMs: 400 })),
  },
];

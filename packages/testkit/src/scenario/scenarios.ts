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
];

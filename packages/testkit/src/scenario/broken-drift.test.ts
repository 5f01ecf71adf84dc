import { describe, expect, it } from "vitest";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import { type Outcome, runScenario, type Scenario } from "./scenario.ts";

/** Oscillators that stray faster than rho, 200 ppm: what is guaranteed cannot hold until that is measured, and must from then on. */
const source = (last: number, over: Partial<SimSource> = {}): SimSource => ({
  address: `198.51.100.${last}:123`,
  thereMs: 0.1,
  backMs: 0.1,
  jitterMs: 0.02,
  ...over,
});
const four = [1, 2, 3, 4].map((last) => source(last));
const far = four.map((one) => ({ ...one, thereMs: 10, backMs: 10, jitterMs: 1 }));
const interleaved = four.map((one) => ({ ...one, interleaves: true }));

const from = (clock: ClockFaults, sources: readonly SimSource[], seed: number): Scenario => ({
  name: "beyond rho",
  seconds: 1500,
  seed,
  clock,
  sources,
});

/** When the assumption fell, ns of RAW; null = it never did. */
const fellAt = ({ findings }: Outcome): bigint | null =>
  findings.find(({ kind, detail }) => kind === "drift_assumption_broken" && detail.why === "rho")?.reading.rawAfter ?? null;

const CASES: readonly (readonly [string, Scenario])[] = [
  ["a single source, 400 ppm fast", from({ driftPpb: 400_000 }, [source(1)], 51)],
  ["a single source, 1000 ppm slow", from({ driftPpb: -1_000_000 }, [source(1)], 52)],
  ["four sources, 400 ppm fast", from({ driftPpb: 400_000 }, four, 53)],
  ["four sources that interleave, 250 ppm slow", from({ driftPpb: -250_000 }, interleaved, 54)],
  ["four sources 20 ms away, 600 ppm fast", from({ driftPpb: 600_000 }, far, 55)],
  ["a single source, and 400 ppm more from one moment on", from({ wander: { kind: "jump", atS: 700, byPpb: 400_000 } }, [source(1)], 56)],
  ["four sources, and 400 ppm more from one moment on", from({ wander: { kind: "jump", atS: 700, byPpb: 400_000 } }, four, 57)],
  ["four sources of which one lies, 400 ppm fast", from({ driftPpb: 400_000 }, [...four.slice(1), source(9, { errorPpb: 300_000 })], 58)],
];

describe("an oscillator beyond rho", () => {
  it.each(CASES)("%s: the assumption falls, and what is guaranteed holds from then on", (_, scenario) => {
    const outcome = runScenario(scenario);
    const fell = fellAt(outcome);
    expect(fell).not.toBeNull();
    const after = ({ reading }: Outcome["rows"][number]) => reading.rawAfter >= (fell as bigint);
    expect(outcome.rows.filter(after).some(({ offset }) => offset !== null)).toBe(true);
    expect(outcome.missed.filter(after)).toEqual([]);
    const spans = outcome.missedBetween.filter((one) => ("to" in one ? one.to : one.reading).rawAfter >= (fell as bigint));
    expect(spans).toEqual([]);
  });
});

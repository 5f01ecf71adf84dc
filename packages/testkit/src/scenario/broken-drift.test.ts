import type { Finding } from "@truebound/agent";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import { randomRuns } from "./random-runs.fixture.ts";
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
const S = 1_000_000_000n;
/** RAW at the start of a simulation. */
const STARTED = 1000n * S;
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
  ["four sources, 201.5 ppm fast: hardly beyond it", { ...from({ driftPpb: 201_500 }, four, 59), seconds: 3600 }],
  ["four sources, 202.5 ppm slow", { ...from({ driftPpb: -202_500 }, four, 60), seconds: 3600 }],
  ["a single source, 205 ppm fast", { ...from({ driftPpb: 205_000 }, [source(1)], 61), seconds: 3600 }],
  [
    "three sources of which one is silent, 400 ppm fast",
    from({ driftPpb: 400_000 }, [...four.slice(2), source(9, { silentFromS: 0 })], 62),
  ],
  [
    "four sources 5 ms away, and 600 ppm more from one moment on",
    from(
      { wander: { kind: "jump", atS: 314, byPpb: 600_000 } },
      four.map((one) => ({ ...one, thereMs: 2.5, backMs: 2.5, jitterMs: 0.25 })),
      63,
    ),
  ],
  [
    "five sources of which one lies in its rate, and 872 ppm less from one moment on",
    from({ wander: { kind: "jump", atS: 500, byPpb: -872_000 } }, [...far, source(9, { errorPpb: -250_000 })], 504),
  ],
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

describe("a ruler that runs away", () => {
  it.each([
    ["6000 ppm from the start", from({ driftPpb: 6_000_000 }, four, 81)],
    ["6000 ppm from the start, a single source", from({ driftPpb: 6_000_000 }, [source(1)], 82)],
    ["6000 ppm from one moment on", from({ wander: { kind: "jump", atS: 300, byPpb: 6_000_000 } }, four, 83)],
    [
      "400 ppm, sources asked in turn, a reading every 10 s",
      { ...from({ wander: { kind: "jump", atS: 300, byPpb: 400_000 } }, four, 84), spread: true, readingS: 10 },
    ],
    [
      "400 ppm, sources asked in turn, a reading every minute",
      { ...from({ wander: { kind: "jump", atS: 300, byPpb: 400_000 } }, four, 85), spread: true, readingS: 60 },
    ],
  ] as const)("%s: is told as a rate, and bounded", (_, scenario) => {
    const outcome = runScenario(scenario);
    const broken = outcome.findings.filter(({ detail }) => detail.why === "rho");
    expect(broken.length).toBeGreaterThan(0);
    const last = (broken.at(-1) as Finding).reading.rawAfter;
    expect(outcome.missed.filter(({ reading }) => reading.rawAfter >= last)).toEqual([]);
    // Whatever can be bounded at all is bounded again, and the assumption does not grow for ever.
    expect(broken.length).toBeLessThan(6);
  });
});

describe("a standstill without any marker", () => {
  const still = (sources: readonly SimSource[], more: Partial<Scenario> = {}): Scenario => ({
    ...from({ standstills: [{ atS: 500, forS: 0.5 }] }, sources, 91),
    spread: true,
    ...more,
  });
  it.each([
    ["servers that interleave", still(interleaved)],
    ["servers that interleave, a poll a minute", still(interleaved, { pollS: 64, seconds: 2500 })],
    ["servers that do not", still(four)],
  ])("is a jump and no rate, with %s", (_, scenario) => {
    const { findings, events, rows } = runScenario(scenario);
    expect(events).toContain("ruler_jumped");
    expect(findings.filter(({ detail }) => detail.why === "rho")).toEqual([]);
    expect(rows.at(-1)?.status).toBe("proven");
  });
});

describe("one liar, and a host that was beyond rho for a while", () => {
  it("is trusted again all the same, and may be calibrated", () => {
    const liar = source(9, { errorNs: 50_000_000, errorPpb: 300_000 });
    const back: ClockFaults = { wander: { kind: "sine", amplitudePpb: 1000, periodS: 7200 } };
    const calm = { ...from(back, [...four, liar], 95), seconds: 4000, policy: { calibrated_residual_ppb: 5000, faults: 1 } };
    expect(runScenario(calm).findings.some(({ detail }) => detail.basis === "calibrated")).toBe(true);
  });
});

describe("a residual that was declared too small", () => {
  const wave = { kind: "sine", amplitudePpb: 10_000, periodS: 40_000 } as const;
  const wander = { ...from({ wander: wave }, four, 71), seconds: 9000, policy: { calibrated_residual_ppb: 500 } };
  it("is refuted, falls back to rho, and blinds nobody", () => {
    const outcome = runScenario(wander);
    const fell = outcome.findings.find(({ kind, detail }) => kind === "drift_assumption_broken" && detail.why === "residual");
    expect(fell?.detail).toMatchObject({ before: "calibrated", basis: "assumed" });
    const after = outcome.rows.filter(({ reading }) => reading.rawAfter >= (fell as Finding).reading.rawAfter);
    expect(after.every(({ status }) => status === "proven")).toBe(true);
    expect(outcome.missed.filter((row) => after.includes(row))).toEqual([]);
    expect(outcome.events).not.toContain("ruler_jumped");
    // Once refuted, it is not declared anew in this boot.
    const calibrated = outcome.findings.filter(({ detail }) => detail.basis === "calibrated").map(({ reading }) => reading.rawAfter);
    expect(calibrated.every((at) => at < (fell as Finding).reading.rawAfter)).toBe(true);
  });
  it("is no jump of the ruler where the frequency jumps within rho", () => {
    for (const byPpb of [16_000, -71_000, 40_000]) {
      const jump = {
        ...wander,
        clock: { wander: { kind: "jump", atS: 4480, byPpb } as const },
        seconds: 6000,
        policy: { calibrated_residual_ppb: 1000 },
      };
      const { events, rows, missed } = runScenario(jump);
      expect(events).not.toContain("ruler_jumped");
      expect(events).toContain("drift_assumption_broken");
      const [last] = missed.slice(-1);
      // Between the jump and the exchanges that show it, nobody can know.
      if (last !== undefined)
        expect(rows.indexOf(last)).toBeLessThan(rows.findIndex(({ reading }) => reading.rawAfter > STARTED + 4530n * S));
    }
  });
});

describe("no more than F liars, and a frequency that wanders within rho", () => {
  it("never break rho, nor make the ruler jump", () => {
    const lie = fc.record({
      errorNs: fc.integer({ min: -50_000_000, max: 50_000_000 }),
      errorPpb: fc.integer({ min: -900_000, max: 900_000 }),
    });
    const path = fc.record({
      thereMs: fc.double({ min: 0.05, max: 20, noNaN: true }),
      backMs: fc.double({ min: 0.05, max: 20, noNaN: true }),
    });
    const walk = fc.record({ seed: fc.nat(), stepPpb: fc.integer({ min: 0, max: 150_000 }), everyS: fc.integer({ min: 20, max: 400 }) });
    fc.assert(
      fc.property(
        fc.array(path, { minLength: 3, maxLength: 5 }),
        path,
        lie,
        walk,
        fc.boolean(),
        fc.nat(),
        (honest, way, wrong, steps, interleaves, seed) => {
          const sources = [...honest, { ...way, ...wrong }].map((one, index) => source(index + 1, { ...one, interleaves, jitterMs: 0.1 }));
          const wandering: ClockFaults = { wander: { kind: "walk", withinPpb: 199_000, ...steps } };
          const outcome = runScenario({ ...from(wandering, sources, seed), liars: 1, policy: { faults: 1 } });
          expect(outcome.findings.filter(({ kind, detail }) => kind === "ruler_jumped" || detail.why === "rho")).toEqual([]);
          expect(outcome.missed).toEqual([]);
        },
      ),
      { numRuns: randomRuns(25) },
    );
  }, 240_000);
});

import { BILLION, type Interval, TIMESCALES, type Timescale, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SimSource } from "../sim/sim-source.ts";
import { randomRuns } from "./random-runs.fixture.ts";
import { type Outcome, runScenario, type Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const named = (number: string): Scenario => SCENARIOS.find(({ name }) => name.startsWith(number)) as Scenario;
const NEW_YEAR = 1_861_920_000_000_000_000n;
const widths = ({ rows }: Outcome): bigint[] => rows.flatMap(({ offset }) => (offset === null ? [] : [offset.hi - offset.lo]));
const count = ({ events }: Outcome, kind: string): number => events.filter((one) => one === kind).length;
const statusesAfterStart = ({ rows }: Outcome) => [...new Set(rows.slice(10).map(({ status }) => status))];

describe("a leap second among servers of UTC", () => {
  const outcome = runScenario(named("19"));
  it("is told before, and taken as what it is", () => {
    expect(outcome.events).toContain("leap_pending");
    expect(count(outcome, "leap_applied")).toBe(1);
    expect(count(outcome, "clock_stepped")).toBe(0);
    expect(count(outcome, "leap_indicator_disagrees")).toBe(0);
  });
  it("leaves the host proven throughout; within the second, and only there, UTC has two counts and the bound holds both", () => {
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
    const wide = widths(outcome).filter((width) => width > BILLION);
    expect(wide.length).toBeGreaterThan(0);
    expect(wide.length).toBeLessThan(10);
    expect(wide.every((width) => width < BILLION + BILLION / 20n)).toBe(true);
  });
  it("no source contradicts itself across it", () => {
    const states = new Set(outcome.rows.flatMap(({ bound }) => bound.out.map(({ reason }) => reason)));
    expect([...states]).toEqual(["never_answered"]);
  });
});

describe("timescales", () => {
  it("a smearing server among those of UTC is corrected, agrees, and is named", () => {
    const outcome = runScenario(named("20"));
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
    expect(outcome.events).toContain("mixed_timescales");
    expect(outcome.rows.at(-1)?.bound.agree).toContain("198.51.100.4:123");
  });
  it("a smearing server that is called one of UTC is a falseticker", () => {
    const scenario = named("20");
    const sources = scenario.sources.map((one) => ({ ...one, declared: "utc" as const }));
    const { rows } = runScenario({ ...scenario, sources });
    expect(rows[300]?.bound.out).toEqual([{ id: "198.51.100.4:123", reason: "falseticker" }]);
    // Once UTC has stepped and it has not, its own answers contradict each other.
    expect(rows.at(-1)?.bound.out).toEqual([{ id: "198.51.100.4:123", reason: "inconsistent_with_itself" }]);
  });
  it("four kinds go through a deleted second together", () => {
    const outcome = runScenario(named("21"));
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
    expect(count(outcome, "leap_applied")).toBe(1);
    expect(outcome.rows.at(-1)?.bound.agree).toHaveLength(4);
  });
  it("servers of which nobody knows leave, and the others go on without them", () => {
    const outcome = runScenario(named("22"));
    const out = ["198.51.100.4:123", "198.51.100.5:123"].map((id) => ({ id, reason: "timescale_unknown" }));
    expect(outcome.rows.at(-1)?.bound.out).toEqual(out);
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
  });
  it("where they are all that there is the last proof is held, with the reason", () => {
    const far = named("22");
    const sources = far.sources.map((one) => ({ ...one, timescale: "utc" as const, declared: "unknown" as const }));
    const outcome = runScenario({ ...far, sources, seconds: 300, startUtc: NEW_YEAR - 86_400n * BILLION - 100n * BILLION });
    expect(outcome.missed).toEqual([]);
    expect(outcome.rows.at(-1)).toMatchObject({ status: "holdover", reason: "timescale_unknown" });
  });
});

describe("a leap that the list does not have", () => {
  it("after its expiry: unknown for one poll, with the reason, then proven again", () => {
    const { rows, missed } = runScenario(named("23"));
    expect(missed).toEqual([]);
    const doubtful = rows.flatMap((row, index) => (row.reason === "leap_unknown" ? [index] : []));
    expect(doubtful.length).toBeGreaterThan(2);
    expect(doubtful.map((index) => rows[index]?.status)).toContain("unknown");
    expect(rows.at(-1)?.status).toBe("proven");
    const first = rows[doubtful[0] as number]?.reading.rawAfter as bigint;
    const last = rows[doubtful.at(-1) as number]?.reading.rawAfter as bigint;
    expect(last - first).toBeLessThan(24n * BILLION);
  });
  it("in holdover: what was proved before it is no longer told", () => {
    const scenario = named("23");
    const outcome = runScenario({ ...scenario, sources: scenario.sources.map((one) => ({ ...one, silentFromS: 300 })) });
    expect(outcome.missed).toEqual([]);
    expect(statusesAfterStart(outcome)).toEqual(["proven", "holdover", "unknown"]);
    expect(outcome.rows.at(-1)).toMatchObject({ status: "unknown", reason: "leap_unknown" });
  });
  it("one lying indicator changes nothing", () => {
    const outcome = runScenario(named("24"));
    expect(outcome.events.filter((kind) => kind.startsWith("leap_"))).toEqual([]);
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
  });
  it("a majority of indicators against the list is an alarm, not a step", () => {
    const scenario = named("24");
    const outcome = runScenario({ ...scenario, sources: scenario.sources.map((one) => ({ ...one, leapIndicator: 1 })) });
    expect(outcome.events).toContain("leap_indicator_disagrees");
    expect(outcome.missed).toEqual([]);
    expect(statusesAfterStart(outcome)).toEqual(["proven"]);
  });
});

describe("was the truth inside, through any leap?", () => {
  const kind = fc.constantFrom<readonly [Timescale, Timescale]>(
    ["utc", "utc"],
    ["smear24", "smear24"],
    ["smearFB", "smearFB"],
    ["refid254", "refid254"],
    ["refid254", "unknown"],
    ["smear24", "unknown"],
    ["smearFB", "unknown"],
  );
  const server = fc.record({
    kind,
    thereMs: fc.double({ min: 0, max: 200, noNaN: true }),
    backMs: fc.double({ min: 0, max: 200, noNaN: true }),
    jitterMs: fc.double({ min: 0, max: 20, noNaN: true }),
    loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
    interleaves: fc.boolean(),
    /** Within what its root dispersion admits: 4,000 units of 2^-16 s are 61 ms. */
    errorNs: fc.integer({ min: -60_000_000, max: 60_000_000 }),
  });
  const world = fc.record({
    step: fc.constantFrom(1 as const, -1 as const),
    startS: fc.oneof(
      fc.integer({ min: -380, max: 20 }),
      fc.constantFrom(-43_200, 43_200, 62_500, -86_400, 86_400).chain((edge) => fc.integer({ min: edge - 200, max: edge + 20 })),
    ),
    fraction: fc.integer({ min: 0, max: 999_999_999 }),
    listed: fc.boolean(),
    driftPpb: fc.integer({ min: -200_000, max: 200_000 }),
    slewPpb: fc.integer({ min: -500_000, max: 500_000 }),
    aheadNs: fc.integer({ min: -3_000_000_000, max: 3_000_000_000 }),
    pollS: fc.constantFrom(2, 16),
    seed: fc.integer(),
  });
  const run = (servers: readonly SimSource[], given: typeof world extends fc.Arbitrary<infer W> ? W : never, faults: number): Outcome =>
    runScenario({
      name: "random",
      seconds: 400,
      seed: given.seed,
      pollS: given.pollS,
      clock: { driftPpb: given.driftPpb, slewPpb: given.slewPpb, aheadNs: given.aheadNs },
      startUtc: NEW_YEAR + BigInt(given.startS) * BILLION + BigInt(given.fraction),
      leaps: [{ utc_ns: NEW_YEAR, step: given.step }],
      calendar: given.listed
        ? { leaps: [{ utc_ns: NEW_YEAR, step: given.step }], expires: utc(NEW_YEAR + BILLION) }
        : { leaps: [], expires: utc(NEW_YEAR - 86_400n * 10n * BILLION) },
      sources: servers,
      policy: { faults },
    });
  const honest = (
    { kind: [timescale, declared], ...rest }: typeof server extends fc.Arbitrary<infer S> ? S : never,
    index: number,
  ): SimSource => ({
    ...rest,
    timescale,
    declared,
    rootDispersion: 4000,
    address: `198.51.100.${index + 1}:123`,
  });

  it("also where a span looks back from after a leap that no list has", () => {
    const kinds: (readonly [Timescale, Timescale])[] = [
      ["utc", "utc"],
      ["refid254", "unknown"],
      ["utc", "utc"],
    ];
    const servers = kinds.map((one) => ({ kind: one, thereMs: 0, backMs: 0, jitterMs: 0, loss: 0, interleaves: false, errorNs: 0 }));
    const given = {
      step: 1 as const,
      startS: -282,
      fraction: 61_022_793,
      listed: false,
      driftPpb: -94_981,
      slewPpb: -3,
      aheadNs: 0,
      pollS: 2 as const,
      seed: -10,
    };
    const outcome = run(servers.map(honest), given, 0);
    expect(outcome.spans.length).toBeGreaterThan(3);
    expect(outcome.missedBetween).toEqual([]);
  });

  it("with servers of UTC, smears and unknown ones, listed or not", () => {
    let checked = 0;
    fc.assert(
      fc.property(fc.array(server, { minLength: 1, maxLength: 4 }), world, (servers, given) => {
        const outcome = run(servers.map(honest), given, 0);
        checked += outcome.checked;
        expect(outcome.missed.map(({ status, offset, reading }) => [status, offset, reading.injected] as const)).toEqual([]);
        expect(outcome.missedTight).toEqual([]);
        expect(outcome.missedBetween).toEqual([]);
        expect(outcome.rows.every(({ since, offset }) => within(offset, since))).toBe(true);
      }),
      { numRuns: randomRuns(60) },
    );
    expect(checked).toBeGreaterThan(randomRuns(4_000));
  }, 120_000);

  it("with one that lies about what it is, within the fault budget", () => {
    fc.assert(
      fc.property(
        fc.array(server, { minLength: 2, maxLength: 4 }),
        fc.constantFrom(...TIMESCALES),
        fc.constantFrom(...TIMESCALES),
        world,
        (servers, timescale, declared, given) => {
          const liar: SimSource = { address: "203.0.113.9:123", thereMs: 1, backMs: 1, timescale, declared };
          const outcome = run([...servers.map(honest), liar], given, 1);
          expect(outcome.missed.filter(({ bound }) => bound.votes > 1)).toEqual([]);
        },
      ),
      { numRuns: randomRuns(30) },
    );
  }, 120_000);
});

const within = (inner: Interval | null, outer: Interval | null): boolean =>
  inner === null || outer === null || (outer.lo <= inner.lo && inner.hi <= outer.hi);

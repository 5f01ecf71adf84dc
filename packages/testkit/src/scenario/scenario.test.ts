import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import { randomRuns } from "./random-runs.fixture.ts";
import { runScenario, type Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";

const named = (number: string): Scenario => SCENARIOS.find(({ name }) => name.startsWith(number)) as Scenario;
const statuses = (number: string) => [...new Set(runScenario(named(number)).rows.map(({ status }) => status))];
const lastOf = (number: string) => runScenario(named(number)).rows.at(-1);

describe("was the truth inside?", () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))("%s", (_, scenario) => {
    const outcome = runScenario(scenario);
    expect(outcome.missed.map(({ status, reading, offset }) => [status, reading.injected, offset])).toEqual([]);
    expect(outcome.missedTight.map(({ status, reading, tight }) => [status, reading.injected, tight])).toEqual([]);
    expect(outcome.missedBetween).toEqual([]);
    expect(outcome.exchanges).toBeGreaterThan(10);
    if (!scenario.name.startsWith("09")) expect(outcome.checked).toBeGreaterThan(100);
  });

  it("for any clock within rho, any paths, and no more liars than F", () => {
    const drift = fc.integer({ min: -200_000, max: 200_000 });
    const moved = fc.record({ atS: fc.double({ min: 180, max: 290, noNaN: true }), forS: fc.double({ min: 0, max: 30, noNaN: true }) });
    const clock: fc.Arbitrary<ClockFaults> = fc
      .record({
        driftPpb: drift,
        slewPpb: fc.integer({ min: -500_000, max: 500_000 }),
        aheadNs: fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
        steps: fc.array(
          fc.record({ atS: fc.double({ min: 1, max: 290, noNaN: true }), byNs: fc.integer({ min: -900_000_000, max: 900_000_000 }) }),
          { maxLength: 3 },
        ),
        suspends: fc.array(
          fc.record({ atS: fc.double({ min: 1, max: 140, noNaN: true }), forS: fc.double({ min: 0.01, max: 30, noNaN: true }) }),
          { maxLength: 1 },
        ),
        // Moved with a signal, to a counter of any rate within rho.
        moves: fc.array(fc.tuple(moved, drift, fc.constantFrom({ marked: true }, { clocksource: "hpet" })), { maxLength: 1 }),
      })
      .map(({ moves, ...faults }) => ({
        ...faults,
        standstills: moves.map(([span, then, signal]) => ({ ...span, ...signal, ratePpb: then - faults.driftPpb })),
      }));
    const pauses = fc.array(
      fc.record({ atS: fc.double({ min: 1, max: 290, noNaN: true }), forS: fc.double({ min: 0.01, max: 20, noNaN: true }) }),
      { maxLength: 3 },
    );
    const path = fc.record({
      thereMs: fc.double({ min: 0, max: 600, noNaN: true }),
      backMs: fc.double({ min: 0, max: 600, noNaN: true }),
      jitterMs: fc.double({ min: 0, max: 50, noNaN: true }),
      loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
      interleaves: fc.boolean(),
    });
    const lie = fc.integer({ min: -3_000_000_000, max: 3_000_000_000 });
    fc.assert(
      fc.property(
        clock,
        fc.array(path, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(path, lie), { maxLength: 2 }),
        fc.integer(),
        pauses,
        fc.boolean(),
        (faults, honest, liars, seed, paused, userlandStamps) => {
          const all = [...honest, ...liars.map(([one, errorNs]) => ({ ...one, errorNs }))];
          const sources: SimSource[] = all.map((one, index) => ({ ...one, address: `198.51.100.${index + 1}:123` }));
          const policy = { faults: liars.length };
          const base = { name: "random", seconds: 300, seed, clock: faults, sources, policy };
          const outcome = runScenario({ ...base, pauses: paused, userlandStamps });
          // With F votes or fewer all of them may lie: such a row is `unverified`, and no promise is made for it.
          const promised = outcome.missed.filter((row) => row.bound.votes > liars.length);
          expect(promised).toEqual([]);
          expect(outcome.missed.every((row) => row.status === "unverified")).toBe(true);
          expect(outcome.missedTight.filter((row) => row.bound.votes > liars.length)).toEqual([]);
          if (liars.length === 0) expect(outcome.missedBetween).toEqual([]);
        },
      ),
      { numRuns: randomRuns(100) },
    );
  }, 120_000);
});

describe("what the scenarios show", () => {
  it("a healthy host is proven, to within path and drift", () => {
    const last = lastOf("01");
    expect(last?.status).toBe("proven");
    expect((last?.offset?.hi ?? 0n) - (last?.offset?.lo ?? 0n)).toBeLessThan(14_000_000n);
  });
  it("a step is an event and moves the bound at once, without a new status", () => {
    const outcome = runScenario(named("05"));
    expect(outcome.events.filter((kind) => kind === "clock_stepped")).toHaveLength(7);
    expect(outcome.rows.at(-1)?.status).toBe("proven");
    expect(outcome.rows.at(-1)?.offset?.hi).toBeLessThan(-1_700_000_000n);
  });
  it("a liar is named and does not move the bound", () => {
    expect(lastOf("07")?.bound.out).toEqual([{ id: "198.51.100.4:123", reason: "falseticker" }]);
    expect(lastOf("17")?.bound.out).toEqual([{ id: "198.51.100.4:123", reason: "falseticker" }]);
  });
  it("two camps are called bimodal", () => expect(runScenario(named("08")).events).toContain("bimodal"));
  it("two that disagree are a conflict, and nothing is claimed", () => expect(lastOf("09")).toMatchObject({ status: "conflict" }));
  it("lost sources end in holdover, then unknown", () => {
    expect(statuses("13")).toEqual(["unknown", "unverified", "proven", "holdover"]);
    expect(lastOf("13")).toMatchObject({ status: "unknown", offset: null });
  });
  it("a suspend is disrupted before anything is published", () => {
    const { rows, events } = runScenario(named("14"));
    expect(events).toContain("suspended");
    const first = rows.findIndex(({ status }) => status === "disrupted");
    expect(rows[first]?.offset).toBeNull();
    expect(rows.slice(first).some(({ status }) => status === "proven")).toBe(true);
  });
  it.each([
    ["30", "clocksource_changed"],
    ["31", "vm_disrupted"],
    ["32", "ruler_jumped"],
    ["33", "ruler_jumped"],
    ["37", "ruler_jumped"],
    ["38", "clocksource_changed"],
  ] as const)("%s: %s is an event, and disrupted for that reason until the next exchange", (number, kind) => {
    const { rows, events } = runScenario(named(number));
    expect(events.filter((one) => one === kind)).toHaveLength(1);
    const first = rows.findIndex(({ status }) => status === "disrupted");
    expect(rows[first]).toMatchObject({ reason: kind, offset: null });
    expect(rows.at(-1)?.status).toBe(number === "37" ? "unverified" : "proven");
  });
  it("a ruler that jumps without a marker is wrong until enough sources have spoken, and not after", () => {
    for (const number of ["32", "33", "37"]) expect(runScenario(named(number)).blind.length).toBeGreaterThan(0);
    for (const { name } of SCENARIOS.filter(({ unseen }) => unseen === undefined)) expect(runScenario(named(name)).blind).toEqual([]);
  });
  it("a pause of the process is an event, disturbs nothing else, and costs no exchange", () => {
    const { rows, events } = runScenario(named("34"));
    expect(events.filter((kind) => kind === "process_paused")).toHaveLength(2);
    expect(events.filter((kind) => /jumped|stepped|suspended|disrupted/.test(kind))).toEqual([]);
    expect(rows.slice(-500).every(({ status }) => status === "proven")).toBe(true);
    const stamping = { ...named("35"), pauses: [] };
    expect(runScenario(named("35")).exchanges).toBeGreaterThan(runScenario(stamping).exchanges - 10);
  });
  it("a step during a pause is a step", () => {
    const { events } = runScenario(named("36"));
    expect(events.filter((kind) => /stepped|paused|jumped/.test(kind))).toEqual(["clock_stepped"]);
  });
  it("gives the same outcome for the same seed", () => {
    const ends = () => runScenario(named("12")).rows.map(({ offset }) => `${offset?.lo}`);
    expect(ends()).toEqual(ends());
  });
});

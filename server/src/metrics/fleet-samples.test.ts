import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { asKnown } from "../fleet/host-record.ts";
import { summarize } from "../fleet/host-view.ts";
import { record } from "../fleet/record.fixture.ts";
import { assumptions, source } from "../fleet/source.fixture.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { fleetSamples, toSeconds } from "./fleet-samples.ts";

const entry = (more: Partial<FleetEntry>): FleetEntry => ({
  record: record(),
  liveness: "reporting",
  ageMs: 1_500,
  summary: summarize(record(), "reporting"),
  ...more,
});
const families = (more: Partial<FleetEntry>) => fleetSamples([entry(more)]).map(({ family }) => family);

describe("the samples of a host", () => {
  it("carry the bound with its tier, in seconds, outward", () => {
    const samples = Object.fromEntries(fleetSamples([entry({})]).map(({ family, value }) => [family, value]));
    expect(samples).toMatchObject({ status: 1, liveness: 1, reportAge: 1.5 });
    expect(samples.errorBound).toBeCloseTo(3e-6, 15);
    expect(samples.lowerBound).toBeLessThanOrEqual(-1e-6);
    expect(samples.upperBound).toBeGreaterThanOrEqual(3e-6);
  });
  it("say nothing of what is unknown", () => {
    expect(families({ record: record({ bound: null, status: "unknown", votes: null }) })).toEqual(["liveness", "reportAge", "status"]);
    expect(families({ liveness: "silent" })).toEqual(["liveness", "reportAge"]);
    expect(families({ liveness: "carried" })).toEqual(["liveness", "reportAge", "carriedUpTo"]);
    expect(families({ liveness: "carried", record: record({ asOfMarked: true }) })).toEqual(["liveness", "reportAge"]);
    expect(families({ record: asKnown(record({ unreadable: true })) })).toEqual(["liveness", "reportAge", "status"]);
    expect(families({ ageMs: null })).not.toContain("reportAge");
  });
  it("say the policy's limit, and how long the bound stays within it, of a silent host the limit alone", () => {
    const rules = [{ selector: {}, block: { limit_ns: 1_000_000 }, version: 1 }];
    const known = record({ assumptions: assumptions({}) });
    const of = (more: Partial<FleetEntry>) =>
      Object.fromEntries(fleetSamples([entry({ record: known, ...more })], rules).map(({ family, value }) => [family, value]));
    // 997 µs of room at 200 ppm.
    expect(of({})).toMatchObject({ limit: 1e-3, withinLimit: 4.985, votes: 3, votesWanted: 3 });
    expect(of({ liveness: "silent" })).toEqual({ liveness: 1, reportAge: 1.5, limit: 1e-3 });
    expect(fleetSamples([entry({ record: known })]).map(({ family }) => family)).not.toContain("limit");
  });
  it("turn ppb into ratios, and give an estimate only of a tight bound", () => {
    const known = record({ tight: { lo: -1_000n, hi: 2_000n }, frequency: { oscillator: [-3_000, 1_000], daemon_slew: null } });
    const of = Object.fromEntries(fleetSamples([entry({ record: known })]).map(({ family, value }) => [family, value]));
    expect(of).toMatchObject({ offset: 5e-7, frequencyError: -1e-6, frequencyLower: -3e-6, frequencyUpper: 1e-6, frequencyBound: 3e-6 });
    expect(families({})).not.toContain("offset");
  });
  it("count the sources behind one upstream, and no reference clocks", () => {
    const behind = (...refids: number[]) =>
      fleetSamples([entry({ record: record({ sources: refids.map((refid, index) => source(`s${index}`, { refid })) }) })]).find(
        ({ family }) => family === "sharedUpstream",
      )?.value;
    expect([behind(0xc0000201, 0xc0000201, 0xc0000202), behind(0xc0000201, 0xc0000202), behind(0x47505300, 0x47505300)]).toEqual([
      2,
      undefined,
      undefined,
    ]);
  });
  it("tell of a broken assumption and of a rehearsal only while there is one", () => {
    const rehearsal = { id: "r", fault: "step", for_s: 60, who: "x" } as const;
    const some = families({ record: record({ assumptions: assumptions({ drift_basis: "broken" }), rehearsal }) });
    expect(some).toEqual(expect.arrayContaining(["driftBroken", "rehearsal"]));
    for (const family of ["driftBroken", "rehearsal"]) expect(families({})).not.toContain(family);
  });
  it("name what is found of the daemon, while it is", () => {
    const found = fleetSamples([entry({ record: record({ daemon: { at: utc(1n), findings: ["daemon_dead"] } }) })]);
    expect(found.filter(({ family }) => family === "daemonFinding")).toEqual([
      { family: "daemonFinding", labels: { host: record({}).name, finding: "daemon_dead" }, value: 1 },
    ]);
    expect(families({ record: record({ daemon: { at: utc(1n), findings: [] } }) })).not.toContain("daemonFinding");
  });
  it("name why nothing is taken from a host's kernel, while that is so", () => {
    const refused = { at: utc(1n), findings: [], kernelRefused: "offset_glitch" } as const;
    const found = fleetSamples([entry({ record: record({ daemon: refused }) })]);
    expect(found.filter(({ family }) => family === "kernelRefused")).toEqual([
      { family: "kernelRefused", labels: { host: record({}).name, why: "offset_glitch" }, value: 1 },
    ]);
    expect(families({ record: record({ daemon: { ...refused, kernelRefused: null } }) })).not.toContain("kernelRefused");
  });
  it("round outward only", () => {
    expect([
      toSeconds(0n, "up"),
      toSeconds(123n, "up") >= 123e-9,
      toSeconds(-123n, "down") <= -123e-9,
      toSeconds(-123n, "up") >= -123e-9,
    ]).toEqual([0, true, true, true]);
  });
});

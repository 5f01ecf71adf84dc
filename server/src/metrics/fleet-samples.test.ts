import { describe, expect, it } from "vitest";
import { asKnown } from "../fleet/host-record.ts";
import { summarize } from "../fleet/host-view.ts";
import { record } from "../fleet/record.fixture.ts";
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
    expect(families({ record: record({ bound: null, status: "unknown" }) })).toEqual(["liveness", "reportAge", "status"]);
    expect(families({ liveness: "silent" })).toEqual(["liveness", "reportAge"]);
    expect(families({ record: asKnown(record({ unreadable: true })) })).toEqual(["liveness", "reportAge", "status"]);
    expect(families({ ageMs: null })).not.toContain("reportAge");
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

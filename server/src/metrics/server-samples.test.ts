import { utc } from "@truebound/time";
import { DEFAULT_ALERT_SETTINGS } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { HostRecord } from "../fleet/host-record.ts";
import { summarize } from "../fleet/host-view.ts";
import { ownHost } from "../fleet/own-clock.ts";
import { record } from "../fleet/record.fixture.ts";
import { assumptions } from "../fleet/source.fixture.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { EventAges } from "./event-ages.ts";
import { ReportedErrors } from "./reported-errors.ts";
import { alertingSamples, leapSamples, ownClockSamples } from "./server-samples.ts";

const entry = (more: Partial<HostRecord> = {}, liveness: FleetEntry["liveness"] = "reporting", ageMs: number | null = 0): FleetEntry => {
  const made = record({ assumptions: assumptions(), ...more });
  return { record: made, liveness, ageMs, summary: summarize(made, liveness) };
};

describe("the host that runs on this machine", () => {
  it("has this boot, and clocks that nobody simulated", () => {
    const own = entry({ name: "own", bootId: "this" });
    expect(ownHost([entry(), own], "this")).toBe(own);
    expect(ownHost([entry()], "this")).toBeNull();
    expect(ownHost([entry({ bootId: "this", assumptions: assumptions({ stamp_mode: "simulated" }) })], "this")).toBeNull();
    expect(ownHost([entry({ bootId: "this", state: "retired" }, "retired"), own], "this")).toBe(own);
  });
  it.each([
    ["proven", "reporting", 1],
    ["holdover", "late", 1],
    ["unverified", "reporting", 0],
    ["proven", "silent", 0],
  ] as const)("%s and %s: %i sample of its clock", (status, liveness, count) => {
    expect(ownClockSamples([entry({ bootId: "this", status }, liveness)], "this")).toHaveLength(count);
  });
  it("is nobody where the system tells no boot", () => expect(ownClockSamples([entry()], null)).toEqual([]));
});

describe("what there is one of", () => {
  it("who tells people, once that was read", () => {
    expect(alertingSamples(null)).toEqual([]);
    expect(alertingSamples({ ...DEFAULT_ALERT_SETTINGS, alerting: "prometheus" })).toEqual([
      { family: "alerting", labels: { mode: "prometheus" }, value: 1 },
    ]);
  });
  it("the next leap second, none where none is to come or the time is not known", () => {
    const leaps = [10n, 40n, 70n].map((at) => ({ utc_ns: at * 1_000_000_000n, step: 1 as const }));
    const seen = { now: utc(12_000_000_000n), atMs: 1_000 };
    expect(leapSamples(leaps, seen, 3_000)).toEqual([{ family: "leapPending", labels: {}, value: 26 }]);
    expect(leapSamples(leaps, { ...seen, now: utc(99_000_000_000n) }, 3_000)).toEqual([]);
    expect(leapSamples(leaps, null, 3_000)).toEqual([]);
  });
});

describe("the ages of events", () => {
  it("grow from when they were heard, by kind, and end after two hours", () => {
    const ages = new EventAges();
    const known = entry({ name: "web-1" });
    const at = (ms: number) => ages.samples((id) => (id === "h" ? known : null), ms);
    ages.learn(
      [
        { host: "h", kind: "clock_stepped" },
        { host: "gone", kind: "clock_stepped" },
      ],
      1_000,
    );
    expect(at(3_000)).toEqual([{ family: "eventAge", labels: { host: "web-1", kind: "clock_stepped" }, value: 2 }]);
    ages.learn([{ host: "h", kind: "clock_stepped" }], 5_000);
    expect(at(6_000)[0]?.value).toBe(1);
    expect(at(5_000 + 7_200_001)).toEqual([]);
  });
});

describe("the worst errors of reports", () => {
  it("are counted once each, below their edge, with the report as the example", () => {
    const errors = new ReportedErrors();
    const report = entry({ id: "h", epoch: 2, seq: 7, bound: { lo: -30_000n, hi: 40_000n } });
    errors.heard(entry({ id: "old" }, "reporting", null));
    errors.heard(report);
    errors.heard(report);
    errors.heard(entry({ id: "h", epoch: 2, seq: 8, bound: null }));
    const samples = errors.samples();
    const bucket = (le: string) => samples.find(({ labels }) => labels.le === le);
    expect([bucket("0.00001")?.value, bucket("0.0001")?.value, bucket("+Inf")?.value]).toEqual([0, 1, 1]);
    expect(bucket("0.0001")?.exemplar).toMatchObject({ labels: { sample_id: "h/2/7" } });
    expect(bucket("0.001")?.exemplar).toBeUndefined();
    expect(samples.at(-1)).toEqual({ part: "count", labels: {}, value: 1 });
    expect(samples.at(-2)?.value).toBeCloseTo(4e-5, 12);
  });
});

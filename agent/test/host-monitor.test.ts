import { HostMonitor, makeSource, refidOf } from "@truebound/agent";
import { type HostReading, ppb, raw, type SourceFacts, type Steering, utc } from "@truebound/time";
import { DEFAULT_POLICY, type Policy } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { aProbe } from "../src/probe/probe.fixture.ts";

const SECOND = 1_000_000_000n;
const UTC0 = 1_795_000_000n * SECOND;
const STEADY: Steering = { kind: "chrony", maxSlew: ppb(500_000n) };
const KERNEL = { freq: 0n, tick: 10_000n, offset: 0n, status: 0, constant: 2n, maxError: 0n, tai: 37 };

/** A host whose RAW counts UTC exactly from UTC0 and whose REALTIME is ahead of it by what is given. */
const reading = (seconds: number, aheadNs: bigint, sets = 0): HostReading => {
  const at = BigInt(Math.round(seconds * 1e9));
  const realtime = UTC0 + at + aheadNs;
  // MONOTONIC is slewed with REALTIME but not stepped: what was set is not in it.
  const monotonic = at + (sets > 0 ? 0n : aheadNs);
  return {
    rawBefore: raw(at),
    rawAfter: raw(at),
    realtime: utc(realtime),
    monotonic,
    boottime: monotonic,
    rawEnd: raw(at),
    boottimeResolution: 1_000_000n,
    kernel: KERNEL,
    sets,
  };
};

function monitorOf(policy: Partial<Policy> = {}, steering: Steering = STEADY, distrust: () => void = () => undefined): HostMonitor {
  const probe = aProbe({ source: makeSource("192.0.2.1", 123, "declared"), client: { interleave: false, interleaveAfter: 0 }, refidOf });
  return new HostMonitor(
    [probe],
    { ...DEFAULT_POLICY, ...policy },
    { ruler: "raw", steering: () => steering, distrustSteering: distrust, mayCalibrate: true },
    "simulated",
  );
}

describe("what the monitor notices between two readings", () => {
  const kinds = (monitor: HostMonitor) =>
    monitor
      .drain()
      .flatMap(({ findings }) => findings)
      .map(({ kind }) => kind);

  it("is a step that the kernel gave notice of, even where it was undone before the next reading", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    monitor.observe(reading(1, 0n, 1));
    expect(kinds(monitor)).toContain("clock_stepped");
  });
  it("keeps the reading before a step, so that only the stretch of the step is unknown", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    monitor.observe(reading(1, 0n));
    monitor.observe(reading(2, 5_000_000n, 1));
    monitor.record();
    const rows = monitor.drain().flatMap((seen) => seen.rows);
    expect(rows.map(({ reading: { rawAfter } }) => rawAfter)).toEqual([SECOND, 2n * SECOND]);
    expect(rows.at(-1)?.throughout).toBeNull();
  });
  it("is a slew beyond what is allowed: from then on the fastest that there is counts", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    monitor.observe(reading(1, 400_000n));
    expect(kinds(monitor)).not.toContain("slew_assumption_broken");
    expect(monitor.assumptions).toMatchObject({ slew_ppm: 500, slew_basis: "chrony" });
    monitor.observe(reading(2, 2_000_000n));
    expect(kinds(monitor)).toContain("slew_assumption_broken");
    expect(monitor.assumptions).toMatchObject({ slew_ppm: 226_000, slew_basis: "unknown" });
  });
  it("is a ruler that went back, be it by a nanosecond", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    monitor.observe(reading(1, 0n));
    const row = monitor.observe(reading(1 - 1e-9, 0n));
    expect(row).toMatchObject({ offset: null, throughout: null });
    expect(kinds(monitor)).toContain("ruler_jumped");
    monitor.observe(reading(2, 0n));
    expect(kinds(monitor)).not.toContain("ruler_jumped");
  });
  it("is a ruler that went back within a reading", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    const odd = reading(1, 0n);
    const row = monitor.observe({ ...odd, rawAfter: raw(odd.rawBefore - 5n) });
    expect(row.offset).toBeNull();
    expect(kinds(monitor)).toContain("ruler_jumped");
  });
  it("that is a slew beyond what is allowed takes away what was measured by that allowance", () => {
    let distrusted = 0;
    const monitor = monitorOf({}, STEADY, () => {
      distrusted += 1;
    });
    monitor.observe(reading(0, 0n));
    const eras = monitor.probes.map(({ era }) => era);
    monitor.observe(reading(1, 2_000_000n));
    expect(distrusted).toBe(1);
    expect(monitor.probes.every(({ era }, index) => era > (eras[index] as number))).toBe(true);
    monitor.observe(reading(2, 8_000_000n));
    expect(distrusted).toBe(1);
  });
  it("is kept under the assumptions that it rests on", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    monitor.observe(reading(1, 0n));
    monitor.record();
    monitor.observe(reading(2, 2_000_000n));
    monitor.record();
    const seen = monitor.drain().map(({ present, rows }) => [present.assumptions.slew_ppm, rows.length]);
    expect(seen).toEqual([
      [500, 1],
      [226_000, 1],
    ]);
  });
  it("is nothing where the daemon slews as it was told to", () => {
    const monitor = monitorOf();
    for (let second = 0; second < 30; second++) monitor.observe(reading(second, BigInt(second) * 499_000n));
    expect(kinds(monitor).filter((kind) => kind !== "status_changed" && kind !== "source_state_changed")).toEqual([]);
    expect(monitor.current?.daemonSlew?.lo).toBeLessThanOrEqual(499_000n);
    expect(monitor.current?.daemonSlew?.hi).toBeGreaterThanOrEqual(499_000n);
  });
});

describe("what a host tells its peers of its clock", () => {
  it("is nothing from the moment that its ruler became another one, not from the next reading on", () => {
    const monitor = monitorOf();
    monitor.observe(reading(0, 0n));
    expect(monitor.ownFacts()).not.toBeNull();
    monitor.disrupt("vm_disrupted", reading(1, 0n));
    expect(monitor.ownFacts()).toBeNull();
    monitor.observe(reading(2, 0n));
    expect(monitor.ownFacts()).toMatchObject({ guaranteed: null, proven: false });
  });
});

describe("a host that hears none of its sources", () => {
  /** Says that UTC is within a millisecond of the ruler's count; `heardAt` null = nothing since the ruler is what it is. */
  const peer = (index: number, heardAt: number | null, restsOn = [`address 192.0.2.${100 + index}`]): SourceFacts => ({
    identity: { id: `peer-${index}`, address: `192.0.2.${index}`, ownRefid: index, refid: 0x5452_5545, stratum: 3, origin: "declared" },
    trusted: false,
    // As a probe does: when it was heard last is known across a disruption.
    lastExchange: raw(BigInt(Math.round((heardAt ?? 5) * 1e9))),
    poll: 16n * SECOND,
    interval: heardAt === null ? null : { lo: UTC0 - 1_000_000n, hi: UTC0 + 1_000_000n },
    conflict: false,
    tight: null,
    slope: null,
    newest: null,
    bentAt: null,
    restsOn,
  });
  const hearing = (heard: { facts: SourceFacts[] }) => ({ count: 3, facts: () => heard.facts, forget: () => undefined });
  const three = (heardAt: number | null, restsOn?: string[]) => [20, 21, 22].map((index) => peer(index, heardAt, restsOn));

  it("is bounded by its peers again after a disruption, once they answered on the ruler as it is now", () => {
    const monitor = monitorOf();
    const heard = { facts: three(0) };
    monitor.meet(hearing(heard));
    expect(monitor.observe(reading(1, 0n)).status).toBe("proven");
    monitor.disrupt("clocksource_changed", reading(2, 0n));
    heard.facts = three(null);
    expect(monitor.observe(reading(3, 0n))).toMatchObject({ status: "disrupted", offset: null });
    heard.facts = three(4);
    expect(monitor.observe(reading(5, 0n)).status).toBe("proven");
  });
  it("stays disrupted while they rest on nothing", () => {
    const monitor = monitorOf();
    const heard = { facts: three(0) };
    monitor.meet(hearing(heard));
    monitor.disrupt("clocksource_changed", reading(2, 0n));
    heard.facts = three(4, []);
    expect(monitor.observe(reading(5, 0n)).status).toBe("disrupted");
  });
});

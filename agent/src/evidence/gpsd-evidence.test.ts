import { describe, expect, it } from "vitest";
import { GpsdEvidence } from "./gpsd-evidence.ts";

const DEVICE = "/dev/ttyS0";
const says = (fields: Record<string, unknown>) => JSON.stringify({ device: DEVICE, ...fields });
const fix = (mode: number) => says({ class: "TPV", mode });
/** REALTIME read 1 ms later than the receiver's second. */
const PPS = says({ class: "PPS", real_sec: 1_795_000_000, real_nsec: 0, clock_sec: 1_795_000_000, clock_nsec: 1_000_000, precision: -20 });
const TOFF = says({ class: "TOFF", real_sec: 1_795_000_000, real_nsec: 0, clock_sec: 1_795_000_000, clock_nsec: 120_000_000 });
const evidence = (over: Partial<ConstructorParameters<typeof GpsdEvidence>[0]> = {}) =>
  new GpsdEvidence({ device: null, by: "pps", errorNs: 500n, lateNs: 0n, ...over });

describe("what gpsd reports", () => {
  it("is an offset of its pulse, give or take what is declared: the clock is ahead by 1 ms", () => {
    const gpsd = evidence();
    expect(gpsd.take(fix(3), 0)).toBeNull();
    expect(gpsd.take(PPS, 1)).toEqual({ t: 1_795_000_000_001_000_000n, lo: -1_000_500n, hi: -999_500n });
  });
  it("may have come late where that is declared: then the clock is less ahead, never more", () => {
    const gpsd = evidence({ by: "toff", lateNs: 300_000_000n });
    gpsd.take(fix(2), 0);
    expect(gpsd.take(TOFF, 1)).toEqual({ t: 1_795_000_000_120_000_000n, lo: -120_000_500n, hi: 180_000_500n });
  });
  it("is nothing without a fix, nor once that is lost or ten seconds old", () => {
    const gpsd = evidence();
    expect(gpsd.take(PPS, 0)).toBeNull();
    gpsd.take(fix(3), 0);
    expect([gpsd.take(PPS, 10_000) !== null, gpsd.take(PPS, 10_001)]).toEqual([true, null]);
    gpsd.take(fix(3), 11_000);
    gpsd.take(fix(1), 11_500);
    expect(gpsd.take(PPS, 11_600)).toBeNull();
  });
  it("is nothing of another device, of another kind, or that cannot be read", () => {
    const gpsd = evidence({ device: "/dev/pps1" });
    gpsd.take(fix(3), 0);
    expect(gpsd.take(PPS, 1)).toBeNull();
    const any = evidence();
    any.take(fix(3), 0);
    const strange = [TOFF, "", "[]", '{"class":"PPS"}', says({ class: "PPS", real_sec: -1, real_nsec: 0, clock_sec: 1, clock_nsec: 0 })];
    expect(strange.map((report) => any.take(report, 1))).toEqual([null, null, null, null, null]);
    expect(any.take(says({ class: "PPS", real_sec: 1, real_nsec: 1e9, clock_sec: 1, clock_nsec: 0 }), 1)).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import type { HostRecord } from "./host-record.ts";
import { Heartbeat, livenessOf, ObservedTime } from "./liveness.ts";

describe("observed time", () => {
  it("passes with looks, not with pauses between them, and never backwards", () => {
    const time = new ObservedTime();
    for (const monotonic of [500, 1_500, 2_500, 3_600_000, 3_599_000, 3_601_000]) time.looked(monotonic);
    expect(time.now).toBe(1_000 + 1_000 + 3_000 + 0 + 2_000);
  });
});

describe("liveness", () => {
  it("says late and silent by phi, but what an operator decided comes first", () => {
    const of = (state: HostRecord["state"], phi: number, seq = 1, carried = false) => livenessOf({ state, seq, carried }, phi);
    expect([0, 2.9, 3, 7.9, 8].map((phi) => of("active", phi))).toEqual(["reporting", "reporting", "late", "late", "silent"]);
    expect([of("revoked", 99), of("retired", 0), of("suspended", 9)]).toEqual(["revoked", "retired", "silent"]);
    expect([of("active", 0, 1, true), of("active", 99, 0, true), of("revoked", 0, 1, true)]).toEqual(["carried", "carried", "revoked"]);
  });
  it("of a host that was let in and never reported says neither that it reports nor that it is late", () => {
    const of = (state: HostRecord["state"], phi: number) => livenessOf({ state, seq: 0, carried: false }, phi);
    expect([0, 3, 8].map((phi) => of("active", phi))).toEqual(["enrolled", "enrolled", "silent"]);
    expect(of("revoked", 0)).toBe("revoked");
  });
  it("begins with grace, and knows no age before the first report", () => {
    const heartbeat = new Heartbeat(5_000, 100);
    expect([heartbeat.phi(5_100), heartbeat.ageMs(5_100)]).toEqual([0, null]);
    expect(heartbeat.phi(60_000)).toBeGreaterThan(8);
    heartbeat.heard(60_000);
    expect([heartbeat.phi(61_000), heartbeat.ageMs(61_000)]).toEqual([0, 1_000]);
  });
});

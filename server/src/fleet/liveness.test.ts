import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { HostRecord } from "./host-record.ts";
import { Heartbeat, isGone, livenessAt, livenessOf, livenessWatched, ObservedTime } from "./liveness.ts";

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
  it("is told by the database's clock where nobody watched: of the promised interval, and of the time since the last report", () => {
    const at = (seconds: number, receivedAt: bigint | null = 1_000_000_000n) =>
      livenessAt(
        { state: "active", seq: receivedAt === null ? 0 : 1, carried: false, receivedAt: receivedAt === null ? null : utc(receivedAt) },
        10_000,
        utc(BigInt(seconds) * 1_000_000_000n),
      );
    expect([at(11), at(21), at(61), at(0), at(600, null)]).toEqual(["reporting", "reporting", "silent", "reporting", "enrolled"]);
    expect(at(31)).toBe("late");
    expect((["enrolled", "reporting", "late", "silent", "carried", "retired", "revoked"] as const).map(isGone)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
  it("is told by the last report that is stored of whoever a watcher has not heard since it began", () => {
    const heartbeat = new Heartbeat(10_000, 0);
    const record = { state: "active", seq: 9, carried: false, receivedAt: utc(0n) } as const;
    const told = (now: number) => {
      const watched = { liveness: livenessOf(record, heartbeat.phi(now)), ageMs: heartbeat.ageMs(now) };
      return livenessWatched(watched, () => livenessAt(record, 10_000, utc(300_000_000_000n + BigInt(now) * 1_000_000n)));
    };
    expect([told(1_000), livenessWatched(null, () => "late")]).toEqual(["silent", "late"]);
    heartbeat.heard(2_000);
    expect(told(3_000)).toBe("reporting");
  });
  it("begins with grace, and knows no age before the first report", () => {
    const heartbeat = new Heartbeat(5_000, 100);
    expect([heartbeat.phi(5_100), heartbeat.ageMs(5_100)]).toEqual([0, null]);
    expect(heartbeat.phi(60_000)).toBeGreaterThan(8);
    heartbeat.heard(60_000);
    expect([heartbeat.phi(61_000), heartbeat.ageMs(61_000)]).toEqual([0, 1_000]);
  });
});

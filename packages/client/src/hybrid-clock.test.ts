import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bounded, type Now, unread } from "./answer.ts";
import { compareStamps, HybridClock, type HybridStamp } from "./hybrid-clock.ts";

const bounded = (earliest: bigint, latest: bigint): Bounded => ({ status: "proven", reason: null, earliest, latest, evidence: null });

/** A clock that a test sets. */
class SetClock {
  is: Now = unread("no_segment");
  now(): Now {
    return this.is;
  }
  proved(): Bounded | null {
    return this.is.earliest === null ? null : this.is;
  }
}

function clockAt(earliest: bigint, latest: bigint) {
  const set = new SetClock();
  set.is = bounded(earliest, latest);
  return { set, clock: new HybridClock(set) };
}

describe("a hybrid clock", () => {
  it("stamps by the earliest, and counts while that stands still or falls back", () => {
    const { set, clock } = clockAt(100n, 120n);
    expect([clock.stamp(), clock.stamp()]).toEqual([
      { physical: 100n, logical: 0 },
      { physical: 100n, logical: 1 },
    ]);
    set.is = bounded(90n, 130n);
    expect(clock.stamp()).toEqual({ physical: 100n, logical: 2 });
    set.is = bounded(101n, 121n);
    expect(clock.stamp()).toEqual({ physical: 101n, logical: 0 });
  });
  it("goes on after what it received, up to the latest that UTC can be here", () => {
    const { clock } = clockAt(100n, 120n);
    expect(clock.receive({ physical: 120n, logical: 4 })).toEqual({ kind: "taken", stamp: { physical: 120n, logical: 5 } });
    expect(clock.stamp()).toEqual({ physical: 120n, logical: 6 });
    expect(clock.receive({ physical: 50n, logical: 9 })).toEqual({ kind: "taken", stamp: { physical: 120n, logical: 7 } });
  });
  it("refuses what is later than that, says by how much, and is not moved by it", () => {
    const { clock } = clockAt(100n, 120n);
    expect(clock.receive({ physical: 121n, logical: 0 })).toEqual({ kind: "refused", aheadNs: 1n });
    expect(clock.stamp()).toEqual({ physical: 100n, logical: 0 });
  });
  it("takes no count that cannot be counted on from, and is not moved by it", () => {
    const { clock } = clockAt(100n, 120n);
    for (const logical of [Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])
      expect(clock.receive({ physical: 110n, logical })).toEqual({ kind: "malformed" });
    expect(clock.stamp()).toEqual({ physical: 100n, logical: 0 });
  });
  it("stamps after what it received also where the count of that is full", () => {
    const { clock } = clockAt(100n, 120n);
    const remote = { physical: 110n, logical: Number.MAX_SAFE_INTEGER };
    const taken = clock.receive(remote);
    if (taken.kind !== "taken") throw new Error(taken.kind);
    const later = clock.stamp() as HybridStamp;
    expect([compareStamps(remote, taken.stamp), compareStamps(taken.stamp, later)]).toEqual([-1, -1]);
    expect(later).toEqual({ physical: 111n, logical: 1 });
  });
  it("says nothing where the time is not known", () => {
    const set = new SetClock();
    const clock = new HybridClock(set);
    expect(clock.stamp()).toBeNull();
    expect(clock.receive({ physical: 1n, logical: 0 })).toEqual({ kind: "unknown", now: unread("no_segment") });
  });
  it("never refuses a host whose bound holds, and keeps cause before effect", () => {
    const step = fc.record({
      from: fc.nat(2),
      to: fc.nat(2),
      passed: fc.bigInt({ min: 0n, max: 50n }),
      below: fc.bigInt({ min: 0n, max: 900n }),
      above: fc.bigInt({ min: 0n, max: 900n }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hosts = [0, 1, 2].map(() => clockAt(0n, 0n));
        let utc = 10_000n;
        for (const { from, to, passed, below, above } of steps) {
          utc += passed;
          for (const { set } of hosts) set.is = bounded(utc - below, utc + above);
          const sent = hosts[from]?.clock.stamp() as HybridStamp;
          const received = hosts[to]?.clock.receive(sent);
          if (received?.kind !== "taken") throw new Error(`${received?.kind} at ${utc}`);
          expect(compareStamps(sent, received.stamp)).toBe(-1);
          expect(received.stamp.physical <= utc).toBe(true);
        }
      }),
    );
  });
});

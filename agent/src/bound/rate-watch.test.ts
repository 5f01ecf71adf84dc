import { type HostReading, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { RateWatch } from "./rate-watch.ts";

/** A clock that its daemon runs 50 ppm fast, from one second to the next. */
const at = (second: bigint): HostReading => ({
  rawBefore: raw(second * 1_000_000_000n),
  rawAfter: raw(second * 1_000_000_000n + 100n),
  realtime: utc(second * 1_000_050_000n),
  monotonic: 0n,
  boottime: 0n,
  rawEnd: raw(second * 1_000_000_000n + 200n),
  boottimeResolution: 1n,
});

describe("the daemon's slew", () => {
  it("is known after ten seconds, to a hundredth of a ppm", () => {
    const watch = new RateWatch();
    expect([0n, 5n, 9n].map((second) => watch.look(at(second), second > 0n))).toEqual([null, null, null]);
    const seen = watch.look(at(10n), true);
    expect(seen).toEqual({ lo: 49_990n, hi: 50_011n });
    expect(watch.look(at(11n), true)).toEqual(seen);
  });
  it("is not known across a step", () => {
    const watch = new RateWatch();
    watch.look(at(0n), false);
    expect(watch.look(at(20n), false)).toBeNull();
    expect(watch.look(at(30n), true)).not.toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import type { DaemonSource, DaemonTracking } from "../observe/chronyc.ts";
import { readingAt } from "../observe/reading.fixture.ts";
import { isNewSample, refclockInterval, refclockNamed } from "./refclock-evidence.ts";

/** UTC − RAW of the fixture where REALTIME is right. */
const EPOCH = 1_795_000_000_000_000_000n;
const SOURCE: DaemonSource = {
  mode: "refclock",
  state: "selected",
  name: "PPS0",
  address: null,
  stratum: 0,
  poll: 0,
  reach: 0o377,
  lastSampleS: 1,
  offsetNs: 3_000_000n,
  errorNs: 200n,
};
const tracking = (systemOffsetNs: bigint, frequencyPpm = -20) => ({ systemOffsetNs, frequencyPpm }) as DaemonTracking;
const look = (over: Partial<Parameters<typeof refclockInterval>[0]> = {}) => ({
  before: readingAt(1000),
  tracking: [tracking(0n), tracking(0n)] as const,
  source: SOURCE,
  after: readingAt(1010),
  ...over,
});
const OPTIONS = { errorNs: 1000n, driftPpb: 200_000n };

describe("chronyd's word on a reference clock", () => {
  it("is its offset, give or take what is declared, what chronyd says it errs by, and what the clock strayed since the sample", () => {
    const found = refclockInterval(look(), OPTIONS);
    // 2 s and the 10 ms of the question at 220 ppm, 1 µs, 200 ns, 3 ns, and the two brackets of 100 ns.
    const most = 440_000n + 2_200n + 1_203n + 101n;
    expect(found?.t).toBe(1_010_000_100n);
    expect(found && [EPOCH + 3_000_000n - found.lo <= most, found.hi - EPOCH - 3_000_000n <= most]).toEqual([true, true]);
    expect(found && [EPOCH + 3_000_000n - found.lo > 440_000n, found.hi - EPOCH - 3_000_000n > 440_000n]).toEqual([true, true]);
  });
  it("is against chronyd's own time, which is ahead of REALTIME by what is left to correct, before or after", () => {
    const [still, moved] = [look(), look({ tracking: [tracking(5_000n), tracking(9_000n)] })].map((one) => refclockInterval(one, OPTIONS));
    expect(still && moved && [moved.lo - still.lo, moved.hi - still.hi]).toEqual([5_000n, 9_000n]);
  });
  it("is nothing without a sample, or where the clock was set meanwhile", () => {
    const none = [
      look({ source: { ...SOURCE, lastSampleS: null } }),
      look({ source: { ...SOURCE, reach: 0 } }),
      look({ after: readingAt(1010, 5) }),
      look({ after: readingAt(1010, 0, 500) }),
    ];
    expect(none.map((one) => refclockInterval(one, OPTIONS))).toEqual([null, null, null, null]);
  });
  it("is of a new sample where that is no older than the one before", () => {
    const aged = (lastSampleS: number | null) => ({ ...SOURCE, lastSampleS });
    expect([
      isNewSample(aged(3), null),
      isNewSample(aged(4), aged(3)),
      isNewSample(aged(0), aged(15)),
      isNewSample(aged(null), null),
    ]).toEqual([true, false, true, false]);
    expect([refclockNamed([{ ...SOURCE, mode: "server" }, SOURCE], "PPS0"), refclockNamed([SOURCE], "PPS1")]).toEqual([SOURCE, null]);
  });
});

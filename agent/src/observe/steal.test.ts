import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CpuSample, FRESH_STEAL, parseCpuTimes, type StealState, stealIsDue, watchSteal } from "./steal.ts";

const STAT = "cpu  562681 9882 155059 1481839 10311 0 6541 8186 77 5\ncpu0 285201 5149 72941 745787 2965 0 1608 3781 0 0\nintr 1 2 3\n";

describe("the summary line of /proc/stat", () => {
  it("gives all ticks and those that were stolen, guests counted once", () => {
    expect(parseCpuTimes(STAT)).toEqual({ total: 562681 + 9882 + 155059 + 1481839 + 10311 + 6541 + 8186, steal: 8186 });
  });
  it.each(["", "cpu", "cpu  1 2 3 4 5 6 7\n", "cpu0 1 2 3 4 5 6 7 8\n", "cpu  99999999999999999999 2 3 4 5 6 7 8\n"])(
    "%j tells nothing",
    (text) => expect(parseCpuTimes(text)).toBeNull(),
  );
  it("is read from any text without a throw, and never as a share above one", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.nat(), { maxLength: 12 }).map((n) => `cpu  ${n.join(" ")}\n`),
        ),
        (text) => {
          const times = parseCpuTimes(text);
          return times === null || (times.steal >= 0 && times.steal <= times.total);
        },
      ),
    );
  });
});

const at = (seconds: number, total: number, steal: number): CpuSample => ({ at: BigInt(seconds) * 1_000_000_000n, total, steal });

/** Ticks of two CPUs, of which a share is stolen, sampled every five seconds. */
function run(shares: readonly number[], from: { state: StealState; second: number; total: number; steal: number }) {
  const kinds: string[] = [];
  let { state, second, total, steal } = from;
  for (const share of shares) {
    second += 5;
    total += 1000;
    steal += 1000 * share;
    const seen = watchSteal(state, at(second, total, steal));
    state = seen.state;
    if (seen.sighting !== null) kinds.push(`${seen.sighting.kind} ${seen.sighting.detail.share_ppm}`);
  }
  return { kinds, state, second, total, steal };
}

const fresh = { state: FRESH_STEAL, second: 0, total: 5000, steal: 0 };
const shares = (share: number, count: number) => Array<number>(count).fill(share);

describe("steal", () => {
  it("is said once above a tenth over a whole minute, and taken back below a twentieth", () => {
    const high = run(shares(0.2, 30), fresh);
    expect(high.kinds).toEqual(["steal_high 200000"]);
    const between = run(shares(0.07, 30), high);
    expect(between.kinds).toEqual([]);
    expect(run(shares(0.01, 30), between).kinds).toEqual(["steal_normal 45000"]);
  });
  it("is not said of less than a minute, nor of a burst", () => {
    expect(run(shares(0.9, 12), fresh).kinds).toEqual([]);
    expect(run([...shares(0, 30), 0.9, ...shares(0, 30)], fresh).kinds).toEqual([]);
  });
  it("begins anew when the counters run backwards", () => {
    const high = run(shares(0, 20), fresh);
    expect(run(shares(0.9, 3), { ...high, total: 0, steal: 0 }).kinds).toEqual([]);
  });
  it("keeps a bounded window", () => expect(run(shares(0, 200), fresh).state.samples.length).toBeLessThanOrEqual(14));
  it("is due every five seconds", () => {
    const state = { samples: [at(10, 1, 0)], high: false };
    expect([stealIsDue(FRESH_STEAL, 0n), stealIsDue(state, 14_000_000_000n), stealIsDue(state, 15_000_000_000n)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

import { STATUSES, type Status } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawFleet, edgeOf, type FleetMinute, percentile, withSilentMinutes } from "./fleet-series.ts";

const nobody = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
/** As the database puts an error into its bucket. */
const bucketOf = (error: bigint) => (error <= 1n ? 0 : Math.ceil((8 * Math.log(Number(error))) / Math.log(2)));

function minuteOf(errors: readonly (bigint | null)[], minute = 0n, silent = 0): FleetMinute {
  const counts = new Map<number, number>();
  const known = errors.filter((error) => error !== null);
  for (const error of known) counts.set(bucketOf(error), (counts.get(bucketOf(error)) ?? 0) + 1);
  const histogram = [...counts].sort(([a], [b]) => a - b).map(([bucket, hosts]) => ({ bucket, hosts }));
  const worst = known.length === 0 ? null : known.reduce((a, b) => (a > b ? a : b));
  return {
    minute,
    hosts: errors.length + silent,
    silent,
    unbounded: errors.length - known.length + silent,
    byStatus: { ...nobody, proven: known.length },
    histogram,
    worst,
  };
}

/** By sorting all of them; who has no bound is worse than all others. */
function exactly(errors: readonly (bigint | null)[], share: number): bigint | null {
  const sorted = [...errors].sort((a, b) => (a === b ? 0 : a === null || (b !== null && a > b) ? 1 : -1));
  return sorted[Math.max(1, Math.ceil(share * errors.length)) - 1] ?? null;
}

describe("a percentile of the fleet", () => {
  it("is never below the exact one, and above it by less than a tenth; unknown where that is unknown", () => {
    const error = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.bigInt({ min: 0n, max: 100_000n }), fc.constant(null));
    fc.assert(
      fc.property(fc.array(error, { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.95, 0.99, 1), (errors, share) => {
        const [said, exact] = [percentile(minuteOf(errors), share), exactly(errors, share)];
        if (exact === null || said === null) expect(said).toBe(exact);
        else expect([said >= exact, said <= exact + exact / 10n + 1n]).toEqual([true, true]);
      }),
    );
  });
  it("has buckets whose edge is never below what is put in, powers of two included", () => {
    for (let power = 0n; power < 63n; power++)
      for (const error of [2n ** power - 1n, 2n ** power, 2n ** power + 1n]) expect(edgeOf(bucketOf(error)) >= error).toBe(true);
  });
});

describe("a series of the fleet", () => {
  const minute = (n: number, errors: (bigint | null)[]) => minuteOf(errors, BigInt(n) * 60_000_000_000n);
  const day = Array.from({ length: 1440 }, (_, n) => minute(n, [BigInt(n), 5n]));
  const range = { from: 0n, to: 86_400_000_000_000n };
  it("keeps to its number of points and says the greatest of what each stands for", () => {
    const { merged, points } = drawFleet(day, { ...range, points: 144 });
    expect([merged, points.length <= 144]).toEqual([true, true]);
    expect(points.map(({ worst_ns }) => BigInt(worst_ns ?? 0)).reduce((a, b) => (a > b ? a : b))).toBe(1439n);
    expect(points[1]?.worst_ns).toBe("19");
  });
  it("knows nothing of a point in which one minute is unknown", () => {
    const { points } = drawFleet([minute(0, [1n]), minute(1, [null]), minute(2, [1n])], { ...range, points: 1 });
    expect(points).toMatchObject([{ p50_ns: null, unbounded: 1, hosts: 1 }]);
  });
  it("counts the silent as worse than all others, and merged the fewest that were proven", () => {
    const minutes = [minuteOf([1n, 2n, 3n], 0n, 1), minuteOf([5n], 60_000_000_000n, 3)];
    expect(drawFleet(minutes, { ...range, points: 2 }).points).toMatchObject([
      { hosts: 4, proven: 3, cannot_prove: 0, silent: 1, unbounded: 1, p50_ns: "3", p99_ns: null },
      { hosts: 4, proven: 1, cannot_prove: 0, silent: 3, unbounded: 3, p50_ns: null },
    ]);
    expect(drawFleet(minutes, { ...range, points: 1 }).points).toMatchObject([{ hosts: 4, proven: 1, silent: 3, p50_ns: null }]);
  });
  it("has a point for a minute in which nobody was heard, as long as somebody belonged to the fleet", () => {
    const at = (n: number) => BigInt(n) * 60_000_000_000n;
    const changes = [
      { from: at(1), change: 2 },
      { from: at(3), change: -1 },
      { from: at(4), change: 1 },
      { from: at(6), change: -2 },
    ];
    const all = withSilentMinutes([minute(2, [7n, 7n])], changes, { from: at(0) + 5n, to: at(9), waiting: new Set([at(5)]) });
    expect(all.map(({ minute: n, hosts, silent }) => [n / at(1), hosts, silent])).toEqual([
      [1n, 2, 2],
      [2n, 2, 0],
      [3n, 1, 1],
      [4n, 2, 2],
    ]);
  });
  it("is not merged where there is room", () => expect(drawFleet(day, { ...range, points: 1440 })).toMatchObject({ merged: false }));
});

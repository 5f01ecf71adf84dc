import fc from "fast-check";
import { expect, it } from "vitest";
import { answer } from "./answer.ts";
import type { Snapshot } from "./segment.ts";

const BILLION = 1_000_000_000n;
const ns = (least: bigint, most: bigint) => fc.bigInt({ min: least, max: most });

/** A host whose RAW runs wrong by up to rho, and whose MONOTONIC and REALTIME are slewed by up to S on top. All in ppb. */
const world = fc.record({
  rho: ns(1_000n, 300_000n),
  slew: ns(0n, 226_000_000n),
  driftPart: fc.integer({ min: -1000, max: 1000 }),
  slewPart: fc.integer({ min: -1000, max: 1000 }),
  elapsed: ns(0n, 1_500_000_000n),
  offset: ns(-5_000_000_000n, 5_000_000_000n),
  below: ns(0n, 2_000_000n),
  above: ns(0n, 2_000_000n),
  hasRaw: fc.boolean(),
});

it("UTC lies within the answer, however the oscillator drifts and the clock is slewed within what is assumed", () => {
  fc.assert(
    fc.property(world, ({ rho, slew, driftPart, slewPart, elapsed, offset, below, above, hasRaw }) => {
      const utc = 1_800_000_000n * BILLION;
      const drift = (rho * BigInt(driftPart)) / 1000n;
      const all = drift + (slew * BigInt(slewPart)) / 1000n;
      // What the clocks of such a host show when `elapsed` ns of UTC have passed, rounded as a clock rounds: down.
      const [raw, monotonic] = [drift, all].map((wrong) => elapsed + (elapsed * wrong) / BILLION);
      // What an agent writes of such a host: a reading of a clock that runs wrong by x is at most 1/(1 − x) long.
      const perReading = (x: bigint) => (x * BILLION) / (BILLION - x) + 1n;
      const snapshot: Snapshot = {
        ...RIGHT,
        realtime: utc - offset,
        raw: hasRaw ? 7n : null,
        utc: { earliest: utc - below, latest: utc + above },
        rawGrowthPpb: perReading(rho),
        monotonicGrowthPpb: perReading(rho + slew),
      };
      const at = { ...NOW, monotonicBefore: 5n + (monotonic as bigint), monotonic: 5n + (monotonic as bigint), raw: 7n + (raw as bigint) };
      const now = answer(snapshot, at, { bootId: null, vmMarker: null });
      // A nanosecond is what the clocks themselves cut off.
      if (now.earliest === null) expect(now.reason).toBe("wider_than_a_second");
      else expect(now.earliest - 1n <= utc + elapsed && utc + elapsed <= now.latest + 1n).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

const RIGHT: Snapshot = {
  generation: 2n,
  status: "proven",
  reason: null,
  bootId: "",
  evidence: null,
  realtime: 0n,
  monotonic: 5n,
  boottime: 0n,
  raw: 7n,
  spanNs: 0n,
  utc: null,
  rawGrowthPpb: 0n,
  monotonicGrowthPpb: 0n,
  expires: 1n << 62n,
  vmMarker: null,
};
const NOW = { monotonicBefore: 0n, realtime: null, realtimeResolution: 0n, boottime: null, monotonic: 0n, raw: null };

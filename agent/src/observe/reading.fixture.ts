import { type HostReading, raw, utc } from "@truebound/time";

const MILLISECOND = 1_000_000n;
const EPOCH = 1_795_000_000_000_000_000n;

/** A reading at `ms` of RAW, with REALTIME moved by `steppedMs` and the machine asleep for `sleptMs` so far. */
export function readingAt(ms: number, steppedMs = 0, sleptMs = 0): HostReading {
  const now = BigInt(ms) * MILLISECOND;
  return {
    rawBefore: raw(now),
    rawAfter: raw(now + 100n),
    rawEnd: raw(now + 400n),
    realtime: utc(EPOCH + now + BigInt(steppedMs + sleptMs) * MILLISECOND),
    monotonic: now + 200n,
    boottime: now + 300n + BigInt(sleptMs) * MILLISECOND,
    boottimeResolution: MILLISECOND,
  };
}

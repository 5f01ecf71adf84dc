import { utc } from "@truebound/time";
import type { Assumptions } from "@truebound/wire";
import fc from "fast-check";
import type { StoredReading } from "../query/stored-readings.ts";
import type { PlacedReading } from "./placement.ts";

/** Readings as a healthy or troubled host might send them, for properties. */
export const ASSUMPTIONS: Assumptions = {
  rho_ppb: 200_000,
  oscillator_ppb: null,
  drift_basis: "assumed",
  sigma_ppb: null,
  faults: 1,
  slew_ppm: 500,
  slew_basis: "chrony",
  stamp_mode: "simulated",
};

const T0 = 1_740_830_400_000_000_000n;

export const placed = (at: bigint, bound: readonly [bigint, bigint] | null, more: Partial<PlacedReading> = {}): PlacedReading => ({
  raw: at - T0,
  realtime: at,
  boottime: at - T0,
  status: bound ? "proven" : "unknown",
  reason: bound ? null : "never_measured",
  bound: bound && { lo: bound[0], hi: bound[1] },
  since: bound && { lo: bound[0], hi: bound[1] },
  tight: null,
  throughout: more.since ?? (bound && { lo: bound[0], hi: bound[1] }),
  gap: null,
  votes: 3,
  need: 2,
  agree: [],
  injected: null,
  at: utc(at),
  marked: bound === null,
  ...more,
});

export const stored = (reading: PlacedReading, seq = 1, more: Partial<StoredReading> = {}): StoredReading => ({
  ...reading,
  epoch: 1,
  seq,
  bootId: "boot",
  assumptions: ASSUMPTIONS,
  follows: true,
  ...more,
});

const bound = fc.tuple(fc.bigInt(-1_000_000n, 1_000_000n), fc.bigInt(0n, 500_000n)).map(([lo, width]) => ({ lo, hi: lo + width }));

/** In the order of time, some without a bound, some with a stretch wider than the bound. */
export const readings: fc.Arbitrary<PlacedReading[]> = fc
  .array(
    fc.record({
      step: fc.bigInt(1n, 90_000_000_000n),
      bound: fc.option(bound, { freq: 4 }),
      wider: fc.option(fc.bigInt(0n, 1_000_000n), { freq: 3 }),
      status: fc.constantFrom("proven", "unverified", "holdover", "unknown"),
    }),
    { maxLength: 40 },
  )
  .map((rows) => {
    let at = T0;
    return rows.map(({ step, bound, wider, status }) => {
      at += step;
      const since = bound && wider !== null ? { lo: bound.lo - wider, hi: bound.hi + wider } : null;
      return placed(at, null, { bound, since, status: bound ? status : "unknown", marked: bound === null });
    });
  });

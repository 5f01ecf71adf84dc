import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockMinusRaw } from "./between-brackets.ts";
import { carryCardStamp, STEADY_CARD } from "./card-stamp.ts";
import type { ClockReading } from "./reading.ts";
import { absolute, type PartsPerBillion, ppb, raw, utc } from "./units.ts";

const BILLION = 1_000_000_000n;
/** 6.3 %: what the driver of a common card allows, and two oscillators. */
const SLEW = ppb(63_100_000n);

const look = (rawBefore: bigint, rawAfter: bigint, shown: bigint): ClockReading => ({
  rawBefore: raw(rawBefore),
  rawAfter: raw(rawAfter),
  realtime: utc(shown),
});

/** What C shows in each of some hundred ns of RAW, from any start: nonsense time is fine. */
function shownBy(start: bigint, ticks: readonly bigint[], step: { readonly at: number; readonly by: bigint } | null): bigint[] {
  const shown = [start];
  for (const [index, rate] of ticks.entries())
    shown.push((shown.at(-1) as bigint) + TICK + (TICK * rate) / BILLION + (index === step?.at ? step.by : 0n));
  return shown;
}

const TICK = 100_000n;
const bracket = fc.record({ early: fc.bigInt({ min: 0n, max: 3_000n }), late: fc.bigInt({ min: 0n, max: 3_000n }) });
const start = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 19n });
/** A tick's ns are floored, and the rates with them. */
const rates = (most: PartsPerBillion) =>
  fc.array(fc.bigInt({ min: -most + 20_000n, max: most - 20_000n }), { minLength: 2, maxLength: 40 });

function carriedAt(shown: readonly bigint[], index: number, first: { early: bigint; late: bigint }, last: { early: bigint; late: bigint }) {
  const end = BigInt(shown.length - 1) * TICK;
  const before = look(-first.early, first.late, shown[0] as bigint);
  const after = look(end - last.early, end + last.late, shown.at(-1) as bigint);
  return carryCardStamp(shown[index] as bigint, before, after, SLEW);
}

describe("a card's stamp of a packet, carried to RAW", () => {
  it("holds the packet's true instant, whatever the card's clock does within its rate limit", () => {
    fc.assert(
      fc.property(start, rates(SLEW), fc.nat(), bracket, bracket, (from, ticks, at, first, last) => {
        const shown = shownBy(from, ticks, null);
        const index = at % shown.length;
        const carried = carriedAt(shown, index, first, last);
        if (carried.kind === "refused") throw new Error(carried.why);
        expect(absolute(carried.raw - BigInt(index) * TICK)).toBeLessThanOrEqual(carried.cap);
      }),
      { numRuns: 1500 },
    );
  });

  it("holds it too where the clock was stepped once by less than that limit explains, or is refused; a greater step always is", () => {
    const stepped = fc.record({ at: fc.nat(), by: fc.bigInt({ min: -3_000_000n, max: 3_000_000n }) });
    const seen = { carried: 0, refused: 0 };
    fc.assert(
      fc.property(start, rates(STEADY_CARD), fc.nat(), stepped, bracket, bracket, (from, ticks, at, step, first, last) => {
        const shown = shownBy(from, ticks, { ...step, at: step.at % ticks.length });
        const index = at % shown.length;
        const carried = carriedAt(shown, index, first, last);
        seen[carried.kind] += 1;
        const explained = (BigInt(ticks.length) * TICK * (SLEW + STEADY_CARD)) / BILLION + 20_000n;
        if (carried.kind === "carried") expect(absolute(carried.raw - BigInt(index) * TICK)).toBeLessThanOrEqual(carried.cap);
        if (absolute(step.by) > explained) expect(carried).toMatchObject({ kind: "refused" });
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.carried, seen.refused)).toBeGreaterThan(100);
  });

  it("is what a slow twin finds that tries every instant: neither look allows any other, and nothing is given away beside a step", () => {
    const small = fc.bigInt({ min: 0n, max: 12n });
    const half = ppb(BILLION / 4n);
    fc.assert(
      fc.property(small, small, small, small, fc.bigInt({ min: 20n, max: 60n }), (width, other, at, off, length) => {
        const before = look(0n, width, 1_000n);
        const after = look(length, length + other, 1_000n + length - 6n + off);
        const stamp = 1_000n + 4n * at;
        const carried = carryCardStamp(stamp, before, after, half);
        if (carried.kind === "refused") return;
        const can = everyInstant(stamp, before, after, half);
        // Two looks that differ by what only rounding explains.
        if (can.length === 0) return;
        for (const instant of can) expect(absolute(carried.raw - instant)).toBeLessThanOrEqual(carried.cap);
        const [first, last] = [can[0] as bigint, can.at(-1) as bigint];
        // What rounding outward costs, and the cone's own /(1 − slew); and a step that cannot be seen: what C − RAW differs by from look to look.
        const differs = absolute(off - 6n) + width + other;
        expect(2n * carried.cap).toBeLessThanOrEqual(last - first + differs + 16n);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses a stamp that is not between the looks, and a card whose rate nothing bounds", () => {
    const [before, after] = [look(0n, 10n, 1_000n), look(100_000n, 100_010n, 101_000n)];
    expect(carryCardStamp(999n, before, after, SLEW)).toEqual({ kind: "refused", why: "stamp_outside" });
    expect(carryCardStamp(50_000n, before, after, ppb(1_000_599_999n))).toEqual({ kind: "refused", why: "clock_stepped" });
    expect(carryCardStamp(50_000n, before, look(100_000n, 100_010n, 37n * BILLION), SLEW)).toEqual({
      kind: "refused",
      why: "clock_stepped",
    });
  });

  it("is as narrow as its two brackets where the card goes as RAW does", () => {
    const carried = carryCardStamp(51_000n, look(0n, 10n, 1_005n), look(100_000n, 100_010n, 101_005n), ppb(1_000_000n));
    expect(carried).toEqual({ kind: "carried", raw: 50_000n, cap: 56n });
    expect(clockMinusRaw(51_000n, look(0n, 10n, 1_005n), ppb(1_000_000n))).toEqual({ lo: 944n, hi: 1_056n });
  });
});

/** Every whole ns of RAW at which C can have shown the stamp, if it was read within each bracket and moved by at most `slew`. */
function everyInstant(stamp: bigint, before: ClockReading, after: ClockReading, slew: PartsPerBillion): bigint[] {
  const found: bigint[] = [];
  for (let instant = -200n; instant <= 300n; instant++)
    if ([before, after].every((one) => allows(one, stamp, instant, slew))) found.push(instant);
  return found;
}

function allows({ rawBefore, rawAfter, realtime }: ClockReading, stamp: bigint, instant: bigint, slew: PartsPerBillion): boolean {
  for (let read: bigint = rawBefore; read <= rawAfter; read++) {
    const moved = absolute(stamp - realtime - (instant - read));
    if (moved * BILLION <= slew * absolute(instant - read)) return true;
  }
  return false;
}

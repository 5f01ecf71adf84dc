import { type Carried, carryBetween, clockMinusRaw } from "./between-brackets.ts";
import { hull } from "./interval.ts";
import type { ClockReading } from "./reading.ts";
import { maxOf, minOf, type PartsPerBillion, ppb, raw } from "./units.ts";

/** ppm of a card's oscillator, of RAW's and of a servo that holds it: by more than that no card goes in the moment in which it is stepped. */
export const STEADY_CARD = ppb(600_000n);

/**
 * Carries a stamp that a network card took of a packet, on its own clock C, to RAW by two looks at C that enclose it. Whatever scale C
 * keeps: only its rate counts, and that nobody stepped it.
 *
 * It holds the instant of the stamp in two cases. (1) C − RAW moves by at most `slew`: then it lies in the common part of the looks' cones
 * (between-brackets.ts has the proof). (2) C was stepped once, by so little that `slew` would explain it over the whole exchange, and goes
 * by at most STEADY_CARD beside that: at the stamp it was still the clock of the look before, or already that of the look after, so it lies
 * in the narrow cone of one of them. What is carried holds all three. A step that `slew` does not explain is refused by name.
 */
export function carryCardStamp(stamp: bigint, before: ClockReading, after: ClockReading, slew: PartsPerBillion): Carried {
  const carried = carryBetween(stamp, before, after, slew);
  if (carried.kind === "refused") return carried;
  const steady = minOf(slew, STEADY_CARD) as PartsPerBillion;
  const either = hull(clockMinusRaw(stamp, before, steady), clockMinusRaw(stamp, after, steady));
  const first = minOf(carried.raw - carried.cap, stamp - either.hi);
  const last = maxOf(carried.raw + carried.cap, stamp - either.lo);
  const middle = (first + last) / 2n;
  return { kind: "carried", raw: raw(middle), cap: maxOf(last - middle, middle - first) };
}

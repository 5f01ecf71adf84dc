import { BILLION, divCeil, drift, type Interval, maxOf, minOf, type PartsPerBillion } from "@truebound/time";
import type { CoarseExchange } from "./read-answer.ts";

/** Why an exchange proves nothing. */
export type CoarseRefusal =
  | "not_a_server"
  | "kiss_of_death"
  | "unsynchronised"
  | "origin_outside"
  | "clock_moved"
  | "negative_hold"
  | "negative_delay";

const MS = 1_000_000n;
/** The library makes a stamp of a double of seconds since 1900, whose steps there are half a microsecond. */
const ROUNDING = 1_000n;
const ERA_MS = 2 ** 32 * 1000;

/**
 * The bound on the offset (reference minus local) when the second reading of the clock was made. Causality alone: a request
 * leaves after T1 and is received at T2, a reply leaves at T3 and is here before T4. All stamps are rounded down to the
 * millisecond, so the reference's may have been up to one later, and so may our T4. `rate` is by how much the host's clock can go
 * wrong meanwhile: it may be slewed.
 */
export function coarseBound(exchange: CoarseExchange, rate: PartsPerBillion): Interval | CoarseRefusal {
  const { t1Ms, t4Ms, elapsed } = exchange;
  const refusal = refusalOf(exchange);
  if (refusal !== null) return refusal;
  const [t1, t4] = [BigInt(t1Ms) * MS, BigInt(t4Ms) * MS];
  const [t2, t3] = [exchange.receiveMs, exchange.transmitMs].map((ms) => BigInt(unfolded(ms, t1Ms)) * MS) as [bigint, bigint];
  if (t3 < t2) return "negative_hold";
  const error = rootDistance(exchange) + drift(rate, longest(elapsed, rate));
  const hi = t2 + MS + ROUNDING - t1 + error;
  const lo = t3 - ROUNDING - (t4 + MS) - error;
  return lo <= hi ? { lo, hi } : "negative_delay";
}

/** The program's own count of time is slewed with its clock: what it may really have been, at most and at least. */
const longest = (counted: bigint, rate: PartsPerBillion): bigint => divCeil(counted * BILLION, BILLION - rate);
export const shortest = (counted: bigint, rate: PartsPerBillion): bigint => (counted * BILLION) / (BILLION + rate);

function refusalOf({ t1Ms, t4Ms, elapsed, originMs, leap, mode, stratum }: CoarseExchange): CoarseRefusal | null {
  if (mode !== 4) return "not_a_server";
  if (stratum === 0) return "kiss_of_death";
  if (leap === 3 || stratum > 15) return "unsynchronised";
  // A reply to another's question, or a forged one. What is sent may be rounded down once more when it is read back.
  const origin = unfolded(originMs, t1Ms);
  if (origin < t1Ms - 1 || origin > t4Ms) return "origin_outside";
  const moved = BigInt(t4Ms - t1Ms) * MS - elapsed;
  return maxOf(moved, -moved) > 2n * MS + elapsed / 4n ? "clock_moved" : null;
}

/** What the server says that it may be wrong by; its roots were rounded down to the millisecond too. */
function rootDistance({ rootDelayMs, rootDispersionMs, precision }: CoarseExchange): bigint {
  const half = ((BigInt(rootDelayMs) + 1n) * MS) / 2n;
  const least = precision < 0 ? BILLION / 2n ** BigInt(minOf(BigInt(-precision), 40n)) + 1n : BILLION << BigInt(precision);
  return half + (BigInt(rootDispersionMs) + 1n) * MS + least;
}

/** The library takes all stamps for ones before 2036-02-07: the era nearest to our own clock is meant. */
const unfolded = (ms: number, near: number): number => ms + Math.round((near - ms) / ERA_MS) * ERA_MS;

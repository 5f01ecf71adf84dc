import { drift, type Interval, maxOf, minOf, type PartsPerBillion, touches } from "@truebound/time";
import { budgetOf, type Sample, sidesOf } from "./samples.ts";

/**
 * The sample by a card's stamps, or by the kernel's of the same packets where the two exclude each other: both hold the truth, if stamps,
 * server and path are what they are taken for, and of these the card's alone are new. Where the kernel's prove nothing either, it is not the card.
 *
 * @param rho for the time between their stamps
 */
export function agreedSample(sample: Sample, rho: PartsPerBillion): Sample {
  const { byKernel, ...own } = sample;
  if (byKernel === undefined) return sample;
  const [card, kernel] = [provedBy(own, byKernel.sample, rho), provedBy(byKernel.sample, own, rho)];
  if (kernel === null || (card !== null && touches(card, kernel))) return own;
  byKernel.disagrees();
  return byKernel.sample;
}

/** UTC − RAW at any instant from the first of all their stamps to the last; null = nothing. */
function provedBy(sample: Sample, other: Sample, rho: PartsPerBillion): Interval | null {
  const sides = sidesOf(sample, budgetOf(sample), rho);
  if (typeof sides === "string") return null;
  const [one, two] = [sample.exchange, other.exchange];
  const moved = drift(rho, maxOf(0n, maxOf(one.t4, two.t4) - minOf(one.t1, two.t1)));
  return { lo: sides.lower.value - moved, hi: sides.upper.value + moved };
}

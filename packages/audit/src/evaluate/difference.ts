import type { Bounded, Known, Line } from "./line.ts";

/** 6.9: the first clock less the second, [a.lo − b.hi, a.hi − b.lo]. Nothing is known where nothing is known of either. */
export function* differenceBetween(first: Iterable<Known>, second: Iterable<Known>): Generator<Known> {
  const [one, other] = [first[Symbol.iterator](), second[Symbol.iterator]()];
  let [a, b] = [one.next(), other.next()];
  while (a.done !== true && b.done !== true) {
    const from = a.value.from > b.value.from ? a.value.from : b.value.from;
    const to = a.value.to < b.value.to ? a.value.to : b.value.to;
    if (from < to) yield less(a.value, b.value, from, to);
    if (a.value.to <= to) a = one.next();
    else b = other.next();
  }
}

function less(a: Known, b: Known, from: bigint, to: bigint): Known {
  if (a.kind === "conflict" || b.kind === "conflict") return { kind: "conflict", from, to };
  return boundedDifference(a, b, from, to);
}

/** Where both are known. */
export const boundedDifference = (a: Bounded, b: Bounded, from: bigint, to: bigint): Bounded => ({
  kind: "bound",
  from,
  to,
  hi: sums(a.hi, b.minusLo),
  minusLo: sums(a.minusLo, b.hi),
  near: [...a.near, ...b.near],
  slot: a.slot + b.slot,
});

/** The least of a sum is the sum of the least: of every pair of lines one sum. */
const sums = (some: Bounded["hi"], others: Bounded["hi"]): Line[] =>
  some.flatMap((a) => others.map((b) => ({ slope: a.slope + b.slope, constant: a.constant + b.constant })));

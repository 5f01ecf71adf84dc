import { ceilFraction, compareFractions, floorFraction } from "@truebound/time";
import type { PairOutside } from "../../audit-case.ts";
import { JudgedLine } from "../rounding.ts";
import { intersectionOf, lengthOf, type Stretches } from "../stretches.ts";
import type { Judged } from "../verdicts.ts";

/** Where each pair is proved outside. Only pairs that are at some time take room. */
export class PairBook {
  readonly #lines = new Map<string, { readonly members: readonly [number, number]; readonly line: JudgedLine[] }>();

  /** In order for each pair. */
  add(members: readonly [number, number], judged: Judged): void {
    const key = members.join();
    const known = this.#lines.get(key) ?? { members, line: [] };
    this.#lines.set(key, known);
    const last = known.line.at(-1);
    const end = last?.spans.at(-1)?.to;
    const line = last !== undefined && end !== undefined && compareFractions(end, judged.from) === 0 ? last : new JudgedLine();
    line.add(judged);
    if (line !== last) known.line.push(line);
  }

  /** Those that are outside in time in which they are asked; the longest first. */
  outside(askedOf: (members: readonly [number, number]) => Stretches): PairOutside[] {
    return [...this.#lines.values()]
      .flatMap(({ members, line }) => outsideOf(members, line, askedOf(members)))
      .sort((a, b) => descending(a.violation, b.violation) || descending(a.peakProven, b.peakProven) || byPlace(a, b));
  }
}

function outsideOf(members: readonly [number, number], lines: readonly JudgedLine[], asked: Stretches): PairOutside[] {
  const episodes = lines
    .flatMap(({ spans }) => spans)
    .map(({ from, to, peak }) => ({ from: ceilFraction(from), to: floorFraction(to), peak: peak === null ? 0n : floorFraction(peak) }))
    .filter((one) => one.from < one.to && lengthOf(intersectionOf([one], asked)) > 0n);
  const [first] = episodes;
  if (first === undefined) return [];
  const violation = lengthOf(intersectionOf(episodes, asked));
  const peakProven = episodes.map(({ peak }) => peak).reduce((a, b) => (a > b ? a : b));
  return [{ members, violation, episodes: episodes.length, first: first.from, peakProven }];
}

const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0);
const byPlace = ({ members: a }: PairOutside, { members: b }: PairOutside): number => a[0] - b[0] || a[1] - b[1];

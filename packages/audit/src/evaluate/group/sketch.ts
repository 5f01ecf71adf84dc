import { maxOf, minOf } from "@truebound/time";
import type { GroupMember, Stretch } from "../../audit-case.ts";
import { longestGap } from "../gap.ts";
import { type Bounded, extentOf, lowest, SCALE } from "../line.ts";
import type { Stretches } from "../stretches.ts";
import { knownOf, type Timeline, timelineOf } from "../timeline.ts";
import { within } from "../verdicts.ts";
import type { Extremes } from "./extremes.ts";

/** A window in blocks of one length; the last one ends with it. */
export class Grid {
  readonly window: Stretch;
  readonly #step: bigint;

  constructor(window: Stretch, step: bigint) {
    this.window = window;
    this.#step = step;
  }

  get count(): number {
    const { from, to } = this.window;
    return Number((to - from + this.#step - 1n) / this.#step);
  }

  indexOf(t: bigint): number {
    return Number((t - this.window.from) / this.#step);
  }

  block(index: number): Stretch {
    const from = this.window.from + BigInt(index) * this.#step;
    return { from, to: minOf(from + this.#step, this.window.to) };
  }
}

/** What one member says in one block. */
export interface BlockSketch {
  /** Over all of the block where something is known. */
  extremes: Extremes | null;
  boundNs: bigint;
  knownNs: bigint;
  /** Over the part in which it is asked. */
  asked: Pick<Extremes, "above" | "below"> | null;
}

/** All that is kept of a member while others are looked at. */
export interface MemberSketch {
  readonly blocks: readonly BlockSketch[];
  /** Nothing is known of it. */
  readonly silences: Stretches;
  /** Nothing is known of it, or what is known contradicts itself. */
  readonly unbounded: Stretches;
  readonly pieces: number;
  readonly counts: Timeline["counts"];
  readonly maxGap: bigint | null;
}

export function sketchOf({ terms, clock }: GroupMember, grid: Grid, sections: Stretches): MemberSketch {
  const timeline = timelineOf(terms, clock, SCALE);
  const blocks = Array.from({ length: grid.count }, (): BlockSketch => ({ extremes: null, boundNs: 0n, knownNs: 0n, asked: null }));
  const [silences, unbounded]: [Stretch[], Stretch[]] = [[], []];
  const drawing = new Drawing(blocks, sections);
  let [at, pieces] = [grid.window.from, 0];
  const silent = (to: bigint) => {
    if (at < to) for (const list of [silences, unbounded]) list.push({ from: at, to });
  };
  for (const known of within(knownOf(timeline), grid.window)) {
    silent(known.from);
    at = known.to;
    pieces += 1;
    if (known.kind === "conflict") unbounded.push({ from: known.from, to: known.to });
    for (let index = grid.indexOf(known.from); index < blocks.length && grid.block(index).from < known.to; index++) {
      const { from, to } = grid.block(index);
      const part = { ...known, from: maxOf(from, known.from), to: minOf(to, known.to) };
      (blocks[index] as BlockSketch).knownNs += part.to - part.from;
      if (part.kind === "bound") drawing.add(index, part);
    }
  }
  silent(grid.window.to);
  return { blocks, silences, unbounded, pieces, counts: timeline.counts, maxGap: longestGap(timeline.runs, sections) };
}

class Drawing {
  readonly #blocks: readonly BlockSketch[];
  readonly #sections: Stretches;
  #section = 0;

  constructor(blocks: readonly BlockSketch[], sections: Stretches) {
    this.#blocks = blocks;
    this.#sections = sections;
  }

  add(index: number, part: Bounded): void {
    const block = this.#blocks[index] as BlockSketch;
    const extremes = extremesOf(part);
    block.boundNs += part.to - part.from;
    block.extremes = block.extremes === null ? extremes : both(block.extremes, extremes);
    for (const { from, to } of this.#asked(part)) {
      const { above, below } = from === part.from && to === part.to ? extremes : extentOf(part, from, to);
      const { asked } = block;
      block.asked = asked === null ? { above, below } : { above: maxOf(asked.above, above), below: maxOf(asked.below, below) };
    }
  }

  *#asked(part: Stretch): Generator<Stretch> {
    while (this.#section < this.#sections.length && (this.#sections[this.#section] as Stretch).to <= part.from) this.#section += 1;
    for (let index = this.#section; index < this.#sections.length; index++) {
      const section = this.#sections[index] as Stretch;
      if (section.from >= part.to) return;
      yield { from: maxOf(section.from, part.from), to: minOf(section.to, part.to) };
    }
  }
}

export const extremesOf = (part: Bounded): Extremes => ({
  ...extentOf(part, part.from, part.to),
  leastHi: lowest(part.hi, part.from, part.to),
  leastMinusLo: lowest(part.minusLo, part.from, part.to),
});

const both = (a: Extremes, b: Extremes): Extremes => ({
  above: maxOf(a.above, b.above),
  below: maxOf(a.below, b.below),
  leastHi: minOf(a.leastHi, b.leastHi),
  leastMinusLo: minOf(a.leastMinusLo, b.leastMinusLo),
});

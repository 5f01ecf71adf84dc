import type { Interval } from "@truebound/time";
import type { Uncut } from "./evidence.ts";
import { LeastHeap } from "./least-heap.ts";

/**
 * What all evidence together says of an instant at which some of it begins or ends (from = to), or of all instants between two
 * such (from < to, where spans cover them). lo > hi = it contradicts itself there.
 */
export interface Made extends Interval {
  readonly from: bigint;
  readonly to: bigint;
}

export const isVoid = ({ lo, hi }: Interval): boolean => lo > hi;

export interface MadeEvidence {
  /** In order, without overlap. */
  readonly made: readonly Made[];
  /** Samples that equal instants exclude. */
  readonly contradictory: number;
}

/** 6.2, equal instants, and 6.14: evidence of one instant is intersected first. */
export function makeEvidence({ samples, spans }: Pick<Uncut, "samples" | "spans">): MadeEvidence {
  const made: Made[] = [];
  const open = new OpenSpans(spans);
  let [contradictory, next] = [0, 0];
  for (let at = earliest(samples[0]?.from, open.nextEdge); at !== null; at = earliest(samples[next]?.from, open.nextEdge)) {
    open.begin(at);
    const first = next;
    while (next < samples.length && (samples[next] as Made).from === at) next += 1;
    const mark = markAt(at, samples, first, next, open.at(at));
    made.push(mark);
    if (isVoid(mark)) contradictory += next - first;
    open.end(at);
    const cover = open.after(at);
    const until = cover === null ? null : earliest(samples[next]?.from, open.nextEdge);
    if (cover !== null && until !== null) made.push({ from: at, to: until, lo: cover.lo, hi: cover.hi });
  }
  return { made, contradictory };
}

const earliest = (a: bigint | undefined, b: bigint | undefined): bigint | null =>
  a === undefined ? (b ?? null) : b === undefined || a < b ? a : b;

function markAt(at: bigint, samples: readonly Made[], first: number, next: number, cover: Interval | null): Made {
  const alone = samples[first];
  if (cover === null && next === first + 1 && alone !== undefined) return alone;
  const said = [...samples.slice(first, next), ...(cover === null ? [] : [cover])];
  const lo = said.map((one) => one.lo).reduce((a, b) => (a > b ? a : b));
  const hi = said.map((one) => one.hi).reduce((a, b) => (a < b ? a : b));
  return { from: at, to: at, lo, hi };
}

/** The spans that hold the instant that has been come to. */
class OpenSpans {
  readonly #spans: readonly Made[];
  readonly #ends: readonly bigint[];
  readonly #byHi = new LeastHeap<Made>(({ hi }) => hi);
  readonly #byLo = new LeastHeap<Made>(({ lo }) => -lo);
  #begun = 0;
  #ended = 0;

  constructor(spans: readonly Made[]) {
    this.#spans = spans;
    this.#ends = spans.map(({ to }) => to).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** Where the next span begins or ends. */
  get nextEdge(): bigint | undefined {
    return earliest(this.#spans[this.#begun]?.from, this.#ends[this.#ended]) ?? undefined;
  }

  begin(at: bigint): void {
    for (let span = this.#spans[this.#begun]; span !== undefined && span.from === at; span = this.#spans[this.#begun]) {
      this.#byHi.push(span);
      this.#byLo.push(span);
      this.#begun += 1;
    }
  }

  end(at: bigint): void {
    while (this.#ends[this.#ended] === at) this.#ended += 1;
  }

  at(t: bigint): Interval | null {
    return both(this.#byLo.leastFrom(t), this.#byHi.leastFrom(t));
  }

  after(t: bigint): Interval | null {
    return both(this.#byLo.leastAfter(t), this.#byHi.leastAfter(t));
  }
}

const both = (lowest: Made | null, highest: Made | null): Interval | null =>
  lowest === null || highest === null ? null : { lo: lowest.lo, hi: highest.hi };

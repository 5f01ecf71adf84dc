import type { NearLayer, NearSpans } from "../audit-case.ts";

/**
 * What two layers of spans together say, by columns: at instant `at[k]` the value lies in the mark, and from there to `at[k + 1]` in
 * the cover, whose `lo` is above its `hi` where they contradict each other, and NaN where no span is. As `makeEvidence`.
 */
export interface Elements {
  readonly length: number;
  readonly at: Float64Array;
  readonly markLo: Float64Array;
  readonly markHi: Float64Array;
  readonly coverLo: Float64Array;
  readonly coverHi: Float64Array;
}

export function elementsOf({ layers: [a, b] }: Pick<NearSpans, "layers">): Elements {
  const most = 2 * (a.from.length + b.from.length);
  const column = () => new Float64Array(most);
  const elements = { at: column(), markLo: column(), markHi: column(), coverLo: column(), coverHi: column() };
  const [first, second] = [new Layer(a), new Layer(b)];
  let length = 0;
  for (let at = Math.min(first.edgeFrom, second.edgeFrom); at !== Number.POSITIVE_INFINITY; length++) {
    first.meet(at);
    second.meet(at);
    elements.at[length] = at;
    elements.markLo[length] = Math.max(first.lo, second.lo);
    elements.markHi[length] = Math.min(first.hi, second.hi);
    first.leave(at);
    second.leave(at);
    const isCovered = first.isOpen || second.isOpen;
    elements.coverLo[length] = isCovered ? Math.max(first.lo, second.lo) : Number.NaN;
    elements.coverHi[length] = isCovered ? Math.min(first.hi, second.hi) : Number.NaN;
    at = Math.min(first.edgeAfter(at), second.edgeAfter(at));
  }
  return { length, ...elements };
}

/** Spans without overlap, ascending, none of a single instant: walked from edge to edge. Between them `lo` and `hi` say nothing. */
class Layer {
  lo = Number.NEGATIVE_INFINITY;
  hi = Number.POSITIVE_INFINITY;
  isOpen = false;
  readonly #spans: NearLayer;
  /** The first that does not end before where the walk is. */
  #row = 0;

  constructor(spans: NearLayer) {
    this.#spans = spans;
  }

  get edgeFrom(): number {
    return this.#spans.from[0] ?? Number.POSITIVE_INFINITY;
  }

  /** What all spans say that hold the instant. */
  meet(at: number): void {
    this.#say(at);
    const next = this.#row + 1;
    if (this.#spans.to[this.#row] !== at || this.#spans.from[next] !== at) return;
    this.lo = Math.max(this.lo, this.#spans.lo[next] as number);
    this.hi = Math.min(this.hi, this.#spans.hi[next] as number);
  }

  /** What the span says that goes on past the instant. */
  leave(at: number): void {
    if (this.#spans.to[this.#row] === at) this.#row++;
    this.#say(at);
  }

  #say(at: number): void {
    const from = this.#spans.from[this.#row];
    this.isOpen = from !== undefined && from <= at;
    this.lo = this.isOpen ? (this.#spans.lo[this.#row] as number) : Number.NEGATIVE_INFINITY;
    this.hi = this.isOpen ? (this.#spans.hi[this.#row] as number) : Number.POSITIVE_INFINITY;
  }

  edgeAfter(at: number): number {
    const from = this.#spans.from[this.#row] ?? Number.POSITIVE_INFINITY;
    return from > at ? from : (this.#spans.to[this.#row] as number);
  }
}

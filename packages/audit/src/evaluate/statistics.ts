import { divCeil, maxOf } from "@truebound/time";
import type { AuditStatistics } from "../audit-case.ts";
import { type Bounded, type Extent, extentOf } from "./line.ts";
import type { QuietWeights } from "./quiet-weights.ts";
import type { Stretches } from "./stretches.ts";

/**
 * The worst bound, time-weighted. Of each slot (the time between neighbouring ends of evidence) the part that is audited and has
 * a bound weighs its ns by the largest worst bound within it, rounded up. Given in order.
 */
export class BoundWeights {
  readonly #bounds = new WeighedBounds();
  #sections: Stretches;
  readonly #scale: bigint;
  #section = 0;
  #open: { readonly slot: number; readonly section: number; ns: bigint; most: bigint } | null = null;

  constructor(sections: Stretches, scale: bigint) {
    this.#sections = sections;
    this.#scale = scale;
  }

  /** Goes on with other sections, from the beginning. */
  turnTo(sections: Stretches): void {
    this.#close();
    this.#sections = sections;
    this.#section = 0;
  }

  add(piece: Bounded, extent: Extent): void {
    for (let section = this.#sections[this.#section]; section !== undefined; section = this.#sections[this.#section]) {
      const from = section.from > piece.from ? section.from : piece.from;
      const to = section.to < piece.to ? section.to : piece.to;
      if (from < to) this.#weigh(piece.slot, to - from, from === piece.from && to === piece.to ? extent : extentOf(piece, from, to));
      if (section.to > piece.to) return;
      this.#section += 1;
    }
  }

  #weigh(slot: number, ns: bigint, { above, below }: Extent): void {
    const most = maxOf(above, below);
    if (this.#open?.slot !== slot || this.#open.section !== this.#section) {
      this.#close();
      this.#open = { slot, section: this.#section, ns: 0n, most };
    }
    this.#open.ns += ns;
    this.#open.most = maxOf(this.#open.most, most);
  }

  /** Of stretches in which no slot goes on. */
  addQuiet(weights: QuietWeights): void {
    this.#close();
    this.#bounds.addQuiet(weights);
  }

  #close(): void {
    if (this.#open === null) return;
    this.#bounds.add(divCeil(this.#open.most, this.#scale), this.#open.ns);
    this.#open = null;
  }

  result(): Pick<AuditStatistics, "worstBound" | "bound"> {
    this.#close();
    return this.#bounds.result();
  }
}

/** Bounds, each with the ns in which it was the worst. */
export class WeighedBounds {
  readonly #byWorst = new Map<bigint, bigint>();
  #worst: bigint | null = null;

  add(worst: bigint, ns: bigint): void {
    this.#worst = this.#worst === null ? worst : maxOf(this.#worst, worst);
    const shown = fourDigits(worst);
    this.#byWorst.set(shown, (this.#byWorst.get(shown) ?? 0n) + ns);
  }

  addQuiet({ byShown, worst }: QuietWeights): void {
    if (worst === null) return;
    this.#worst = this.#worst === null ? BigInt(worst) : maxOf(this.#worst, BigInt(worst));
    for (const [bound, ns] of byShown) {
      const shown = BigInt(bound);
      this.#byWorst.set(shown, (this.#byWorst.get(shown) ?? 0n) + BigInt(ns));
    }
  }

  result(): Pick<AuditStatistics, "worstBound" | "bound"> {
    if (this.#worst === null) return { worstBound: null, bound: null };
    const rising = [...this.#byWorst].sort(([a], [b]) => (a < b ? -1 : 1));
    const all = rising.reduce((sum, [, ns]) => sum + ns, 0n);
    const at = (perMille: bigint) => boundOf(rising, divCeil(perMille * all, 1000n));
    return { worstBound: this.#worst, bound: { p50: at(500n), p99: at(990n), p999: at(999n) } };
  }
}

/** The least bound within which so many ns lie. */
function boundOf(rising: readonly (readonly [bigint, bigint])[], wanted: bigint): bigint {
  let sum = 0n;
  for (const [bound, ns] of rising) {
    sum += ns;
    if (sum >= wanted) return bound;
  }
  throw new RangeError(`Cannot find ${wanted} ns of ${sum}`);
}

/** Rounded up to four significant digits: percentiles of a month then take no more room than those of a minute. */
function fourDigits(value: bigint): bigint {
  let unit = 1n;
  while (value >= 10_000n * unit) unit *= 10n;
  return divCeil(value, unit) * unit;
}

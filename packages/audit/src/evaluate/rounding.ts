import { ceilFraction, compareFractions, type Fraction, floorFraction, fraction } from "@truebound/time";
import type { InstantVerdict, JudgedSpan, Stretch } from "../audit-case.ts";
import type { Judged } from "./verdicts.ts";

type Open = { -readonly [Field in keyof Judged]: Judged[Field] };

/** 6.6: equal neighbours are one. */
export class JudgedLine {
  readonly #spans: Open[] = [];

  add({ from, to, verdict, peak }: Judged): void {
    const last = this.#spans.at(-1);
    if (last === undefined || last.verdict !== verdict) {
      this.#spans.push({ from, to, verdict, peak });
      return;
    }
    last.to = to;
    last.peak = greater(last.peak, peak);
  }

  /** One verdict between two whole instants. */
  addWhole(from: bigint, to: bigint, verdict: InstantVerdict): void {
    const last = this.#spans.at(-1);
    if (last?.verdict === verdict) last.to = fraction(to);
    else this.#spans.push({ from: fraction(from), to: fraction(to), verdict, peak: null });
  }

  /** Exact. */
  get spans(): readonly Judged[] {
    return this.#spans;
  }
}

const greater = (a: Fraction | null, b: Fraction | null): Fraction | null =>
  a === null || b === null ? (a ?? b) : compareFractions(a, b) >= 0 ? a : b;

/** A span in whole ns. */
export interface RoundedSpan extends JudgedSpan {
  readonly peak: Fraction | null;
}

/** 6.6: what is proved is rounded inward, and the sliver is UNPROVEN, as is what vanishes. Other ends are whole already. */
export function roundInward(spans: readonly Judged[], window: Stretch): RoundedSpan[] {
  const rounded = new RoundedLine();
  let at = window.from;
  for (const { from, to, verdict, peak } of spans) {
    const isUnproven = verdict === "UNPROVEN";
    const [begins, ends] = [isUnproven ? at : ceilFraction(from), isUnproven ? ceilFraction(to) : floorFraction(to)];
    if (begins >= ends) continue;
    rounded.add({ from: at, to: begins, verdict: "UNPROVEN", peak: null });
    rounded.add({ from: begins, to: ends, verdict, peak });
    at = ends;
  }
  rounded.add({ from: at, to: window.to, verdict: "UNPROVEN", peak: null });
  return rounded.spans;
}

class RoundedLine {
  readonly spans: RoundedSpan[] = [];

  add(next: RoundedSpan): void {
    if (next.from >= next.to) return;
    const last = this.spans.at(-1);
    if (last?.verdict !== next.verdict) this.spans.push(next);
    else this.spans[this.spans.length - 1] = { ...last, to: next.to, peak: greater(last.peak, next.peak) };
  }
}

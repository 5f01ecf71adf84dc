import { type Claim, claimOf, ends, type Measured } from "./claim.ts";

/**
 * A model of RFC 5905: the root distance of a source (sections 10 and 11.2: the clock filter of eight, PHI = 15 ppm, MINDISP
 * = 5 ms) and the selection among several (section 11.2.1, with `d <= f`, because its text's `d = f` refuses good cases).
 * Stages of the filter that were never filled count nothing, where the RFC has 16 s: it is then narrower than the RFC's.
 */
const PHI = 15e-6;
const LEAST_DISTANCE = 0.005;
const STAGES = 8;
const PRECISION = 2 ** -20;

interface Stage extends Measured {
  readonly dispersion: number;
}

export class RfcSource {
  #stages: Stage[] = [];

  add(measured: Measured): void {
    this.#stages = [{ ...measured, dispersion: 2 * PRECISION + PHI * measured.roundTrip }, ...this.#stages].slice(0, STAGES);
  }

  /** offset ± root distance. */
  claim(at: number): Claim | null {
    const aged = ({ dispersion, at: then }: Stage) => dispersion + PHI * (at - then);
    const [first, ...others] = [...this.#stages].sort((a, b) => a.delay - b.delay);
    if (first === undefined) return null;
    const dispersion = [first, ...others].reduce((sum, stage, index) => sum + aged(stage) / 2 ** (index + 1), 0);
    const jitter = Math.max(PRECISION, Math.sqrt(mean(others.map(({ offset }) => (offset - first.offset) ** 2))));
    const half = Math.max(LEAST_DISTANCE, first.rootDelay + first.delay) / 2;
    return { middle: first.offset, halfWidth: half + first.rootDispersion + dispersion + jitter + PHI * (at - first.at) };
  }
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The intersection on which the most sources agree, their middles counted; null = none do. */
export function rfcSelection(claims: readonly Claim[]): Claim | null {
  const edges = claims.flatMap((claim) => {
    const { lo, hi } = ends(claim);
    return [
      { at: lo, step: 1 },
      { at: hi, step: -1 },
    ];
  });
  for (let faults = 0; 2 * faults < claims.length; faults++) {
    const need = claims.length - faults;
    const rising = [...edges].sort((a, b) => a.at - b.at || b.step - a.step);
    const lower = firstCovered(rising, need, 1);
    const upper = firstCovered(rising.reverse(), need, -1);
    if (lower === null || upper === null || lower > upper) continue;
    const outside = claims.filter(({ middle }) => middle < lower || middle > upper).length;
    if (outside <= faults) return claimOf(lower, upper);
  }
  return null;
}

function firstCovered(edges: readonly { readonly at: number; readonly step: number }[], need: number, opens: number): number | null {
  let depth = 0;
  for (const { at, step } of edges) {
    depth += step * opens;
    if (depth >= need) return at;
  }
  return null;
}

import type { Interval } from "@truebound/time";
import type { AuditTerms, Stretch, UnprovenBy } from "../audit-case.ts";
import type { Bounded, Near } from "./line.ts";
import { intersectionOf, lengthOf, type Stretches } from "./stretches.ts";

export type Cause = Exclude<keyof UnprovenBy, "conflict">;

/** Why a stretch is unproven, where it is. Whoever judges notes each stretch that is not proved throughout. */
export class Causes {
  readonly #stretches: Record<Cause, Stretch[]> = { wide: [], drift: [], leap: [] };
  readonly #limit: Interval;

  constructor({ limit, appError }: Pick<AuditTerms, "limit" | "appError">) {
    this.#limit = { lo: limit.min + appError, hi: limit.max - appError };
  }

  note({ from, to, near }: Bounded): void {
    this.noteAs(this.#causeOf(near), { from, to });
  }

  noteAs(cause: Cause, { from, to }: Stretch): void {
    const stretches = this.#stretches[cause];
    const last = stretches.at(-1);
    if (last?.to === from) stretches[stretches.length - 1] = { from: last.from, to };
    else stretches.push({ from, to });
  }

  /** ns of what is audited and UNPROVEN. */
  share(unproven: Stretches, conflict: bigint): UnprovenBy {
    const ns = (cause: Cause) => lengthOf(intersectionOf(unproven, this.#stretches[cause]));
    return { wide: ns("wide"), drift: ns("drift"), conflict, leap: ns("leap") };
  }

  /** Beside a leap evidence from its other side is missing. Else it is drift if the evidence next to it, as it was made, would prove. */
  #causeOf(near: readonly Near[]): Cause {
    if (near.some(({ besideLeap }) => besideLeap)) return "leap";
    return choicesOf(near).some((made) => proves(made, this.#limit)) ? "drift" : "wide";
  }
}

/** One neighbouring piece of evidence of one clock, or of each of two their difference. */
function choicesOf([first, second]: readonly Near[]): Interval[] {
  const ends = (near: Near | undefined) => [near?.before, near?.after].filter((end): end is Interval => end != null);
  if (second === undefined) return ends(first);
  return ends(first).flatMap((a) => ends(second).map((b) => ({ lo: a.lo - b.hi, hi: a.hi - b.lo })));
}

const proves = (made: Interval, limit: Interval): boolean =>
  (made.lo >= limit.lo && made.hi <= limit.hi) || made.lo > limit.hi || made.hi < limit.lo;

import { type Interval, worstError } from "@truebound/time";

/** How a bound stands to a limit on the worst error, the better the less. */
const PLACES = ["unknown", "within", "beyond", "outside"] as const;
export type LimitPlace = (typeof PLACES)[number];

/** @param offset null = no bound. @param limit ns; null = there is none. */
export function placeOf(offset: Interval | null, limit: bigint | null): LimitPlace {
  if (offset === null || limit === null) return "unknown";
  if (offset.lo > limit || offset.hi < -limit) return "outside";
  return worstError(offset) > limit ? "beyond" : "within";
}

/** Notices the moment at which a bound leaves its limit, or lies wholly outside it. */
export class LimitWatch {
  #place: LimitPlace = "unknown";

  /** True at a reading that shows either for the first time. */
  look(offset: Interval | null, limit: bigint | null): boolean {
    const before = this.#place;
    this.#place = placeOf(offset, limit);
    return (before === "within" && this.#place === "beyond") || (before !== "outside" && this.#place === "outside");
  }
}

/** One figure held against its budget. */
export interface Verdict {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
  readonly digits: number;
}

export const verdict = (what: string, value: number, limit: number, digits = 2): Verdict => ({ what, value, limit, digits });

/** Judged as it is printed: a figure that reads 1.00 is within 1.0. What could not be measured is not met. */
export const isMet = ({ value, limit, digits }: Verdict): boolean => Number(value.toFixed(digits)) <= limit;

export const showVerdict = (one: Verdict): string =>
  `  ${isMet(one) ? "met   " : "MISSED"}  ${one.what}: ${one.value.toFixed(one.digits)} (budget ≤ ${one.limit})`;

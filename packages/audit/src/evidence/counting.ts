const COUNTING: readonly string[] = ["proven", "holdover"];

/** Whether a bound of this status is evidence of anything; of a reading without a bound, or of a rehearsal, nothing ever is. */
export const countsStatus = (status: string, countsUnverified: boolean): boolean =>
  COUNTING.includes(status) || (status === "unverified" && countsUnverified);

import { DAY_NS } from "../../retention/days.ts";

const isLong = (from: string, to: string): string => `${to} / 2 - ${from} / 2 > ${DAY_NS / 2n - 1n}`;

/**
 * Longer than a day, or some ns less, as the partial indexes of migration 0054 say it. A batch spans days where its host slept
 * between two reports. What is not long reaches no further than a day.
 */
export const LONG_BATCH = isLong("first_utc_ns", "last_utc_ns");
export const LONG_SPAN_ROW = isLong("minute_ns", "until_ns");

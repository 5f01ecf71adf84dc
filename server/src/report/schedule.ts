import { BILLION, civil, daysFromCivil, divFloor, type UtcInstant, utc } from "@truebound/time";

export const REPORT_RHYTHMS = ["daily", "weekly", "monthly"] as const;
export type ReportRhythm = (typeof REPORT_RHYTHMS)[number];

const DAY_NS = 86_400n * BILLION;
/** After the end of a period, for what agents deliver late. */
export const WAIT_NS = 3_600n * BILLION;

/** The last period of a rhythm that is over, and has been for an hour: a day, a week from Monday, or a month of UTC. */
export function lastPeriod(rhythm: ReportRhythm, now: UtcInstant): { readonly from: UtcInstant; readonly to: UtcInstant } {
  const today = divFloor(now - WAIT_NS, DAY_NS);
  const [from, to] = DAYS[rhythm](today);
  return { from: utc(from * DAY_NS), to: utc(to * DAY_NS) };
}

const DAYS: Readonly<Record<ReportRhythm, (today: bigint) => readonly [bigint, bigint]>> = {
  daily: (today) => [today - 1n, today],
  weekly: (today) => {
    // 1970-01-01 was a Thursday.
    const monday = today - ((((today + 3n) % 7n) + 7n) % 7n);
    return [monday - 7n, monday];
  },
  monthly: (today) => {
    const { year, month } = civil(today);
    const [before, of] = month === 1n ? [12n, year - 1n] : [month - 1n, year];
    return [daysFromCivil(of, before, 1n), daysFromCivil(year, month, 1n)];
  },
};

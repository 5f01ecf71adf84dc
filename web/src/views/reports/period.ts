/** Periods of UTC that are over, and one that a person says. */
export const PERIODS = [
  ["day", "yesterday"],
  ["week", "last week, Mon to Sun"],
  ["month", "last month"],
  ["year", "last year"],
  ["own", "from and to, as I say"],
] as const;
export type PeriodName = (typeof PERIODS)[number][0];

/** Days or times of UTC, as the API takes them. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const MONDAY = 1;
const day = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10);

/** The latest of its kind that is over at `now_ms`, by the server's clock. */
export function periodOf(name: Exclude<PeriodName, "own">, now_ms: number): Period {
  const now = new Date(now_ms);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const today = Math.floor(now_ms / DAY_MS) * DAY_MS;
  const monday = today - ((now.getUTCDay() - MONDAY + 7) % 7) * DAY_MS;
  const ends: Readonly<Record<Exclude<PeriodName, "own">, readonly [number, number]>> = {
    day: [today - DAY_MS, today],
    week: [monday - 7 * DAY_MS, monday],
    month: [Date.UTC(year, month - 1), Date.UTC(year, month)],
    year: [Date.UTC(year - 1, 0), Date.UTC(year, 0)],
  };
  const [from, to] = ends[name];
  return { from: day(from), to: day(to) };
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
const LONGEST_MS = 366 * DAY_MS;

/** NaN for what is neither a day nor a time with its zone. */
export const instantMs = (text: string): number => (DAY.test(text) || TIME.test(text) ? Date.parse(text) : Number.NaN);

/** What is wrong with it before it is sent; null = nothing. */
export function periodProblem({ from, to }: Period): string | null {
  for (const [name, text] of [
    ["beginning", from],
    ["end", to],
  ] as const)
    if (Number.isNaN(instantMs(text)))
      return `Cannot read the ${name} "${text}": write a day of UTC such as 2026-03-02, or a time with its zone such as 2026-03-02T08:00:00Z`;
  const long_ms = instantMs(to) - instantMs(from);
  if (long_ms <= 0) return `The end ${to} does not come after the beginning ${from}`;
  return long_ms > LONGEST_MS ? "A report is of a year at most: make it in parts" : null;
}

import {
  absolute,
  BILLION,
  compareWithList,
  formatUtc,
  type Interval,
  indicatedLeap,
  type Leap,
  type LeapCalendar,
  leapAhead,
  midpoint,
  mixedTimescales,
  type Timescale,
  utc,
} from "@truebound/time";
import type { BatchEvent } from "@truebound/wire";

/** What there is to see of leap seconds at one reading. */
export interface LeapScene {
  /** What UTC can be now; null = unknown, and then nothing is concluded. */
  readonly utc: Interval | null;
  readonly sources: readonly {
    readonly id: string;
    readonly leap: number | null;
    readonly timescale: Timescale;
    readonly agrees: boolean;
  }[];
  readonly calendar: LeapCalendar;
}

type News = Pick<BatchEvent, "kind" | "detail">;
/** What holds now; each kind is news when it appears or says something else. */
export type LeapView = readonly News[];

export function lookForLeaps({ utc: now, sources, calendar }: LeapScene): LeapView {
  if (now === null) return [];
  const at = utc(midpoint(now));
  const voters = sources.flatMap(({ id, leap, timescale, agrees }) => (agrees && leap !== null ? [{ id, leap, timescale }] : []));
  const indicated = indicatedLeap(voters, at);
  const listed = leapAhead(now, calendar.leaps);
  const undeclared = sources.filter(({ timescale }) => timescale === "unknown").length;
  const camps = mixedTimescales(sources, now, calendar.leaps);
  return [
    ...(listed === null && !indicated ? [] : [pending(listed, indicated, undeclared)]),
    ...(compareWithList(indicated, at, calendar) === "disagree" ? [disagreement(indicated, listed)] : []),
    ...(camps === null ? [] : [mixture(camps)]),
  ];
}

const pending = (listed: Leap | null, indicated: 1 | -1 | 0 | null, undeclared: number): News => ({
  kind: "leap_pending",
  detail: {
    leap: inWords(listed?.step ?? indicated),
    ...(listed === null ? { by: "leap_indicators" } : { at: formatUtc(utc(listed.utc_ns)), by: "leap_list" }),
    ...(undeclared > 0 ? { sources_of_unknown_timescale: undeclared } : {}),
  },
});

const disagreement = (indicated: 1 | -1 | 0 | null, listed: Leap | null): News => ({
  kind: "leap_indicator_disagrees",
  detail: { sources_say: inWords(indicated), list_says: inWords(listed?.step ?? 0) },
});

const mixture = (camps: NonNullable<ReturnType<typeof mixedTimescales>>): News => ({
  kind: "mixed_timescales",
  detail: Object.fromEntries(camps.map(({ timescale, ids }) => [timescale.toLowerCase(), ids.join(", ").slice(0, 500)])),
});

const inWords = (step: 1 | -1 | 0 | null): string => (step === 1 ? "inserted" : step === -1 ? "deleted" : "none");

/** What is new in it. */
export const leapNews = (before: LeapView, after: LeapView): News[] => {
  const known = new Set(before.map((one) => JSON.stringify(one)));
  return after.filter((one) => !known.has(JSON.stringify(one)));
};

/** How exactly a step must be a second to be the leap, and not a correction on the same day. */
const LIKENESS = BILLION / 100n;

/** The listed leap that a step of REALTIME between two readings is: back by a second inserted, ahead over one deleted. */
export const leapOfStep = (step: bigint, before: bigint, after: bigint, leaps: readonly Leap[]): Leap | null =>
  leaps.find(
    (leap) =>
      absolute(step + BigInt(leap.step) * BILLION) <= LIKENESS && leap.utc_ns >= before - BILLION && leap.utc_ns <= after + 2n * BILLION,
  ) ?? null;

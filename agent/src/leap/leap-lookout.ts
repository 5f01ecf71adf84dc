import {
  type HostBound,
  type HostReading,
  type Interval,
  type LeapCalendar,
  NO_CALENDAR,
  type RawInstant,
  sameLeaps,
  utcMinusRaw,
  utcOf,
} from "@truebound/time";
import type { BoundRow } from "../bound/bound-row.ts";
import type { SourceProbe } from "../probe/source-probe.ts";
import { type LeapView, leapNews, leapOfStep, lookForLeaps } from "./leap-watch.ts";

/** The leap list in force, and what it means for what is measured. */
export class LeapLookout {
  #calendar: LeapCalendar = NO_CALENDAR;
  #leaps: LeapView = [];

  get calendar(): LeapCalendar {
    return this.#calendar;
  }

  /** True = it lists other leaps than the one before. */
  learn(calendar: LeapCalendar): boolean {
    const before = this.#calendar;
    this.#calendar = calendar;
    return !sameLeaps(before.leaps, calendar.leaps);
  }

  /** UTC − RAW, of a bound on leap-free − RAW. */
  utcMinusRaw(reading: HostReading, bound: Interval, since: RawInstant = reading.rawBefore): Interval {
    return utcMinusRaw(bound, since, reading.rawAfter, this.#calendar.leaps);
  }

  /** The listed leap that a step of REALTIME was, or null. */
  leapOfStep(step: bigint, before: HostReading, reading: HostReading): ReturnType<typeof leapOfStep> {
    return leapOfStep(step, before.realtime, reading.realtime, this.#calendar.leaps);
  }

  /** Since the last look. Without an estimate of UTC nothing has changed. */
  news({ reading, bound }: BoundRow, probes: readonly SourceProbe[]): ReturnType<typeof leapNews> {
    const { guaranteed } = bound;
    if (guaranteed === null) return [];
    const utc = utcOf({ lo: reading.rawBefore + guaranteed.lo, hi: reading.rawAfter + guaranteed.hi }, this.#calendar.leaps);
    const sources = probes.map((probe) => ({
      id: probe.source.id,
      leap: probe.latest.packet?.leap ?? null,
      timescale: probe.timescale,
      agrees: bound.agree.includes(probe.source.id),
    }));
    const view = lookForLeaps({ utc, sources, calendar: this.#calendar });
    const news = leapNews(this.#leaps, view);
    this.#leaps = view;
    return news;
  }
}

/** True where what a bound rests on lies on both sides of a leap. */
export const hasCrossedLeap = ({ agree }: HostBound, { rawAfter }: HostReading, probes: readonly SourceProbe[]): boolean =>
  probes.some((probe) => agree.includes(probe.source.id) && probe.hasCrossedLeap(rawAfter));

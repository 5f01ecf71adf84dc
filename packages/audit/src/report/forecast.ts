import {
  areAtOdds,
  binding,
  DEFAULT_WINDOW,
  type Goal,
  isVouchedFor,
  type Measured,
  measuredOf,
  minOf,
  type Polled,
  ppb,
  prospect,
  type Situation,
  verdictOf,
  votesNeeded,
} from "@truebound/time";
import { type LeapTable, sayInstant, toAxis } from "../evidence/leap-table.ts";
import type { ForecastGoal, ManifestForecast, ManifestResult } from "../report-manifest.ts";
import type { PlacedReport } from "./last-reports.ts";

/** A forecast without the place of its result. */
export type Forecast = Omit<ManifestForecast, "result">;

/** Of a result, before or after it was derived. */
interface Foretold {
  readonly terms: Pick<ManifestResult["terms"], "limit_ns" | "app_error_ns" | "counts_unverified">;
}

const UNKNOWN: ForecastGoal = { verdict: "unknown", worst_ns: null };

/**
 * What a plan promised of the limit of a result when the report was made (docs/reports.md): by the last reports of the host, its
 * assumptions and its pace, all of which are signed evidence. It is no part of the verdict, which is of the period.
 */
export function forecastOf({ terms }: Foretold, reports: readonly PlacedReport[], leaps: LeapTable): Forecast {
  const [least, most] = terms.limit_ns.map(BigInt) as [bigint, bigint];
  const limit = minOf(-least, most) - BigInt(terms.app_error_ns);
  const measured = measuredOf(reports.map(({ report }) => report));
  const nothing = { limit_ns: limit.toString(), basis: null, live: UNKNOWN, report: UNKNOWN, binding: null };
  if (measured === null) return nothing;
  const basis = basisOf(measured, reports, leaps);
  const situation = situationOf(measured, limit, terms.counts_unverified);
  if (situation === null) return { ...nothing, basis };
  const found = prospect(situation);
  const term = binding(found);
  const goal = (name: Goal): ForecastGoal => ({
    verdict: verdictOf(situation, name),
    worst_ns: isVouchedFor(situation, name, found) ? found[name].toString() : null,
  });
  return { ...nothing, basis, live: goal("live"), report: goal("report"), binding: { term, ns: found.terms[term].toString() } };
}

function basisOf({ reports, drift, slew, faults, votes }: Measured, placed: readonly PlacedReport[], leaps: LeapTable): Forecast["basis"] {
  const say = (one: PlacedReport | undefined): string => sayInstant(toAxis(one?.at ?? 0n, leaps), leaps);
  return {
    reports,
    from: say(placed[0]),
    to: say(placed.at(-1)),
    drift_ppb: Number(drift),
    slew_ppm: Number(slew / 1000n),
    faults,
    votes: votes.length,
    votes_needed: votesNeeded(faults),
  };
}

/** As it was measured: at the pace that its reports show. Null = they do not show how often its clock was read, or the vote that counts was asked. */
function situationOf(measured: Measured, limit: bigint, countsUnverified: boolean): Situation | null {
  const { readApart, faults, trusting, slew, drift } = measured;
  const votes = atShownPace(measured.votes, { faults, trusting });
  if (readApart === null || votes === null) return null;
  return {
    ...measured,
    limit,
    slew: ppb(slew),
    drift: ppb(drift),
    slowest: { reading: readApart, poll: DEFAULT_WINDOW.age },
    pacedBy: null,
    readLate: 0n,
    votes,
    sources: votes,
    disagree: areAtOdds(measured),
    countsUnverified,
  };
}

/** Whoever's pace is not shown is the slowest; null = that would be the one by which the bound is kept. */
function atShownPace(votes: readonly Polled[], { faults, trusting }: Pick<Situation, "faults" | "trusting">): readonly Polled[] | null {
  const shown = votes.flatMap(({ apart }) => apart ?? []).sort((a, b) => (a < b ? -1 : 1));
  const counting = trusting ? votes.length : Math.min(faults + 1, votes.length);
  if (counting > shown.length) return null;
  const slowest = shown.at(-1) ?? DEFAULT_WINDOW.age;
  return votes.map((vote) => ({ ...vote, apart: vote.apart ?? slowest }));
}

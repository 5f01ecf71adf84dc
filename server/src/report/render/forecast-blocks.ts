import type { ForecastGoal, ManifestForecast, ManifestResult, ReportManifest } from "@truebound/audit";
import { type Block, type Cell, toned } from "./blocks.ts";
import { counted, duration, grouped, instant } from "./words.ts";

/** By the result that each is of; there is none of a group, of a host without an agent, nor in a report of an earlier release. */
export const forecastsOf = ({ results, forecasts = [] }: ReportManifest): ReadonlyMap<ManifestResult | undefined, ManifestForecast> =>
  new Map(forecasts.map((one) => [results[one.result], one]));

/** Beside the verdict, and said to be no part of it. */
export const forecastBlocks = (forecast: ManifestForecast | undefined): Block[] =>
  forecast === undefined
    ? []
    : [
        { kind: "heading", text: "Forecast, no part of the verdict" },
        { kind: "text", text: forecast.basis === null ? UNHEARD : ABOUT, tone: "quiet" },
        ...(forecast.basis === null ? [] : [{ kind: "facts", facts: forecastFacts(forecast, forecast.basis) } as const]),
      ];

const ABOUT =
  "What could be proved of this limit from the end of the evidence on, by the arithmetic of truebound plan and from the last reports of the host in the period: as it was measured then, and at the pace that they show.";
const UNHEARD = "Unknown: no report of the last ten minutes of the period says what its bound was made of.";

function forecastFacts(
  { limit_ns, live, report, binding }: ManifestForecast,
  { reports, from, to, drift_ppb, slew_ppm, faults, votes, votes_needed }: NonNullable<ManifestForecast["basis"]>,
): readonly (readonly [string, Cell])[] {
  return [
    ["Live, at every instant as it passes", goalCell(live)],
    ["In a report, seen from both sides", goalCell(report)],
    ["Greatest term of the live bound", binding === null ? "unknown" : `${binding.term}, ${duration(binding.ns)}`],
    ["One clock may take", duration(limit_ns)],
    ["Rests on", `${counted(reports, "report")}, ${instant(from)} to ${instant(to)} UTC`],
    ["Assumed", `drift ${grouped(drift_ppb)} ppb, slew ${grouped(slew_ppm)} ppm, F = ${grouped(faults)}`],
    ["Votes, and how many it takes", `${grouped(votes)} of ${grouped(votes_needed)}`],
  ];
}

export const FORECAST_WORDS: Readonly<Record<ForecastGoal["verdict"], string>> = {
  yes: "can be proved",
  no: "cannot be proved",
  out_of_reach: "not over this network",
  unknown: "unknown",
};

function goalCell({ verdict, worst_ns }: ForecastGoal): Cell {
  const words = worst_ns === null ? FORECAST_WORDS[verdict] : `${FORECAST_WORDS[verdict]}: up to ${duration(worst_ns)}`;
  return verdict === "yes" ? words : toned("quiet", words);
}

import type { ReportManifest } from "@truebound/audit";
import type { LaidOutReport } from "./blocks.ts";
import { closingPart } from "./closing-part.ts";
import { forecastsOf } from "./forecast-blocks.ts";
import { frontPart } from "./front-part.ts";
import { noticesOf } from "./notices.ts";
import { resultPart } from "./result-part.ts";
import { summaryPart } from "./summary-part.ts";
import { instantUtc } from "./words.ts";
import { worstFirst } from "./worst-first.ts";

/** A manifest in words and figures, in the order in which it is read. Nothing is computed: figures are formatted, counted and put in order. */
export function layOut(manifest: ReportManifest, sha256: string): LaidOutReport {
  const { id, period, created_at, results } = manifest;
  const forecasts = forecastsOf(manifest);
  return {
    id,
    sha256,
    period: `${instantUtc(period.from)} to ${instantUtc(period.to)}`,
    createdAt: created_at,
    notices: noticesOf(manifest),
    parts: [
      frontPart(manifest),
      ...(results.length === 0 ? [] : [summaryPart(manifest)]),
      ...worstFirst(results).map((result, index) => resultPart(result, manifest, index + 1, forecasts.get(result))),
      closingPart(manifest),
    ],
  };
}

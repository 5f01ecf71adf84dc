import type { ReportedBatch } from "../life.ts";
import { rowsOf } from "./bounds-hold.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "unknown is said";

/** Nothing bounds a clock of which no source has said anything: not in this life of the agent, and not since the ruler was disrupted. */
export const unknownIsSaid: Check = (run) => said(CHECK, run.records.reported.flatMap((report) => unsupported(report)).slice(0, MOST_SAID));

function unsupported(report: ReportedBatch): string[] {
  return rowsOf(report).flatMap(({ at, status, offset }) => {
    if (offset === null)
      return status === "proven" || status === "holdover" ? [`${report.host}: ${status} at ${seconds(at)}, and no bound`] : [];
    if (status === "unknown" || status === "disrupted") return [`${report.host}: ${status} at ${seconds(at)}, and a bound`];
    const heard = report.answers.findLast((one) => one <= at);
    if (heard === undefined) return [`${report.host}: ${status} at ${seconds(at)}, before any source had answered in life ${report.life}`];
    return report.machine.sleptWithin(heard, at)
      ? [`${report.host}: ${status} at ${seconds(at)}, and no source has answered since it slept`]
      : [];
  });
}

const seconds = (at: bigint): string => `${(Number(at) / 1e9).toFixed(3)} s`;

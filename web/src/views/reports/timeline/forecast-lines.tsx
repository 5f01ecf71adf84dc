import { atMost } from "@truebound/time";
import type { JSX } from "preact";
import { exactNs } from "../../../format/bound.ts";
import { Exact, Instant } from "../../parts/exact.tsx";
import type { Forecast, ForecastGoal } from "../manifest.ts";

/** What could be proved of a limit from the end of the evidence on: beside the verdict, and no part of it. */
export const ForecastLines = ({ forecast: { basis, live, report, binding } }: { readonly forecast: Forecast }): JSX.Element => (
  <>
    <h4>Forecast, no part of the verdict</h4>
    {basis === null ? (
      <p class="muted">Unknown: no report of the last ten minutes of the period says what its bound was made of.</p>
    ) : (
      <>
        <ul class="lane-findings">
          <li>
            <strong>Live:</strong> <Goal goal={live} />
          </li>
          <li>
            <strong>In a report:</strong> <Goal goal={report} />
          </li>
          {binding !== null && (
            <li>
              <strong>Greatest term:</strong> {binding.term}, <Span ns={binding.ns} />
            </li>
          )}
        </ul>
        <p class="muted">
          As it was measured in its last {basis.reports} reports, up to <Instant at={basis.to} />, by the arithmetic of Audit › Plan. It
          says what could be proved from then on, not what was.
        </p>
      </>
    )}
  </>
);

const WORDS: Readonly<Record<string, string>> = {
  yes: "can be proved",
  no: "cannot be proved",
  out_of_reach: "not over this network",
};

const Goal = ({ goal: { verdict, worst_ns } }: { readonly goal: ForecastGoal }): JSX.Element => (
  <>
    {WORDS[verdict] ?? "unknown"}
    {worst_ns !== null && (
      <>
        : up to <Span ns={worst_ns} />
      </>
    )}
  </>
);

const Span = ({ ns }: { readonly ns: string }): JSX.Element => <Exact text={atMost(BigInt(ns))} exact={exactNs(ns).replace("+", "")} />;

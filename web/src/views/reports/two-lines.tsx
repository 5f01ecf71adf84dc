import type { ComponentChildren, JSX } from "preact";
import { exactNs, worstErrorText } from "../../format/bound.ts";
import { Exact } from "../parts/exact.tsx";
import { groupedText, percentText, type ReportSummary } from "./summary.ts";

/** What is proved and what was sampled: side by side, never one. */
export const TwoLines = ({ summary }: { readonly summary: ReportSummary }): JSX.Element => (
  <section class="report-lines" aria-label="What is proved, and what was sampled">
    <Proved shares={summary.totals.shares} />
    <Sampled summary={summary} />
  </section>
);

function Proved({ shares }: { readonly shares: ReportSummary["totals"]["shares"] }): JSX.Element {
  const range = shares.compliance_ppm_range;
  return (
    <div class="report-line">
      <h2>Proved: true compliance lies in</h2>
      <p class="report-figure">{range === null ? "no time is audited" : `[${range.map(percentText).join(", ")}]`}</p>
      <p>
        proved inside {percentText(shares.proven_ppm)}, proved outside {percentText(shares.violation_ppm)}, with any evidence{" "}
        {percentText(shares.coverage_ppm)}
      </p>
      <p class="muted">Holds at every instant, under the assumptions that the report lists.</p>
    </div>
  );
}

const Sampled = ({
  summary: { totals, greatest_divergence_ns, longest_interval_ns },
}: {
  readonly summary: ReportSummary;
}): JSX.Element => (
  <div class="report-line report-line-sampled">
    <h2>Sampled</h2>
    <p class="report-figure">
      {totals.sampled.samples === 0
        ? "no sample was taken"
        : `${groupedText(totals.sampled.inside)} of ${groupedText(totals.sampled.samples)} samples inside`}
    </p>
    <p>
      greatest divergence <Figure ns={greatest_divergence_ns} />, longest time between two samples <Figure ns={longest_interval_ns} />
    </p>
    <p class="muted">Says nothing of the time between samples.</p>
  </div>
);

const Figure = ({ ns }: { readonly ns: string | null }): ComponentChildren =>
  ns === null ? "none" : <Exact text={worstErrorText(ns)} exact={exactNs(ns)} />;

import type { ComponentChildren, JSX } from "preact";
import { exactNs, worstErrorText } from "../../format/bound.ts";
import { Exact } from "../parts/exact.tsx";
import type { Sampled as SampledFigures, Shares } from "./manifest.ts";
import { groupedText, percentText } from "./summary.ts";

interface TwoLinesProps {
  readonly shares: Shares;
  /** Null = of pairs, of which there are no samples. */
  readonly sampled: SampledFigures | null;
  /** Of which they are told. */
  readonly of: string;
  readonly level?: "h2" | "h4";
}

/** What is proved and what was sampled: side by side, never one. */
export const TwoLines = ({ shares, sampled, of, level = "h2" }: TwoLinesProps): JSX.Element => (
  <section class="report-lines" aria-label={`What is proved, and what was sampled, ${of}`}>
    <Proved shares={shares} Title={level} />
    {sampled === null ? <NotOfPairs Title={level} /> : <Sampled sampled={sampled} Title={level} />}
  </section>
);

type Titled = { readonly Title: "h2" | "h4" };

function Proved({ shares, Title }: Pick<TwoLinesProps, "shares"> & Titled): JSX.Element {
  const range = shares.compliance_ppm_range;
  return (
    <div class="report-line">
      <Title>Proved: true compliance lies in</Title>
      <p class="report-figure">{range === null ? "no time is audited" : `[${range.map(percentText).join(", ")}]`}</p>
      <p>
        proved inside {percentText(shares.proven_ppm)}, proved outside {percentText(shares.violation_ppm)}, with any evidence{" "}
        {percentText(shares.coverage_ppm)}
      </p>
      <p class="muted">Holds at every instant, under the assumptions that the report lists.</p>
    </div>
  );
}

const Sampled = ({ sampled, Title }: { readonly sampled: SampledFigures } & Titled): JSX.Element => (
  <div class="report-line report-line-sampled">
    <Title>Sampled</Title>
    <p class="report-figure">
      {sampled.samples === 0 ? "no sample was taken" : `${groupedText(sampled.inside)} of ${groupedText(sampled.samples)} samples inside`}
    </p>
    <p>
      greatest divergence <Figure ns={sampled.greatest_divergence_ns} />, longest time between two samples{" "}
      <Figure ns={sampled.longest_interval_ns} />
    </p>
    <p class="muted">Says nothing of the time between samples.</p>
  </div>
);

const NotOfPairs = ({ Title }: Titled): JSX.Element => (
  <div class="report-line report-line-sampled">
    <Title>Sampled</Title>
    <p class="report-figure">not of pairs</p>
    <p class="muted">
      A sample is of one clock. Two clocks are hardly ever sampled at the same instant, and between two instants each of them drifts, so the
      difference of two samples is no sample of their difference. What is known of it at every instant is proved beside.
    </p>
  </div>
);

const Figure = ({ ns }: { readonly ns: string | null }): ComponentChildren =>
  ns === null ? "none" : <Exact text={worstErrorText(ns)} exact={exactNs(ns)} />;

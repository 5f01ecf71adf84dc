import type { ManifestResult, ReportManifest } from "@truebound/audit";
import type { Block, Line } from "./blocks.ts";
import { counted, grouped, orNone, percent } from "./words.ts";

type Shares = ManifestResult["shares"];
type Lines = Extract<Block, { readonly kind: "lines" }>;

/** What is proved and what was sampled stand side by side, and no figure of one is ever mixed with the other. */
export function linesOf({ shares, sampled, group }: ManifestResult): Lines {
  if (group !== undefined) return { kind: "lines", proved: proved(shares), sampled: NOT_OF_PAIRS };
  return {
    kind: "lines",
    proved: proved(shares),
    sampled: {
      title: "Sampled",
      figure: insideOf(sampled),
      words: [
        `greatest divergence ${orNone(sampled.greatest_divergence_ns)}`,
        `longest time between two samples ${orNone(sampled.longest_interval_ns)}`,
        "Says nothing of the time between samples.",
      ],
    },
  };
}

const NOT_OF_PAIRS: Line = {
  title: "Sampled",
  figure: "not of pairs",
  words: [
    "A sample is of one clock. Two clocks are hardly ever sampled at the same instant, and between two instants each of them drifts, so the difference of two samples is no sample of their difference.",
    "What is known of the difference at every instant is proved beside.",
  ],
};

export function fleetLines({ totals, results }: ReportManifest): Lines {
  if (results.length > 0 && results.every(({ group }) => group !== undefined))
    return { kind: "lines", proved: proved(totals.shares), sampled: NOT_OF_PAIRS };
  return {
    kind: "lines",
    proved: proved(totals.shares),
    sampled: {
      title: "Sampled",
      figure: insideOf(totals.sampled),
      words: [
        `greatest divergence of any ${orNone(greatest(results.map(({ sampled }) => sampled.greatest_divergence_ns)))}`,
        `longest time between two samples of any ${orNone(greatest(results.map(({ sampled }) => sampled.longest_interval_ns)))}`,
        "Says nothing of the time between samples.",
        ...(results.some(({ group }) => group !== undefined) ? ["Of single clocks alone: pairs are not sampled."] : []),
      ],
    },
  };
}

function proved({ coverage_ppm, proven_ppm, violation_ppm, compliance_ppm_range }: Shares): Lines["proved"] {
  const title = "Proved: true compliance lies in";
  if (compliance_ppm_range === null) return { title, figure: "no time is audited", words: ["Nothing is proved, and nothing is missed."] };
  return {
    title,
    figure: `[${compliance_ppm_range.map(percent).join(", ")}]`,
    words: [
      `proved inside ${percent(proven_ppm)} of audited time`,
      `proved outside ${percent(violation_ppm)}`,
      `with any evidence ${percent(coverage_ppm)}. Holds at every instant, under the assumptions listed.`,
    ],
  };
}

const insideOf = ({ samples, inside }: { readonly samples: number; readonly inside: number }): string =>
  samples === 0 ? "no sample was taken" : `${grouped(inside)} of ${counted(samples, "sample")} inside`;

function greatest(figures: readonly (string | null)[]): string | null {
  const known = figures.filter((one) => one !== null);
  return known.reduce<string | null>((so, next) => (so === null || BigInt(next) > BigInt(so) ? next : so), null);
}

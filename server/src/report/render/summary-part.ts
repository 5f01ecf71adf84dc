import type { ManifestResult, ReportManifest } from "@truebound/audit";
import { isAudited } from "./audited-breaches.ts";
import { type Cell, type Column, type Part, table, toned } from "./blocks.ts";
import { counted, duration, grouped, percent, VERDICTS } from "./words.ts";
import { worstFirst } from "./worst-first.ts";

const COLUMNS: readonly Column[] = [
  { title: "Host or group", width: 0.15 },
  { title: "Profile", width: 0.125 },
  { title: "Verdict", width: 0.11 },
  { title: "Compliant from", width: 0.095, align: "right" },
  { title: "to", width: 0.095, align: "right" },
  { title: "Coverage", width: 0.095, align: "right" },
  { title: "Proved outside", width: 0.14, align: "right" },
  { title: "Samples inside", width: 0.11, align: "right" },
  { title: "Breaches", width: 0.08, align: "right" },
];

/** Every host × profile, and every group, in one line, the worst first. */
export function summaryPart({ results, totals }: ReportManifest): Part {
  return {
    title: "All results, worst first",
    anchor: "results",
    isNewPage: true,
    blocks: [
      {
        kind: "text",
        text: `${counted(totals.results, "result")} of ${counted(totals.hosts, "clock")}. Over all together: audited ${duration(totals.audited_ns)}, proved inside ${duration(totals.compliant_ns)}, proved outside ${duration(totals.violation_ns)}, not provable ${duration(totals.unproven_ns)}, no evidence ${duration(totals.no_evidence_ns)}. Sums of time, never means of shares.`,
      },
      table(COLUMNS, worstFirst(results).map(row)),
    ],
  };
}

const row = (result: ManifestResult): Cell[] => cells(result, result.episodes.filter((one) => isAudited(one, result)).length);

const cells = ({ name, profile, verdict, shares, totals, sampled, group }: ManifestResult, breaches: number): Cell[] => [
  name,
  profile,
  toned(VERDICTS[verdict].tone, VERDICTS[verdict].word),
  percent(shares.compliance_ppm_range?.[0] ?? null),
  percent(shares.compliance_ppm_range?.[1] ?? null),
  percent(shares.coverage_ppm),
  duration(totals.violation_ns),
  group === undefined ? `${grouped(sampled.inside)} of ${grouped(sampled.samples)}` : "not of pairs",
  grouped(breaches),
];

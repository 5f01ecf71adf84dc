import type { DeclaredExemption, ManifestForecast, ManifestResult, ReportManifest } from "@truebound/audit";
import { withdrawn } from "./answers.ts";
import { isAudited, isLate } from "./audited-breaches.ts";
import { bandOf } from "./band.ts";
import { type Block, type Cell, type Column, type Part, table, toned } from "./blocks.ts";
import { forecastBlocks } from "./forecast-blocks.ts";
import { sentence } from "./front-part.ts";
import { groupBlocks } from "./group-blocks.ts";
import { linesOf } from "./two-lines.ts";
import { counted, duration, grouped, instant, limit, meansOf, orNone, percent, range, VERDICTS, yesNo } from "./words.ts";

const whoOf = ({ host, group }: ManifestResult): string =>
  group === undefined
    ? (host ?? "listed in the inventory, without an agent")
    : `${counted(group.pairs, "pair")} of ${counted(group.members.length, "host")}`;

/** One host, or all pairs of a group, against one profile. */
export function resultPart(
  result: ManifestResult,
  { period }: Pick<ReportManifest, "period">,
  number: number,
  forecast: ManifestForecast | undefined,
): Part {
  const { name, profile, scope, verdict, service, activity, group } = result;
  const { word, tone } = VERDICTS[verdict];
  const about = [whoOf(result), `scope ${scope}`, service, activity].filter((one) => one !== null);
  return {
    title: `${name} · ${profile}`,
    anchor: `result-${number}`,
    isNewPage: true,
    blocks: [
      { kind: "text", tone: "quiet", text: about.join(" · ") },
      { kind: "verdict", text: word, detail: sentence(meansOf(verdict, group !== undefined)), tone },
      bandOf(result, period),
      { kind: "legend" },
      linesOf(result),
      ...(group === undefined ? [] : groupBlocks(group)),
      ...breaches(result),
      { kind: "heading", text: "Time" },
      { kind: "facts", facts: timeFacts(result) },
      { kind: "heading", text: "Evidence" },
      { kind: "facts", facts: evidenceFacts(result) },
      { kind: "heading", text: "Held against" },
      { kind: "facts", facts: termFacts(result) },
      ...findings(result),
      ...forecastBlocks(forecast),
      ...lists(result),
    ],
  };
}

type Facts = readonly (readonly [string, Cell])[];

function timeFacts({ totals, shares }: ManifestResult): Facts {
  return [
    ["In scope", duration(totals.in_scope_ns)],
    ["Exempt", duration(totals.exempt_ns)],
    ["Audited", duration(totals.audited_ns)],
    ["Proved inside", duration(totals.compliant_ns)],
    ["Proved outside", duration(totals.violation_ns)],
    ["Not provable", duration(totals.unproven_ns)],
    ["Of it contradictory", duration(totals.conflict_ns)],
    ["No evidence", duration(totals.no_evidence_ns)],
    ["Proved inside, share", percent(shares.proven_ppm)],
    ["Coverage", percent(shares.coverage_ppm)],
    ["Proved outside, share", percent(shares.violation_ppm)],
    ["True compliance lies in", range(shares.compliance_ppm_range)],
  ];
}

function evidenceFacts({
  group,
  sampled,
  statistics: { spans, dropped, max_gap_ns, worst_bound_ns, bound_ns, unproven_by_ns },
  counts,
}: ManifestResult): Facts {
  const by = unproven_by_ns;
  return [
    ...(group === undefined ? ([["Samples", grouped(sampled.samples)]] as const) : []),
    ["Pieces of evidence", grouped(spans)],
    ["Longest gap in evidence", orNone(max_gap_ns)],
    [group === undefined ? "Worst bound" : "Never further apart than", orNone(worst_bound_ns)],
    [`${boundName(group)}, p50 by time`, orNone(bound_ns?.p50 ?? null)],
    [`${boundName(group)}, p99 by time`, orNone(bound_ns?.p99 ?? null)],
    [`${boundName(group)}, p99.9 by time`, orNone(bound_ns?.p999 ?? null)],
    ["Leap events", grouped(counts.leap_events)],
    ["Source changes", grouped(counts.source_changes)],
    ["Conflicts", grouped(counts.conflicts)],
    ["Steps of the clock", grouped(counts.steps)],
    ["Not provable: wide", duration(by.wide)],
    ["Not provable: drift", duration(by.drift)],
    ["Not provable: conflict", duration(by.conflict)],
    ["Not provable: leap", duration(by.leap)],
    ["Dropped: no chain", grouped(dropped.untraceable)],
    ["Dropped: in a cut", grouped(dropped.in_cut)],
    ["Dropped: contradictory", grouped(dropped.contradictory)],
    ["Dropped: rehearsed", grouped(dropped.rehearsed)],
  ];
}

const boundName = (group: ManifestResult["group"]): string => (group === undefined ? "Bound" : "Apart at most");

function termFacts({ terms, stamp_point, documents, group }: ManifestResult): Facts {
  const minimum = terms.minimum_proven_ppm;
  return [
    [group === undefined ? "Limit on divergence" : "Limit on the difference", limit(terms.limit_ns)],
    [group === undefined ? "Application error" : "Application error, of either", duration(terms.app_error_ns)],
    ["Horizon of evidence", duration(terms.horizon_ns)],
    ["Drift allowed for", `${grouped(terms.drift_ppb)} ppb`],
    ["Unverified bounds count", yesNo(terms.counts_unverified)],
    ...(group === undefined ? ([["Chain is required", yesNo(terms.requires_traceability)]] as const) : []),
    ["Policy asks for", minimum === null ? "nothing written" : percent(minimum)],
    ["Stamp point", stamp_point ?? toned("doubt", "To do: not declared")],
    ...(group === undefined
      ? ([["Chain documents", documents.length > 0 ? documents.join(", ") : toned("doubt", "To do: none")]] as const)
      : []),
  ];
}

const findings = ({ findings: found }: ManifestResult): Block[] =>
  found.length === 0
    ? []
    : [
        { kind: "heading", text: "Findings beside the verdict" },
        { kind: "list", items: found.map(({ kind, words }) => `${kind.replaceAll("_", " ")}: ${words}`) },
      ];

/** All are in the manifest; on paper there is an end to it. */
const MOST_ROWS = 200;
const INSTANTS: readonly Column[] = [
  { title: "From, UTC", width: 0.27 },
  { title: "To, UTC", width: 0.27 },
];

function listed(title: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Block[] {
  if (rows.length === 0) return [];
  const rest = rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${grouped(rows.length)}; all are in manifest.json.` : null;
  return [
    { kind: "heading", text: title },
    table(columns, rows.slice(0, MOST_ROWS)),
    ...(rest === null ? [] : [{ kind: "text", text: rest, tone: "quiet" } as const]),
  ];
}

const breaches = (result: ManifestResult): Block[] =>
  listed(
    counted(result.episodes.length, "breach", "breaches"),
    [...INSTANTS, { title: "Certainly by", width: 0.16, align: "right" }, { title: "Cause, ticket, told to (by hand)", width: 0.3 }],
    result.episodes.map((one) => {
      const peak = duration(one.peak_proven_ns);
      const told = isAudited(one, result) ? [toned("bad", peak), ""] : [peak, toned("quiet", "Not in audited time")];
      return [instant(one.from), instant(one.to), ...told];
    }),
  );

const lists = ({ gaps, spans, exemptions, cuts }: ManifestResult): Block[] => [
  ...listed(
    "Longest stretches without evidence",
    INSTANTS,
    gaps.map(([from, to]) => [instant(from), instant(to)]),
  ),
  ...listed(
    "Where evidence contradicts itself",
    INSTANTS,
    spans.filter(([, , verdict]) => verdict === "CONFLICT").map(([from, to]) => [instant(from), instant(to)]),
  ),
  ...listed("Exemptions", EXEMPTED, exemptions.map(exempted)),
  ...listed(
    "Cuts: where the clock may have been set",
    [...INSTANTS, { title: "Reason", width: 0.46 }],
    cuts.map(([from, to, reason]) => [instant(from), instant(to), reason.replaceAll("_", " ")]),
  ),
];

const EXEMPTED: readonly Column[] = [
  { title: "From, UTC", width: 0.19 },
  { title: "To, UTC", width: 0.19 },
  { title: "Why", width: 0.26 },
  { title: "Who", width: 0.13 },
  { title: "Declared, UTC", width: 0.23 },
];

const exempted = (one: DeclaredExemption): Cell[] => [
  instant(one.from),
  instant(one.to),
  `${one.reason}${withdrawn(one)}`,
  one.declared_by,
  isLate(one) ? toned("doubt", `${instant(one.declared_at)} (late: hides no breach)`) : instant(one.declared_at),
];

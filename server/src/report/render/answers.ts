import {
  type AuditScope,
  type DeclaredExemption,
  exemptTime,
  type ManifestDocument,
  type ManifestResult,
  type ManifestStampTest,
  type ReportManifest,
} from "@truebound/audit";
import { isAudited, isLate } from "./audited-breaches.ts";
import { type Answer, type Cell, toned } from "./blocks.ts";
import { withoutChain } from "./notices.ts";
import { limitsOf, profileOf } from "./profile-facts.ts";
import { counted, duration, grouped, instant, instantUtc, limit, some } from "./words.ts";
import { worstFirst } from "./worst-first.ts";

/** What an auditor asks first. Each answer names what is missing: a to-do is an answer too. */
export function answersOf(manifest: ReportManifest): Answer[] {
  return [
    { question: "Which clocks are in scope, and is none missing?", lines: scopeLines(manifest) },
    { question: "Which rule, which limit, which version?", lines: ruleLines(manifest) },
    { question: "Chain from host to UTC(k)?", lines: chainLines(manifest) },
    { question: "Where is the stamp applied?", lines: stampLines(manifest) },
    { question: "Every breach: start, end, size?", lines: breachLines(manifest) },
    { question: "Every gap and exemption: who, when, why?", lines: [...gapLines(manifest), ...exemptionLines(manifest)] },
    { question: "Was anything altered or back-dated?", lines: sealLines(manifest) },
    { question: "Can I run it again without you?", lines: rerunLines(manifest) },
  ];
}

const MOST = 3;
const todo = (text: string): Cell => toned("doubt", `To do: ${text}`);
const more = (all: readonly unknown[], what: string, many?: string): string[] =>
  all.length > MOST ? [`${counted(all.length, what, many)} in all; the rest stands further on.`] : [];

function scopeLines({ totals, inventory, hosts, scopes, results, chosen_hosts: chosen }: ReportManifest): Cell[] {
  const lost = hosts.filter(({ chains }) => chains.some((chain) => chain.lost.length > 0));
  const scoped = `${counted(totals.hosts, "clock")}, ${counted(totals.results, "result")} (${kindsOf(results, chosen !== undefined)}), by ${some(
    [...new Set(scopes.map(({ name }) => name))].map((name) => `scope ${name}`),
    MOST,
  )}.`;
  return [
    totals.results === 0 ? toned("doubt", "No clock is in scope.") : scoped,
    ...inventoryLines(inventory),
    ...(lost.length > 0
      ? [
          toned(
            "doubt",
            `Lost evidence: reports of ${some(
              lost.map(({ name }) => name),
              MOST,
            )} are missing from their chains.`,
          ),
        ]
      : []),
  ];
}

const kindsOf = (results: ReportManifest["results"], isOfNamed: boolean): string =>
  [
    ...(results.some(({ group }) => group === undefined) ? ["host × profile"] : []),
    ...(results.some(({ group }) => group !== undefined)
      ? [isOfNamed ? "pairs of the named hosts of a scope × profile" : "all pairs of a scope × profile"]
      : []),
  ].join(", ");

function inventoryLines(inventory: ReportManifest["inventory"]): Cell[] {
  if (inventory === null) return [todo("no inventory was imported, so nothing outside this installation shows that no clock is missing.")];
  const { listed, source, kind, imported_at, missing, unlisted, outside = [] } = inventory;
  return [
    `Held against an inventory of ${counted(listed, "host")}: ${source} (${kind}), imported ${instantUtc(imported_at)}.`,
    ...(missing.length === 0 ? [] : [toned("bad", `Listed, without an agent: ${some(missing, MOST)}.`)]),
    ...(outside.length === 0 ? [] : [toned("bad", `Listed, and not in this report: ${some(outside, MOST)}.`)]),
    ...(missing.length + outside.length === 0 ? ["None that is listed is missing."] : []),
    ...(unlisted.length === 0 ? [] : [toned("doubt", `In scope, not listed: ${some(unlisted, MOST)}.`)]),
  ];
}

function ruleLines({ profiles }: ReportManifest): Cell[] {
  if (profiles.length === 0) return ["No profile is in this report."];
  return [
    ...profiles.slice(0, MOST).map((one) => {
      const profile = profileOf(one);
      const until = profile.valid_to === null ? "" : ` to ${profile.valid_to}`;
      return `${profile.id}: ${limit(limitsOf(profile))}. ${profile.source.text}. In force ${sinceWhen(profile.valid_from)}${until}. SHA-256 of its text ${one.sha256.slice(0, 16)}…`;
    }),
    ...more(profiles, "profile"),
  ];
}

/** What 1970 stands for in a profile. */
const sinceWhen = (day: string): string => (day === "1970-01-01" ? "since a day that nobody names" : `from ${day}`);

function chainLines({ chain_documents, results }: ReportManifest): Cell[] {
  if (chain_documents.length === 0 && results.length === 0) return ["No clock is in scope."];
  if (results.every(({ group }) => group !== undefined))
    return ["Not asked: what is limited is the difference of two clocks, whatever both are off UTC."];
  const demanded = withoutChain({ results });
  const without = results.filter((one) => one.host !== null && one.documents.length === 0 && !demanded.includes(one));
  return [
    ...(demanded.length === 0 ? [] : [toned("bad", droppedWords(demanded))]),
    ...chain_documents.slice(0, MOST).map(sayDocument),
    ...more(chain_documents, "document"),
    ...(without.length === 0
      ? []
      : [
          todo(
            `no chain document is filed for ${counted(without.length, "result")}: ${some(
              [...new Set(without.map(({ name }) => name))],
              MOST,
            )}.`,
          ),
        ]),
  ];
}

/** Dropped and never measured are told apart: both end as no evidence. */
function droppedWords(demanded: readonly ManifestResult[]): string {
  const dropped = demanded.filter(({ statistics }) => statistics.dropped.untraceable > 0).length;
  return `Evidence does not count for ${counted(demanded.length, "result")}, since the profile demands a chain to UTC, and no document is about a source that agreed there with a proven bound: ${some(
    [...new Set(demanded.map(({ name }) => name))],
    MOST,
  )}. There was evidence for ${grouped(dropped)} of them.`;
}

const sayDocument = ({ title, kind, sha256, hosts, reviewed_at }: ManifestDocument): string =>
  `${title} (${kind}), for ${counted(hosts, "host")}, ${reviewed_at === null ? "not reviewed yet" : `reviewed ${instantUtc(reviewed_at)}`}, ${sha256.slice(0, 16)}…`;

const errorOf = ({ app_error_ns, app_error_from: id }: AuditScope, tests: readonly ManifestStampTest[]): string => {
  const test = tests.find((one) => one.id === id);
  return `Application error ${duration(app_error_ns)}${test === undefined ? "" : `, measured: ${test.title}, from ${test.valid_from}${test.valid_to === null ? "" : ` to ${test.valid_to}`}, ${test.sha256.slice(0, 16)}…`}.`;
};

function stampLines({ scopes, stamp_tests = [] }: ReportManifest): Cell[] {
  if (scopes.length === 0) return ["No scope is in this report."];
  const told = (scope: AuditScope) =>
    scope.stamp_point === null
      ? `scope ${scope.name} does not say where. ${errorOf(scope, stamp_tests)}`
      : `${scope.name}: ${scope.stamp_point}. ${errorOf(scope, stamp_tests)}`;
  const lines = [...new Map(scopes.map((scope) => [told(scope), scope.stamp_point === null ? todo(told(scope)) : told(scope)])).values()];
  const forms = scopes.length > new Set(scopes.map(({ name }) => name)).size;
  return [
    ...lines.slice(0, MOST),
    ...more(lines, "scope"),
    ...(forms
      ? [toned("doubt", "A scope changed within the period: each form of it is judged for the time in which it was in force.")]
      : []),
  ];
}

function breachLines({ results }: ReportManifest): Cell[] {
  const all = worstFirst(results).flatMap((result) =>
    result.episodes.map((episode) => ({ ...episode, name: result.name, profile: result.profile, counts: isAudited(episode, result) })),
  );
  if (all.length === 0) return ["None is proved."];
  const [audited, outside] = [all.filter(({ counts }) => counts), all.filter(({ counts }) => !counts)];
  const pairs = results.flatMap(({ group }) => group?.outside ?? []);
  return [
    ...(audited.length === 0 ? ["None is proved in audited time."] : audited.slice(0, MOST).map((one) => toned("bad", sayBreach(one)))),
    ...more(audited, "breach", "breaches"),
    ...outside
      .slice(0, 1)
      .map(
        (one) =>
          `While a scope was not in force, outside of its hours, or exempt in time, so in no verdict: ${counted(outside.length, "breach", "breaches")}, such as ${sayBreach(one)}`,
      ),
    ...pairs.slice(0, MOST).map(({ a, b, violation_ns }) => `Of them ${a.name} and ${b.name} for ${duration(violation_ns)}.`),
  ];
}

const sayBreach = ({
  name,
  profile,
  from,
  to,
  peak_proven_ns,
}: ManifestResult["episodes"][number] & { name: string; profile: string }): string =>
  `${name}, ${profile}: ${instant(from)} to ${instantUtc(to)}, certainly by ${duration(peak_proven_ns)}.`;

function gapLines({ results, totals }: ReportManifest): Cell[] {
  if (totals.audited_ns === "0") return ["No time is audited."];
  if (totals.no_evidence_ns === "0") return ["No gap: there is evidence for all audited time."];
  const [worst] = [...results].sort((a, b) => (BigInt(a.totals.no_evidence_ns) < BigInt(b.totals.no_evidence_ns) ? 1 : -1));
  const gap = worst?.gaps[0];
  const total = `No evidence for ${duration(totals.no_evidence_ns)} of ${duration(totals.audited_ns)} audited, over all results.`;
  return [
    total,
    ...(gap === undefined ? [] : [`The most: ${worst?.name}, its longest gap from ${instant(gap[0])} to ${instantUtc(gap[1])}.`]),
  ];
}

function exemptionLines({ results }: ReportManifest): Cell[] {
  const all = [...new Map(results.flatMap(({ exemptions }) => exemptions.map((one) => [one.id, one] as const))).values()];
  return [...(all.length === 0 ? ["No exemption was declared."] : all.slice(0, MOST).map(sayExemption)), ...more(all, "exemption")];
}

const sayExemption = (one: DeclaredExemption): string =>
  `Exempt ${instant(one.from)} to ${instantUtc(one.to)}: ${one.reason}. By ${one.declared_by}, ${instantUtc(one.declared_at)}${isLate(one) ? ", late: it hides no breach" : ""}${withdrawn(one)}.`;

/** What a withdrawal leaves of an exemption. */
export function withdrawn({ from, to, declared_at, withdrawn_at, withdrawn_by, withdrawn_reason }: DeclaredExemption): string {
  if (withdrawn_at === undefined) return "";
  const left = exemptTime({ from, to, declaredAt: declared_at }, withdrawn_at);
  const means = left === null ? "it exempts nothing" : `it ends ${instantUtc(left.to)} and hides no breach`;
  return `; withdrawn ${instantUtc(withdrawn_at)} by ${withdrawn_by ?? "nobody"} (${withdrawn_reason ?? "no reason"}): ${means}`;
}

function sealLines({ log: { head, anchor_period_ns }, previous, previous_left: left }: ReportManifest): Cell[] {
  return [
    `What a host reports is signed by it, chained, and a leaf of an append-only log: head ${head.shard}, ${grouped(head.size)} leaves, root ${head.root.slice(0, 16)}…`,
    anchor_period_ns === null
      ? todo(
          "heads of the log are not anchored outside; whoever holds both server and key could rewrite what no earlier report or witness has seen.",
        )
      : `Heads are anchored outside every ${duration(anchor_period_ns)}: that is the longest time that could be rewritten unseen.`,
    ...(previous === null
      ? []
      : [`Continues from report ${previous.id}, log ${previous.head.shard}, ${grouped(previous.head.size)} leaves.`]),
    ...(left === undefined
      ? []
      : [
          toned("doubt", `Nothing ties it to report ${left.id}: the log of ${left.head.shard} was left after key ${left.key_id} was lost.`),
        ]),
  ];
}

const rerunLines = ({ issuer }: ReportManifest): Cell[] => [
  `truebound report verify BUNDLE --key=${issuer.key_id}`,
  "No network, no database, no clock: it checks every signature and computes every figure again. docs/verify has a second program for it.",
];

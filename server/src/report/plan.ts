import {
  type AuditScope,
  type DeclaredExemption,
  type DeclaredResult,
  fitsLabels,
  groupName,
  limitsOf,
  membersOf,
  type Stretch,
} from "@truebound/audit";
import { formatUtc, maxOf, minOf, utc } from "@truebound/time";
import type { ChainDocument } from "../traceability/chain.ts";
import { appErrorFindings } from "./app-errors.ts";
import { declaredFindings, groupFindings } from "./findings.ts";
import type { ReportHost } from "./ports.ts";

/** A limit as it is printed in a manifest, with what a report reads of it. */
export type SaidProfile = Readonly<Record<string, unknown>>;

export const HORIZON_NS = "30000000000";

/** A scope that nobody declared: what somebody asks a report of by hand. No declared one can have its name, nor two profiles the same. */
export const scopeByHand = (profile: SaidProfile): AuditScope => ({
  name: `by-hand/${String(profile.id)}`,
  profile: String(profile.id),
  hosts: {},
  calendar: null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "0",
  horizon_ns: typeof profile.horizon_ns === "string" ? profile.horizon_ns : HORIZON_NS,
  counts_unverified: profile.counts_unverified === true,
  minimum_proven_ppm: null,
});

/** What is wrong with a profile that is to be reported on, and how to mend it; null = nothing. */
export function whyNotReported(profile: SaidProfile): string | null {
  if (limitsOf(profile) === null)
    return "it is a rule without a number; set a profile with it as template, and a limit, by truebound apply (docs/profiles.md)";
  return null;
}

export interface PlanFacts {
  /** Counts of UTC. */
  readonly period: Stretch;
  readonly profiles: ReadonlyMap<string, SaidProfile>;
  /** Profiles whose text changed within the period, and when. */
  readonly changed: ReadonlyMap<string, string>;
  readonly exemptions: readonly DeclaredExemption[];
  /** Of each calendar that a scope names. */
  readonly schedules: ReadonlyMap<string, readonly Stretch[]>;
  /** Ids of chain documents by host. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  /** All that there ever were; stamp tests among them. */
  readonly allDocuments: readonly ChainDocument[];
  /** Names of the hosts that were asked for, sorted; absent = all are. */
  readonly chosen?: readonly string[];
}

/** Its limit is on the difference of two clocks, so that a scope of it asks all pairs of its hosts. */
const isOfPairs = (profile: SaidProfile | undefined): boolean => profile?.kind === "pair";

/** A scope, and the time for which it was declared. */
export interface PlannedScope {
  readonly scope: AuditScope;
  readonly from: bigint;
  /** Null = it goes on. */
  readonly to: bigint | null;
}

/** Every host of every scope; the same host may be asked by several. */
export const planResults = (scopes: readonly PlannedScope[], hosts: readonly ReportHost[], facts: PlanFacts): DeclaredResult[] =>
  scopes
    .filter(({ scope }) => !isOfPairs(facts.profiles.get(scope.profile)))
    .flatMap((planned) => hosts.filter((host) => fitsLabels(planned.scope.hosts, host)).map((host) => planOne(planned, host, facts)));

/** Of a host that is listed and has no agent: all of its time is without evidence. */
export const planMissing = (scopes: readonly PlannedScope[], names: readonly string[], facts: PlanFacts): DeclaredResult[] =>
  scopes
    .filter(({ scope }) => !isOfPairs(facts.profiles.get(scope.profile)))
    .flatMap((planned) => names.map((name) => planOne(planned, { id: null, name }, facts)));

/** All pairs of a scope at once, those with a host that is listed and has no agent among them. */
export const planGroups = (
  scopes: readonly PlannedScope[],
  hosts: readonly ReportHost[],
  missing: readonly string[],
  facts: PlanFacts,
): DeclaredResult[] =>
  scopes
    .filter(({ scope }) => isOfPairs(facts.profiles.get(scope.profile)))
    .flatMap((planned) => {
      const members = membersOf(hosts, planned.scope.hosts, missing);
      if (members.length === 0) return [];
      const whole = planOne(planned, { id: null, name: groupName(planned.scope.name, facts.chosen) }, facts);
      const profile = facts.profiles.get(planned.scope.profile) as SaidProfile;
      const exemptions = facts.exemptions.filter((one) => one.scope === planned.scope.name);
      return [
        {
          ...whole,
          exemptions,
          findings: [...groupFindings(profile, members), ...appErrorFindings(planned, null, facts)],
          group: { members },
        },
      ];
    });

function planOne(
  planned: PlannedScope,
  { id, name, labels = null }: { readonly id: string | null; readonly name: string; readonly labels?: ReportHost["labels"] | null },
  facts: PlanFacts,
): DeclaredResult {
  const { scope } = planned;
  const profile = facts.profiles.get(scope.profile) as SaidProfile;
  const documents = (id === null ? undefined : facts.documents.get(id)) ?? [];
  return {
    host: id,
    name,
    scope: scope.name,
    profile: scope.profile,
    terms: {
      limit_ns: limitsOf(profile) as readonly [string, string],
      app_error_ns: scope.app_error_ns,
      horizon_ns: scope.horizon_ns,
      counts_unverified: scope.counts_unverified,
      requires_traceability: profile.traceability === "required",
      minimum_proven_ppm: scope.minimum_proven_ppm,
    },
    schedule: scheduleOf(planned, facts).map(({ from, to }) => [formatUtc(utc(from)), formatUtc(utc(to))]),
    exemptions: facts.exemptions.filter((one) => one.scope === scope.name && (one.host === null || one.host === id)),
    findings: [
      ...declaredFindings(profile, scope, documents, id),
      ...appErrorFindings(planned, labels, facts),
      ...changedFinding(scope.profile, facts),
    ],
    documents,
    service: scope.service,
    activity: scope.activity,
    stamp_point: scope.stamp_point,
  };
}

const changedFinding = (id: string, { changed }: PlanFacts) =>
  changed.has(id)
    ? [{ kind: "profile_changed", words: `${id} was changed at ${changed.get(id)}; held against is its text as the period began` }]
    : [];

/** When the calendar is open, as far as the scope was in force. */
const scheduleOf = ({ scope: { calendar }, from, to }: PlannedScope, { schedules, period }: PlanFacts): readonly Stretch[] =>
  (calendar === null ? [period] : (schedules.get(calendar) ?? []))
    .map((open) => ({ from: maxOf(open.from, from), to: to === null ? open.to : minOf(open.to, to) }))
    .filter((open) => open.from < open.to);

import { readInstant, readLeapTable } from "../evidence/leap-table.ts";
import { groupName } from "../report/derived-group.ts";
import { membersOf } from "../report/members.ts";
import type { ManifestResult, ReportManifest } from "../report-manifest.ts";
import { BundleFault } from "./ports.ts";
import { limitsOf } from "./profile-limits.ts";
import { same } from "./same.ts";

/** Of step 5: what results are held against is what the profile and the scope say, and nothing is counted twice. */
export function checkDeclared(manifest: ReportManifest): void {
  for (const result of manifest.results) {
    checkForm(result);
    checkProfile(manifest, result);
    checkScope(manifest, result);
    checkDocuments(manifest, result);
    checkGroup(manifest, result);
  }
  checkOnce(manifest);
  checkFinal(manifest);
}

const fault = (rule: string, { host, name }: Pick<ManifestResult, "host" | "name">, detail: string): BundleFault =>
  new BundleFault("profiles", rule, `${name}: ${detail}`, { host });

const DECLARED = ["exemptions", "findings", "documents", "service", "activity", "stamp_point", "schedule"] as const;
const TERMS = [
  "limit_ns",
  "app_error_ns",
  "horizon_ns",
  "drift_ppb",
  "counts_unverified",
  "requires_traceability",
  "minimum_proven_ppm",
] as const;

const COUNT = /^(0|[1-9]\d{0,29})$/;
const isCount = (value: unknown): boolean => typeof value === "string" && COUNT.test(value);
const isPpm = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1_000_000;

/** A negative share would let anything pass. */
function checkForm(result: ManifestResult): void {
  const missing = [...DECLARED.filter((name) => result[name] === undefined), ...TERMS.filter((name) => result.terms[name] === undefined)];
  if (missing.length > 0) throw fault("malformed", result, `it does not say ${missing.sort().join(", ")}`);
  const { counts_unverified, minimum_proven_ppm } = result.terms;
  if (typeof counts_unverified !== "boolean" || (minimum_proven_ppm !== null && !isPpm(minimum_proven_ppm)))
    throw fault("scope_terms", result, "counts_unverified is no truth value, or minimum_proven_ppm not within 0 to 1000000");
}

function checkProfile({ profiles }: ReportManifest, result: ManifestResult): void {
  const { profile: id, terms } = result;
  const profile = profiles.find((one) => one.profile.id === id)?.profile;
  const limit = profile === undefined ? null : limitsOf(profile);
  if (limit === null || limit[0] !== terms.limit_ns[0] || limit[1] !== terms.limit_ns[1])
    throw fault("profile_limit", result, `it is held against ${terms.limit_ns.join(" to ")} ns, which is not the limit of profile ${id}`);
  if (terms.requires_traceability !== (profile?.traceability === "required"))
    throw fault("profile_terms", result, `requires_traceability is not what profile ${id} says`);
}

/** A scope that changed within the period is there in each of its forms. */
function checkScope({ scopes }: ReportManifest, result: ManifestResult): void {
  const { terms } = result;
  const fits = scopes.some(
    (scope) =>
      scope.name === result.scope &&
      scope.profile === result.profile &&
      scope.app_error_ns === terms.app_error_ns &&
      scope.horizon_ns === terms.horizon_ns &&
      scope.counts_unverified === terms.counts_unverified &&
      scope.minimum_proven_ppm === terms.minimum_proven_ppm &&
      scope.service === result.service &&
      scope.activity === result.activity &&
      scope.stamp_point === result.stamp_point,
  );
  if (!fits) throw fault("scope_terms", result, `its terms are not those of scope ${result.scope}`);
}

function checkDocuments({ chain_documents }: ReportManifest, result: ManifestResult): void {
  const missing = result.documents.find((id) => !chain_documents.some((document) => document.id === id));
  if (missing !== undefined) throw fault("document", result, `it names document ${missing}, which is not among the chain documents`);
}

/** Pairs are asked of groups, and of whole ones. */
function checkGroup({ profiles, scopes, hosts, inventory, chosen_hosts }: ReportManifest, result: ManifestResult): void {
  const { profile: id, scope: name, group } = result;
  const isPair = profiles.find((one) => one.profile.id === id)?.profile.kind === "pair";
  if (isPair !== (group !== undefined)) throw fault("profile_kind", result, `profile ${id} is ${isPair ? "" : "not "}one of pairs`);
  if (group === undefined) return;
  const called = groupName(name, chosen_hosts);
  if (result.host !== null || result.name !== called) throw fault("group_name", result, `it is not called ${called}`);
  const wanted = scopes
    .filter((scope) => scope.name === name && scope.profile === id)
    .map((scope) => membersOf(hosts, scope.hosts, inventory?.missing ?? []));
  if (!wanted.some((members) => same(members, group.members)))
    throw fault("group_members", result, `its members are not the hosts of scope ${name}`);
}

const keyOf = ({ profile, scope, host, name }: ManifestResult): string => JSON.stringify([profile, scope, host, name]);

/** A host may come twice in a scope that changed, each time for another time. */
function checkOnce({ results }: ReportManifest): void {
  const seen = new Map<string, ManifestResult["schedule"]>();
  for (const result of results) {
    const before = seen.get(keyOf(result)) ?? [];
    if (result.schedule.some(([from, to]) => before.some(([a, b]) => from < b && a < to)))
      throw fault("twice", result, `the same time is counted twice in scope ${result.scope}`);
    seen.set(keyOf(result), [...before, ...result.schedule]);
  }
}

function checkFinal({ final, created_at, period, scopes, leap_table }: ReportManifest): void {
  const leaps = readLeapTable(leap_table);
  const [created, end] = leaps === null ? [null, null] : [readInstant(created_at, leaps), readInstant(period.to, leaps)];
  if (!scopes.every(({ horizon_ns }) => isCount(horizon_ns)))
    throw new BundleFault("profiles", "scope_terms", "A horizon_ns of a scope is not nanoseconds from 0 on");
  const horizon = scopes.map(({ horizon_ns }) => BigInt(horizon_ns)).reduce((a, b) => (a > b ? a : b), 0n);
  if (created === null || end === null || final !== created >= end + horizon)
    throw new BundleFault("profiles", "final", `The report says final ${final}, and was made at ${created_at}`);
}

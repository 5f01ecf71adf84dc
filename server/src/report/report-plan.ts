import {
  type DeclaredResult,
  type Inventory,
  type ManifestDocument,
  type ManifestStampTest,
  type Stretch,
  TEMPLATES,
} from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import { nearest } from "@truebound/wire";
import { sameName } from "../audit/inventory/compare.ts";
import { UnknownTimezone } from "../audit/schedule.ts";
import type { Period } from "../audit/scopes.ts";
import { namedStampTests } from "./app-errors.ts";
import {
  type PlanFacts,
  type PlannedScope,
  planGroups,
  planMissing,
  planResults,
  type SaidProfile,
  scopeByHand,
  whyNotReported,
} from "./plan.ts";
import type { AuditScopes, ReportHost } from "./ports.ts";
import type { ReportPorts } from "./report-ports.ts";
import { type ReportRequest, ReportTrouble } from "./request.ts";

export interface Plan {
  readonly hosts: readonly ReportHost[];
  readonly declared: readonly DeclaredResult[];
  readonly scopes: readonly PlannedScope[];
  readonly profiles: readonly SaidProfile[];
  readonly documents: readonly ManifestDocument[];
  readonly stampTests: readonly ManifestStampTest[];
  readonly inventory: Inventory | null;
  /** Names of the hosts that were asked for, sorted; absent = all are. */
  readonly chosen?: readonly string[];
  readonly missing: readonly string[];
  readonly period: Period;
  /** The longest of all. */
  readonly horizon: bigint;
}

export async function planned(ports: ReportPorts, request: ReportRequest, { scopes, ...known }: Declarations): Promise<Plan> {
  const { period } = known;
  const hosts = chosen(await ports.evidence.hosts(request.from, request.to), request.hosts);
  const inventory = await ports.scopes.inventory();
  const documents = new Map<string, readonly ManifestDocument[]>();
  for (const { id } of hosts) documents.set(id, await ports.scopes.documents(id, period));
  const facts: PlanFacts = {
    ...known,
    documents: new Map([...documents].map(([host, found]) => [host, found.map(({ id }) => id)])),
    allDocuments: await ports.scopes.allDocuments(),
    ...(request.hosts.length > 0 && { chosen: hosts.map(({ name }) => name).sort() }),
  };
  const names = new Set(hosts.map(({ name }) => sameName(name)));
  const missing = request.hosts.length > 0 ? [] : (inventory?.hosts ?? []).filter((name) => !names.has(sameName(name))).sort();
  const declared = [
    ...planResults(scopes, hosts, facts),
    ...planMissing(scopes, missing, facts),
    ...planGroups(scopes, hosts, missing, facts),
  ];
  if (declared.length === 0)
    throw new ReportTrouble(
      `Cannot make a report of nothing: no host that was asked for was enrolled before ${formatUtc(request.to)}; truebound host list shows all`,
    );
  const inScope = new Set(declared.flatMap((one) => (one.group?.members ?? [one]).map(({ host }) => host)));
  return {
    hosts: hosts.filter(({ id }) => inScope.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    declared,
    scopes,
    profiles: [...new Set(scopes.map(({ scope }) => scope.profile))].sort().map((id) => known.profiles.get(id) as SaidProfile),
    documents: mergedDocuments(documents),
    stampTests: namedStampTests(scopes, facts.allDocuments),
    inventory,
    ...(facts.chosen !== undefined && { chosen: facts.chosen }),
    missing,
    period,
    horizon: scopes.map(({ scope }) => BigInt(scope.horizon_ns)).reduce((a, b) => (a > b ? a : b), 0n),
  };
}

export type DeclaredPorts = Pick<ReportPorts, "book" | "profiles" | "scopes" | "changedProfiles">;

/** What is known before one is made, by what people declared: why a report of this cannot be; null = nothing there forbids it. */
export async function whyNotDeclared(ports: DeclaredPorts, request: ReportRequest): Promise<string | null> {
  try {
    await declarations(ports, request);
    return null;
  } catch (error) {
    if (error instanceof ReportTrouble) return error.message;
    throw error;
  }
}

/** What people declared for the period, of all scopes and profiles. */
export interface Declarations extends Pick<PlanFacts, "profiles" | "changed" | "exemptions" | "schedules"> {
  readonly period: Period;
  readonly scopes: readonly PlannedScope[];
}

export async function declarations(ports: DeclaredPorts, request: ReportRequest): Promise<Declarations> {
  const period = { from: request.from, to: request.to };
  requireBegun(period, await ports.book.now());
  const profiles = new Map((await ports.profiles(period)).map((profile) => [String(profile.id), profile]));
  const scopes = scopesOf(request, await ports.scopes.scopes(period), profiles);
  const [exemptions, changed] = [await ports.scopes.exemptions(period), await ports.changedProfiles(period)];
  return { period, profiles, scopes, exemptions, changed, schedules: await schedulesOf(ports.scopes, scopes, period) };
}

/** Nothing can be said of a time to come: every clock would be without evidence. */
function requireBegun({ from }: Period, now: UtcInstant): void {
  if (from >= now)
    throw new ReportTrouble(
      `Cannot make a report of a period that begins at ${formatUtc(from)}: it has not begun by the clock of the database, which shows ${formatUtc(now)}`,
    );
}

/** Declared ones of the profiles that are asked for; a profile that no scope names is held against every host. */
function scopesOf(
  { profiles, scopes = [], from, to }: ReportRequest,
  all: readonly PlannedScope[],
  known: ReadonlyMap<string, SaidProfile>,
): PlannedScope[] {
  if (scopes.length > 0 && profiles.length > 0)
    throw new ReportTrouble("Cannot report on scopes and profiles at once: each scope has its profile; name the one or the other");
  const declared = namedScopes(all, scopes);
  const asked = profiles.length > 0 ? profiles : declared.map(({ scope }) => scope.profile);
  if (asked.length === 0)
    throw new ReportTrouble(
      `Cannot make a report from ${formatUtc(from)} to ${formatUtc(to)}: no scope was in force at any time of it, and no --profile is named; truebound scope list shows since when scopes are declared, truebound profile list what --profile may name`,
    );
  return [...new Set(asked)].sort().flatMap((id) => {
    const profile = known.get(id) ?? TEMPLATES.find((template) => template.id === id);
    if (profile === undefined)
      throw new ReportTrouble(
        `Cannot report on profile ${JSON.stringify(id)}: there is none of that id; did you mean ${nearest(id, [...known.keys()])}? truebound profile list shows all`,
      );
    const why = whyNotReported(profile as SaidProfile);
    if (why !== null) throw new ReportTrouble(`Cannot report on profile ${id}: ${why}`);
    const named = declared.filter(({ scope }) => scope.profile === id);
    return named.length > 0 ? named : [{ scope: scopeByHand(profile as SaidProfile), from, to: null }];
  });
}

function namedScopes(all: readonly PlannedScope[], names: readonly string[]): readonly PlannedScope[] {
  for (const name of names)
    if (!all.some(({ scope }) => scope.name === name))
      throw new ReportTrouble(
        `Cannot report on scope ${JSON.stringify(name)}: none of that name was in force at any time of the period; truebound scope list shows them`,
      );
  return names.length === 0 ? all : all.filter(({ scope }) => names.includes(scope.name));
}

function chosen(hosts: readonly ReportHost[], wanted: readonly string[]): readonly ReportHost[] {
  if (wanted.length === 0) return hosts;
  const found = [...new Set(wanted)].flatMap((word) => {
    const byId = hosts.filter(({ id }) => id === word);
    // One that was retired and one that came after it may both have had the name.
    const fitting = byId.length > 0 ? byId : hosts.filter(({ name }) => name === word);
    if (fitting.length === 0)
      throw new ReportTrouble(
        `Cannot report on host ${JSON.stringify(word)}: none of that name was enrolled in the period; truebound host list shows them`,
      );
    return fitting;
  });
  return [...new Set(found)];
}

async function schedulesOf(ports: AuditScopes, scopes: readonly PlannedScope[], period: Period): Promise<Map<string, readonly Stretch[]>> {
  const schedules = new Map<string, readonly Stretch[]>();
  for (const {
    scope: { name, calendar },
  } of scopes) {
    if (calendar === null) continue;
    const open = await ports.schedule(calendar, period).catch((error: unknown) => untold(error, name, calendar));
    if (open === null)
      throw new ReportTrouble(
        `Cannot report on scope ${name}: there is no calendar ${JSON.stringify(calendar)}; set it with truebound apply`,
      );
    schedules.set(calendar, open);
  }
  return schedules;
}

/** A report says when a limit must hold: of hours that are not known here it cannot. */
function untold(error: unknown, scope: string, calendar: string): never {
  if (!(error instanceof UnknownTimezone)) throw error;
  throw new ReportTrouble(
    `Cannot report on scope ${scope}: calendar ${JSON.stringify(calendar)} is by timezone ${JSON.stringify(error.timezone)}, of which this machine has no rules; set it by its IANA name, such as Europe/London, with truebound apply, and ask for time after that, or make the report on a machine whose Node has that timezone`,
  );
}

function mergedDocuments(byHost: ReadonlyMap<string, readonly ManifestDocument[]>): ManifestDocument[] {
  const merged = new Map<string, ManifestDocument>();
  for (const document of [...byHost.values()].flat())
    merged.set(document.id, { ...document, hosts: (merged.get(document.id)?.hosts ?? 0) + 1 });
  return [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

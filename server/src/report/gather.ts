import {
  type ChainRuns,
  type DeclaredGroup,
  type DeclaredResult,
  type Derived,
  deriveResult,
  type Forecast,
  GroupDeriving,
  isGroup,
  type ManifestHost,
  type ManifestResult,
} from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import { derivedFindings, type Findings, logFindings } from "./findings.ts";
import type { SeenLeaves } from "./log-file.ts";
import type { SaidProfile } from "./plan.ts";
import type { HostLeaf, ReportHost, SignedHead } from "./ports.ts";
import { derivingContext, type ReadHost, type ReadingTerms, readInTurn } from "./read-host.ts";
import type { Plan } from "./report-plan.ts";
import type { ReportPorts } from "./report-ports.ts";
import { ReportTrouble, type Watching } from "./request.ts";

export interface Gathered {
  readonly hosts: ManifestHost[];
  readonly leaves: HostLeaf[];
  readonly results: ManifestResult[];
  /** Of those of a single host. */
  readonly forecasts: Map<ManifestResult, Forecast>;
  /** They are judged when all of their hosts were read. */
  readonly groups: readonly GatheredGroup[];
  isSimulated: boolean;
}

type Finding = Findings[number];

interface GatheredGroup {
  readonly declared: DeclaredGroup;
  readonly deriving: GroupDeriving;
  /** What the log leaves out of its hosts. */
  readonly beside: Finding[];
}

interface Gathering {
  readonly sealed: SignedHead;
  readonly createdAt: UtcInstant;
  readonly seen: SeenLeaves;
  readonly watching: Watching;
}

export async function gatherAll(
  ports: ReportPorts,
  plan: Plan,
  { sealed, createdAt, seen, watching }: Gathering,
  gathered: Gathered,
): Promise<void> {
  const { readHosts = readInTurn, leaps } = ports;
  const groups = gathered.groups.map(({ declared }) => declared);
  const terms: ReadingTerms = { period: plan.period, horizon: plan.horizon, profiles: plan.profiles, leaps, groups, sealed, createdAt };
  const asked = plan.hosts.map(({ id }) => ({ id, declared: declaredOf(plan, id) }));
  let done = 0;
  for await (const read of readHosts(ports, terms, asked, watching.signal)) {
    const host = plan.hosts[done++] as ReportHost;
    seen.addAll(read.seen);
    take(read, host, plan, ports, gathered);
    watching.progress(done, plan.hosts.length, host.name);
    await ports.rest();
  }
}

function take(read: ReadHost, host: ReportHost, plan: Plan, ports: ReportPorts, gathered: Gathered): void {
  gathered.leaves.push(...read.leaves);
  gathered.hosts.push(sayHost(host, read.leaves, read.chains));
  const beside = logFindings(read.stop, read.unlogged, plan.period);
  for (const [index, derived] of read.derived.entries()) {
    const result = add({ profile: derived.result.profile, derived, beside }, plan, ports, gathered);
    gathered.forecasts.set(result, read.forecasts[index] as Forecast);
  }
  for (const [index, { deriving, beside: ofGroup }] of gathered.groups.entries()) {
    const member = read.members[index] ?? null;
    if (member === null) continue;
    deriving.keep(member);
    ofGroup.push(...beside.map(({ kind, words }) => ({ kind, words: `${host.name}: ${words}` })));
  }
}

export const groupsOf = (plan: Plan, { leaps }: ReportPorts): Gathered["groups"] =>
  plan.declared
    .filter(isGroup)
    .map((declared) => ({ declared, deriving: new GroupDeriving(declared, derivingContext({ ...plan, leaps })), beside: [] }));

const declaredOf = (plan: Plan, host: string | null): readonly DeclaredResult[] =>
  plan.declared.filter((one) => one.host === host && !isGroup(one));

/** Of those that are only listed there is nothing to read. */
export function deriveMissing(plan: Plan, ports: ReportPorts, gathered: Gathered): void {
  const context = derivingContext({ ...plan, leaps: ports.leaps });
  for (const one of declaredOf(plan, null))
    add({ profile: one.profile, derived: deriveResult(one, [], context), beside: [] }, plan, ports, gathered);
}

interface FoundResult {
  readonly profile: string;
  readonly derived: Derived;
  readonly beside: readonly Finding[];
}

export function add(
  { profile: id, derived: { result, isSimulated }, beside }: FoundResult,
  plan: Plan,
  { leaps }: ReportPorts,
  gathered: Gathered,
): ManifestResult {
  gathered.isSimulated ||= isSimulated;
  const profile = plan.profiles.find((one) => one.id === id) as SaidProfile;
  const whole = { ...result, findings: [...result.findings, ...beside, ...derivedFindings(result, profile, leaps)] };
  gathered.results.push(whole);
  return whole;
}

function sayHost(host: ReportHost, leaves: readonly HostLeaf[], chains: ChainRuns["chains"]): ManifestHost {
  const enrolment = leaves.findLast(({ entry }) => entry.kind === "enrol" && entry.name === host.name);
  if (enrolment === undefined)
    throw new ReportTrouble(`Cannot report on host ${host.name}: the log has no enrolment of it; truebound log verify looks into it`);
  const keys = leaves.filter(({ entry }) => (entry.kind === "enrol" || entry.kind === "key") && typeof entry.public_key === "string");
  const byKey = new Map(keys.map((leaf) => [String(leaf.entry.public_key), leaf]));
  return {
    id: host.id,
    name: host.name,
    labels: host.labels,
    enrolled_at: formatUtc(host.enrolledAt),
    retired_at: host.retiredAt && formatUtc(host.retiredAt),
    leaf: { shard: enrolment.shard, index: enrolment.index },
    keys: [...byKey].map(([public_key, { shard, index }]) => ({ public_key, leaf: { shard, index } })),
    chains,
  };
}

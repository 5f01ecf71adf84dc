import {
  type ChainRuns,
  canonicalJson,
  type DeclaredGroup,
  type DeclaredResult,
  type Derived,
  deriveResult,
  GroupDeriving,
  type Inventory,
  inOrder,
  isGroup,
  type Json,
  keyId,
  type LeapTable,
  type ManifestDocument,
  type ManifestHost,
  type ManifestResult,
  type ManifestStampTest,
  type ReportManifest,
  renderedText,
  reportText,
  resultsText,
  type Stretch,
  sayLeapTable,
  TEMPLATES,
  totalsOf,
} from "@truebound/audit";
import { formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type KeyChange, nearest } from "@truebound/wire";
import { sameName } from "../audit/inventory/compare.ts";
import type { Period } from "../audit/scopes.ts";
import { namedStampTests } from "./app-errors.ts";
import { declaredNames, sayDeclared } from "./declared.ts";
import type { EvidenceFilePorts } from "./evidence-file.ts";
import { derivedFindings, type Findings, logFindings } from "./findings.ts";
import { SeenLeaves, writeLog } from "./log-file.ts";
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
import type {
  AuditScopes,
  BundleSink,
  DeclaredLeaf,
  HostLeaf,
  MadeReport,
  Render,
  ReportBook,
  ReportHost,
  ReportLog,
  SignedHead,
} from "./ports.ts";
import { derivingContext, type ReadHost, type ReadHosts, type ReadingTerms, readInTurn } from "./read-host.ts";
import { ASSUMPTIONS, LIMITS } from "./report-words.ts";

export interface ReportPorts extends EvidenceFilePorts {
  readonly log: ReportLog;
  readonly sink: BundleSink;
  /** One after the other, where nobody says otherwise. */
  readonly readHosts?: ReadHosts;
  readonly book: ReportBook;
  readonly scopes: AuditScopes;
  /** As they were when the period began. */
  readonly profiles: (period: Period) => Promise<readonly SaidProfile[]>;
  /** Those whose text changed within it, and when. */
  readonly changedProfiles: (period: Period) => Promise<ReadonlyMap<string, string>>;
  readonly leaps: LeapTable;
  readonly signer: { readonly publicKey: Uint8Array; readonly keyId: string; sign(text: string): Uint8Array };
  readonly render: Render;
  readonly newId: () => string;
  /** Lets other work be done, if it had to wait for long. */
  readonly rest: () => Promise<void>;
  readonly software: string;
}

/** What a report is asked of. */
export interface ReportRequest {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  /** Ids; none = those of the declared scopes. */
  readonly profiles: readonly string[];
  /** Names of declared ones, in place of profiles; absent or none = all. */
  readonly scopes?: readonly string[];
  /** Ids or names; none = all that fit. */
  readonly hosts: readonly string[];
  /** The schedule that asks for it; absent = a person does. */
  readonly schedule?: string;
}

export interface Watching {
  /** After each host. */
  readonly progress: (done: number, of: number, name: string) => void;
  readonly signal: AbortSignal;
}

/** Expected trouble: what was asked cannot be reported on. */
export class ReportTrouble extends Error {}

/** Makes a bundle, host by host, so that what is in memory at once is one host's evidence and everybody's results; of groups also 32 bytes for each piece of evidence. */
export async function createReport(ports: ReportPorts, request: ReportRequest, watching: Watching): Promise<MadeReport> {
  const { book, log, sink, crypto } = ports;
  const plan = await planned(ports, request);
  // In this order: another report that ends meanwhile may rest on more than this one.
  const last = await book.last();
  const sealed = await log.seal();
  const seen = new SeenLeaves();
  const gathered: Gathered = { hosts: [], leaves: [], results: [], groups: groupsOf(plan, ports), isSimulated: false };
  const going = (): void => {
    if (watching.signal.aborted)
      throw new ReportTrouble(`Cancelled after ${gathered.hosts.length} of ${plan.hosts.length} hosts; nothing is left of it`);
  };
  try {
    await gatherAll(ports, plan, { sealed, seen, watching }, gathered);
  } catch (error) {
    going();
    throw error;
  }
  deriveMissing(plan, ports, gathered);
  for (const { declared, deriving, beside } of gathered.groups)
    add({ profile: declared.profile, derived: await restfully(deriving.steps(), ports, going), beside }, plan, ports, gathered);
  const keyChanges = await log.keyChanges();
  const deletions = (
    await log.deletionLeaves(
      plan.hosts.map(({ id }) => id),
      formatUtc(request.from).slice(0, 7),
    )
  ).filter(({ shard, index }) => shard < sealed.shard || (shard === sealed.shard && index < sealed.size));
  const declared = await log.declaredLeaves(declaredNames(plan));
  for (const leaf of [...deletions, ...declared]) seen.add(leaf);
  const leaves = [...gathered.leaves, ...deletions, ...declared];
  const before = last?.head ?? null;
  const trusted = trustedIds(keyChanges, ports);
  await writeLog({ log, sink, sha256: crypto.sha256 }, { sealed, seen, leaves, keyChanges, trusted, before });
  const manifest = await manifestOf(ports, request, plan, { gathered, sealed, last, keyChanges, declared });
  return sign(ports, request, plan, manifest, sealed);
}

/** With other work done now and then, and given up where that is asked: a large group takes minutes. */
async function restfully<T>(steps: Generator<void, T>, { rest }: ReportPorts, going: () => void): Promise<T> {
  for (;;) {
    going();
    const step = steps.next();
    if (step.done === true) return step.value;
    await rest();
  }
}

interface Plan {
  readonly hosts: readonly ReportHost[];
  readonly declared: readonly DeclaredResult[];
  readonly scopes: readonly PlannedScope[];
  readonly profiles: readonly SaidProfile[];
  readonly documents: readonly ManifestDocument[];
  readonly stampTests: readonly ManifestStampTest[];
  readonly inventory: Inventory | null;
  readonly missing: readonly string[];
  readonly period: Period;
  /** The longest of all. */
  readonly horizon: bigint;
}

async function planned(ports: ReportPorts, request: ReportRequest): Promise<Plan> {
  const period = { from: request.from, to: request.to };
  requireBegun(period, await ports.book.now());
  const known = new Map((await ports.profiles(period)).map((profile) => [String(profile.id), profile]));
  const all = await ports.scopes.scopes(period);
  const scopes = scopesOf(request, all, known);
  const hosts = chosen(await ports.evidence.hosts(request.from, request.to), request.hosts);
  const [inventory, exemptions] = [await ports.scopes.inventory(), await ports.scopes.exemptions(period)];
  const documents = new Map<string, readonly ManifestDocument[]>();
  for (const { id } of hosts) documents.set(id, await ports.scopes.documents(id, period));
  const facts: PlanFacts = {
    period,
    profiles: known,
    exemptions,
    changed: await ports.changedProfiles(period),
    schedules: await schedulesOf(ports.scopes, scopes, period),
    documents: new Map([...documents].map(([host, found]) => [host, found.map(({ id }) => id)])),
    allDocuments: await ports.scopes.allDocuments(),
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
    profiles: [...new Set(scopes.map(({ scope }) => scope.profile))].sort().map((id) => known.get(id) as SaidProfile),
    documents: mergedDocuments(documents),
    stampTests: namedStampTests(scopes, facts.allDocuments),
    inventory,
    missing,
    period,
    horizon: scopes.map(({ scope }) => BigInt(scope.horizon_ns)).reduce((a, b) => (a > b ? a : b), 0n),
  };
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
    const open = await ports.schedule(calendar, period);
    if (open === null)
      throw new ReportTrouble(
        `Cannot report on scope ${name}: there is no calendar ${JSON.stringify(calendar)}; set it with truebound apply`,
      );
    schedules.set(calendar, open);
  }
  return schedules;
}

function mergedDocuments(byHost: ReadonlyMap<string, readonly ManifestDocument[]>): ManifestDocument[] {
  const merged = new Map<string, ManifestDocument>();
  for (const document of [...byHost.values()].flat())
    merged.set(document.id, { ...document, hosts: (merged.get(document.id)?.hosts ?? 0) + 1 });
  return [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface Gathered {
  readonly hosts: ManifestHost[];
  readonly leaves: HostLeaf[];
  readonly results: ManifestResult[];
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
  readonly seen: SeenLeaves;
  readonly watching: Watching;
}

async function gatherAll(ports: ReportPorts, plan: Plan, { sealed, seen, watching }: Gathering, gathered: Gathered): Promise<void> {
  const { readHosts = readInTurn, leaps } = ports;
  const groups = gathered.groups.map(({ declared }) => declared);
  const terms: ReadingTerms = { period: plan.period, horizon: plan.horizon, profiles: plan.profiles, leaps, groups, sealed };
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
  for (const derived of read.derived) add({ profile: derived.result.profile, derived, beside }, plan, ports, gathered);
  for (const [index, { deriving, beside: ofGroup }] of gathered.groups.entries()) {
    const member = read.members[index] ?? null;
    if (member === null) continue;
    deriving.keep(member);
    ofGroup.push(...beside.map(({ kind, words }) => ({ kind, words: `${host.name}: ${words}` })));
  }
}

const groupsOf = (plan: Plan, { leaps }: ReportPorts): Gathered["groups"] =>
  plan.declared
    .filter(isGroup)
    .map((declared) => ({ declared, deriving: new GroupDeriving(declared, derivingContext({ ...plan, leaps })), beside: [] }));

const declaredOf = (plan: Plan, host: string | null): readonly DeclaredResult[] =>
  plan.declared.filter((one) => one.host === host && !isGroup(one));

/** Of those that are only listed there is nothing to read. */
function deriveMissing(plan: Plan, ports: ReportPorts, gathered: Gathered): void {
  const context = derivingContext({ ...plan, leaps: ports.leaps });
  for (const one of declaredOf(plan, null))
    add({ profile: one.profile, derived: deriveResult(one, [], context), beside: [] }, plan, ports, gathered);
}

interface FoundResult {
  readonly profile: string;
  readonly derived: Derived;
  readonly beside: readonly Finding[];
}

function add(
  { profile: id, derived: { result, isSimulated }, beside }: FoundResult,
  plan: Plan,
  { leaps }: ReportPorts,
  gathered: Gathered,
): void {
  gathered.isSimulated ||= isSimulated;
  const profile = plan.profiles.find((one) => one.id === id) as SaidProfile;
  gathered.results.push({ ...result, findings: [...result.findings, ...beside, ...derivedFindings(result, profile, leaps)] });
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

interface Made {
  readonly gathered: Gathered;
  readonly sealed: SignedHead;
  readonly last: MadeReport | null;
  readonly keyChanges: readonly KeyChange[];
  readonly declared: readonly DeclaredLeaf[];
}

async function manifestOf(
  ports: ReportPorts,
  { from, to }: ReportRequest,
  plan: Plan,
  { gathered, sealed, last, keyChanges, declared }: Made,
): Promise<ReportManifest> {
  const now = await ports.book.now();
  const results = [...gathered.results].sort(inOrder);
  const draft = {
    format: "truebound-report/1",
    algorithm: "tb-audit/1+spans",
    evidence: "tb-evidence/1",
    id: ports.newId(),
    created_at: formatUtc(now),
    period: { from: formatUtc(from), to: formatUtc(to) },
    final: now >= to + plan.horizon,
    demo: gathered.isSimulated,
    issuer: {
      installation: await ports.book.installation(),
      key_id: ports.signer.keyId,
      public_key: Buffer.from(ports.signer.publicKey).toString("base64url"),
      software: ports.software,
    },
    previous: last && { id: last.id, sha256: last.sha256, head: last.head },
    profiles: plan.profiles.map((profile) => ({ profile, sha256: hexOf(ports, canonicalJson(profile as unknown as Json)) })),
    scopes: plan.scopes.map(({ scope }) => scope),
    ...(declared.length > 0 && { declared: sayDeclared(declared) }),
    inventory: sayInventory(plan),
    hosts: gathered.hosts,
    results,
    totals: totalsOf(results),
    chain_documents: plan.documents,
    ...(plan.stampTests.length === 0 ? {} : { stamp_tests: plan.stampTests }),
    assumptions: ASSUMPTIONS,
    leap_table: sayLeapTable(ports.leaps),
    log: { head: sayHead(sealed), anchor_period_ns: await ports.log.anchorPeriodNs() },
    limits: [...LIMITS, ...keyChanges.filter(({ signature }) => signature === null).map((change) => lostKey(change, ports))],
  } as const;
  return { ...draft, results_sha256: hexOf(ports, resultsText(draft)) };
}

const idOf = (key: string, { crypto }: ReportPorts): string =>
  keyId(Buffer.from(key, "base64url"), { ...crypto, base64url: (bytes) => Buffer.from(bytes).toString("base64url") });

const trustedIds = (changes: readonly KeyChange[], ports: ReportPorts): ReadonlySet<string> =>
  new Set([ports.signer.keyId, ...changes.filter(({ signature }) => signature !== null).map(({ before }) => idOf(before, ports))]);

/** Who knew the old key has no other way to the new one than to be told. */
const lostKey = ({ before, public_key, since_ns }: KeyChange, ports: ReportPorts): string => {
  const [old, present] = [idOf(before, ports), idOf(public_key, ports)];
  return `The issuer's key ${old} was lost; key ${present} took its place at ${formatUtc(utc(BigInt(since_ns)))} by the issuer's database, and nothing but itself vouches for it, nor for heads that it signed anew of what came before.`;
};

const sayHead = ({ shard, size, root, timestamp_ns }: SignedHead) => ({ shard, size, root, timestamp_ns });

function sayInventory({ inventory, missing, hosts }: Plan): ReportManifest["inventory"] {
  if (inventory === null) return null;
  const { hosts: listed, ...head } = inventory;
  const [names, there] = [new Set(listed.map(sameName)), new Set([...hosts.map(({ name }) => name), ...missing].map(sameName))];
  const unlisted = hosts.map(({ name }) => name).filter((name) => !names.has(sameName(name)));
  const outside = listed.filter((name) => !there.has(sameName(name)));
  return { ...head, listed: listed.length, missing, unlisted: unlisted.sort(), outside: outside.sort() };
}

const hexOf = ({ crypto }: ReportPorts, text: string): string => Buffer.from(crypto.sha256(text)).toString("hex");

/** The manifest, its signature, and what people read of it; then it is remembered. */
async function sign(
  ports: ReportPorts,
  request: ReportRequest,
  plan: Plan,
  manifest: ReportManifest,
  sealed: SignedHead,
): Promise<MadeReport> {
  const { sink, signer, book } = ports;
  const text = canonicalJson(manifest as unknown as Json);
  const sha256 = hexOf(ports, text);
  const signature = Buffer.from(signer.sign(reportText(sha256))).toString("base64url");
  await sink.write("manifest.json", text);
  await sink.write("manifest.sig", `${JSON.stringify({ key_id: signer.keyId, public_key: manifest.issuer.public_key, signature })}\n`);
  const rendered = await ports.render(text, sha256);
  for (const { name, bytes } of rendered) await sink.write(name, bytes);
  const files = Object.fromEntries(
    rendered.map(({ name, bytes }) => [name, Buffer.from(ports.crypto.sha256(bytes)).toString("hex")]).sort(),
  );
  const over = Buffer.from(signer.sign(renderedText(sha256, files))).toString("base64url");
  await sink.write("rendered.json", `${JSON.stringify({ files, signature: over })}\n`);
  const made: MadeReport = {
    id: manifest.id,
    from: request.from,
    to: request.to,
    createdAt: parseUtc(manifest.created_at) as UtcInstant,
    final: manifest.final,
    sha256,
    resultsSha256: manifest.results_sha256,
    head: sayHead(sealed),
    scope: plan.scopes.map(({ scope: { name, profile } }) => `${name}: ${profile}`).join(", "),
    request: {
      profiles: [...request.profiles].sort(),
      hosts: [...request.hosts].sort(),
      ...(request.scopes === undefined || request.scopes.length === 0 ? {} : { scopes: [...request.scopes].sort() }),
      ...(request.schedule === undefined ? {} : { schedule: request.schedule }),
    },
    place: sink.place,
    manifest: text,
  };
  await sink.finish();
  await book.add(made);
  return made;
}

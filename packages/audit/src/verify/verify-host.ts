import { BILLION } from "@truebound/time";
import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { readInstant, readLeapTable } from "../evidence/leap-table.ts";
import { type DerivingContext, deriveResult } from "../report/derived.ts";
import { isGroup, type MemberEvidence, memberEvidence } from "../report/derived-group.ts";
import { forecastOf } from "../report/forecast.ts";
import { forecastUntil, type PlacedReport } from "../report/last-reports.ts";
import { smearTakers } from "../report/smear-takers.ts";
import type { ManifestHost, ManifestResult, ReportManifest } from "../report-manifest.ts";
import { declaredBehind } from "./declared-leaves.ts";
import { HostChain } from "./host-chain.ts";
import { LogProofs, type OpenedLog } from "./log-proofs.ts";
import { BundleFault, type Failure, type VerifyPorts } from "./ports.ts";
import { same } from "./same.ts";

/** What was read of a bundle before its hosts are looked at. */
export interface SignedEvidence {
  readonly manifest: ReportManifest;
  readonly log: OpenedLog;
}

/** What one host's file says; plain data, so that a thread can tell it. */
export interface HostOutcome {
  /** The rest is empty then. */
  readonly failure: Failure | null;
  readonly differences: readonly Difference[];
  /** What each result of a group keeps of it, in their order; null = it is none of its members. */
  readonly kept: readonly (MemberEvidence | null)[];
  readonly isSimulated: boolean;
  readonly records: number;
}

/** A result that is not what follows from the evidence. */
export interface Difference {
  /** Among the results of the manifest. */
  readonly index: number;
  readonly host: string | null;
  readonly detail: string;
}

/** Of each host of the manifest, in their order. Nobody asks for more after the first failure. */
export type VerifyHosts = (evidence: SignedEvidence, ports: VerifyPorts) => AsyncIterable<HostOutcome>;

/** One after the other. */
export async function* hostsInTurn(evidence: SignedEvidence, ports: VerifyPorts): AsyncGenerator<HostOutcome> {
  for (const host of evidence.manifest.hosts) yield await verifyHost(evidence, host, ports);
}

/** Of step 4 what concerns one host, and its results recomputed. */
export async function verifyHost({ manifest, log }: SignedEvidence, host: ManifestHost, ports: VerifyPorts): Promise<HostOutcome> {
  try {
    checkResultNames(manifest, host);
    const context = contextOf(manifest);
    const { items, reports } = await readHost(ports, { manifest, log }, host, context);
    const kept = manifest.results.filter(isGroup).map((group) => memberEvidence(group, host.id, items, context));
    const { differences, isSimulated } = differencesOf(manifest, host.id, items, context);
    const foretold = forecastDifferences(manifest, host.id, reports, context);
    return { failure: null, differences: [...differences, ...foretold], isSimulated, kept, records: items.length };
  } catch (error) {
    return { failure: failureOf(error, host.id), differences: [], kept: [], isSimulated: false, records: 0 };
  }
}

function failureOf(error: unknown, host: string): Failure {
  if (error instanceof BundleFault) return error.failure;
  // What a forger wrote may break any form: then it is no bundle.
  const detail = error instanceof Error ? error.message : String(error);
  return { step: "evidence", host, epoch: null, seq: null, rule: "malformed", detail };
}

/** A result carries the name of its host, and no other one's. */
function checkResultNames({ results }: ReportManifest, { id, name }: ManifestHost): void {
  const odd = results.find((one) => one.host === id && one.name !== name);
  if (odd !== undefined) throw new BundleFault("evidence", "host_name", `A result calls it ${odd.name}, and it is ${name}`, { host: id });
}

interface HostFile {
  readonly items: readonly EvidenceItem[];
  readonly reports: readonly PlacedReport[];
}

async function readHost(
  ports: VerifyPorts,
  { manifest, log }: SignedEvidence,
  host: ManifestHost,
  { period }: DerivingContext,
): Promise<HostFile> {
  const until = forecastUntil(period.to, createdAt(manifest));
  const chain = new HostChain(ports, LogProofs.of(log, ports.crypto), host, declaredBehind(manifest), until);
  for await (const line of ports.files.lines(`evidence/${host.id}.ndjson`)) chain.take(line);
  chain.end();
  const isForetold = manifest.forecasts !== undefined;
  return { items: chain.items, reports: isForetold ? chain.last.placed((body) => ports.wire.readPlan(body, host.id)) : [] };
}

/** A leap year: whoever holds anybody's report need not work out the hours of ten thousand. */
const LONGEST_NS = 366n * 86_400n * BILLION;

/** By it instants are read as a count of UTC. */
const NO_LEAPS = [{ from: 0n, taiMinusUtc: 0 }];

export function contextOf({ period, leap_table, profiles }: ReportManifest): DerivingContext {
  const leaps = readLeapTable(leap_table);
  if (leaps === null) throw new BundleFault("results", "leap_table", "leap_table is no ascending list of instants and seconds");
  const [from, to] = [readInstant(period.from, NO_LEAPS), readInstant(period.to, NO_LEAPS)];
  if (from === null || to === null || from >= to || to - from > LONGEST_NS)
    throw new BundleFault("results", "period", `${period.from} to ${period.to} is no period`);
  return { period: { from, to }, leaps, takesSmear: smearTakers(profiles) };
}

/** When it was made, as a count of UTC; an inserted second counts as the one before it. */
function createdAt({ created_at }: ReportManifest): bigint {
  const at = readInstant(created_at, NO_LEAPS);
  if (at === null) throw new BundleFault("results", "period", `The report says that it was made at ${created_at}, which is no instant`);
  return at;
}

/** Of the results of a host; null = those that are of none. Those of groups are not among them. */
export function differencesOf(
  { results }: ReportManifest,
  host: string | null,
  items: readonly EvidenceItem[],
  context: DerivingContext,
): Pick<HostOutcome, "differences" | "isSimulated"> {
  const derived = results.flatMap((said, index) =>
    said.host === host && !isGroup(said) ? [{ said, index, ...deriveResult(said, items, context) }] : [],
  );
  const differences = derived.flatMap(({ said, index, result }) => differenceOf(index, said, result) ?? []);
  return { differences, isSimulated: derived.some(({ isSimulated }) => isSimulated) };
}

/** Of the forecasts of a host; a report of an earlier release has none. */
function forecastDifferences(
  { results, forecasts }: ReportManifest,
  host: string,
  reports: readonly PlacedReport[],
  { leaps }: DerivingContext,
): Difference[] {
  if (forecasts === undefined) return [];
  return results.flatMap((one, index) => {
    if (one.host !== host || isGroup(one)) return [];
    const found = { result: index, ...forecastOf(one, reports, leaps) };
    const said = forecasts.find(({ result }) => result === index) ?? null;
    const detail = `${one.name} × ${one.profile}: its forecast says ${shown(said)}, the evidence says ${shown(found)}`;
    return same(said, found) ? [] : [{ index, host, detail }];
  });
}

export function differenceOf(index: number, said: ManifestResult, found: ManifestResult): Difference | null {
  const wrong = firstDifference(said, found);
  return wrong === null ? null : { index, host: said.host, detail: `${said.name} × ${said.profile}: ${wrong}` };
}

/** The first field that differs, and how. */
function firstDifference(said: ManifestResult, found: ManifestResult): string | null {
  for (const name of Object.keys({ ...found, ...said }).sort() as (keyof ManifestResult)[]) {
    if (same(said[name] ?? null, found[name] ?? null)) continue;
    return `${name} says ${shown(said[name])}, the evidence says ${shown(found[name])}`;
  }
  return null;
}

const MOST_SHOWN = 200;
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
};

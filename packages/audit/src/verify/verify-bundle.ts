import { canonicalJson, type Json } from "../canonical-json.ts";
import type { EvidenceItem } from "../evidence/host-evidence.ts";
import { readInstant, readLeapTable } from "../evidence/leap-table.ts";
import { type Derived, type DerivingContext, deriveResult } from "../report/derived.ts";
import { GroupDeriving, isGroup } from "../report/derived-group.ts";
import { smearTakers } from "../report/smear-takers.ts";
import { inOrder, resultsText, totalsOf } from "../report/totals.ts";
import type { ManifestHost, ManifestResult, ReportManifest } from "../report-manifest.ts";
import { checkAnchors } from "./anchors.ts";
import { checkDeclared } from "./declared.ts";
import { HostChain } from "./host-chain.ts";
import { LogProofs } from "./log-proofs.ts";
import { BundleFault, type Failure, type Step, type VerifyPorts } from "./ports.ts";
import { checkRendered, checkSignature, type SignedManifest } from "./signature.ts";

export type Verification =
  | { readonly kind: "holds"; readonly manifest: ReportManifest; readonly sha256: string; readonly keyId: string; readonly records: number }
  | { readonly kind: "fails"; readonly failure: Failure };

export interface Expectations {
  /** The id of the issuer's key, as the reader knows it from elsewhere. */
  readonly keyId: string | null;
}

/** The seven steps of docs/reports.md, one after the other. No network, no database, no clock. */
export async function verifyBundle(ports: VerifyPorts, { keyId }: Expectations = { keyId: null }): Promise<Verification> {
  const progress: { step: Step; host: string | null } = { step: "signature", host: null };
  try {
    return await verified(ports, keyId, progress);
  } catch (error) {
    if (error instanceof BundleFault) return { kind: "fails", failure: error.failure };
    // What a forger wrote may break any form: then it is no bundle.
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: "fails", failure: { ...progress, epoch: null, seq: null, rule: "malformed", detail } };
  }
}

async function verified(ports: VerifyPorts, expected: string | null, progress: { step: Step; host: string | null }): Promise<Verification> {
  const { files, crypto } = ports;
  const signed = await checkSignature(files, crypto, expected);
  const { manifest, sha256, keyId } = signed;
  const proofs = await LogProofs.read(files, crypto, signed);
  progress.step = "anchors";
  await checkAnchors(ports, proofs);
  progress.step = "heads";
  proofs.checkHeads(signed);
  progress.step = "evidence";
  proofs.checkTiles();
  await checkNames(ports, signed);
  const context = contextOf(manifest);
  const derived: Deriving = { results: [], isSimulated: false };
  const groups = manifest.results.filter(isGroup).map((said) => ({ said, deriving: new GroupDeriving(said, context) }));
  let records = 0;
  for (const host of manifest.hosts) {
    progress.host = host.id;
    checkResultNames(manifest, host);
    const items = await readHost(ports, proofs, host);
    records += items.length;
    derive(manifest, host.id, items, context, derived);
    for (const { deriving } of groups) deriving.take(host.id, items);
  }
  progress.host = null;
  derive(manifest, null, [], context, derived);
  for (const { said, deriving } of groups) add(said, deriving.result(), derived);
  progress.step = "profiles";
  checkProfiles(manifest, ports);
  checkDeclared(manifest);
  progress.step = "results";
  checkResults(manifest, derived, ports);
  progress.step = "rendered";
  await checkRendered(files, crypto, signed);
  return { kind: "holds", manifest, sha256, keyId, records };
}

/** Every host has its file, and every file its host. */
async function checkNames({ files }: VerifyPorts, { manifest }: SignedManifest): Promise<void> {
  const wanted = manifest.hosts.map(({ id }) => `${id}.ndjson`);
  const there = await files.list("evidence");
  const missing = wanted.find((name) => !there.includes(name));
  const odd = there.find((name) => !wanted.includes(name));
  if (missing !== undefined)
    throw new BundleFault("evidence", "missing", `evidence/${missing} is not there`, { host: missing.replace(".ndjson", "") });
  if (odd !== undefined) throw new BundleFault("evidence", "odd_file", `evidence/${odd} is of no host of the manifest`);
  const named = new Set(wanted);
  const homeless = manifest.results.find(({ host }) => host !== null && !named.has(`${host}.ndjson`));
  if (homeless !== undefined)
    throw new BundleFault("evidence", "missing", `A result is of ${homeless.name}, which is not among the hosts`, { host: homeless.host });
}

async function readHost(ports: VerifyPorts, proofs: LogProofs, host: ManifestHost): Promise<readonly EvidenceItem[]> {
  const chain = new HostChain(ports, proofs, host);
  for await (const line of ports.files.lines(`evidence/${host.id}.ndjson`)) chain.take(line);
  chain.end();
  return chain.items;
}

function contextOf({ period, leap_table, profiles }: ReportManifest): DerivingContext {
  const leaps = readLeapTable(leap_table);
  if (leaps === null) throw new BundleFault("results", "leap_table", "leap_table is no ascending list of instants and seconds");
  const first = leaps[0] as (typeof leaps)[number];
  const plain = [{ from: first.from, taiMinusUtc: 0 }];
  const [from, to] = [readInstant(period.from, plain), readInstant(period.to, plain)];
  if (from === null || to === null || from >= to) throw new BundleFault("results", "period", `${period.from} to ${period.to} is no period`);
  return { period: { from, to }, leaps, takesSmear: smearTakers(profiles) };
}

interface Deriving {
  readonly results: { readonly said: ManifestResult; readonly found: ManifestResult }[];
  isSimulated: boolean;
}

/** A result carries the name of its host, and no other one's. */
function checkResultNames({ results }: ReportManifest, { id, name }: ManifestHost): void {
  const odd = results.find((one) => one.host === id && one.name !== name);
  if (odd !== undefined) throw new BundleFault("evidence", "host_name", `A result calls it ${odd.name}, and it is ${name}`, { host: id });
}

function derive(
  { results }: ReportManifest,
  host: string | null,
  items: readonly EvidenceItem[],
  context: DerivingContext,
  all: Deriving,
): void {
  for (const said of results.filter((one) => one.host === host && !isGroup(one))) add(said, deriveResult(said, items, context), all);
}

function add(said: ManifestResult, { result, isSimulated }: Derived, all: Deriving): void {
  all.isSimulated ||= isSimulated;
  all.results.push({ said, found: result });
}

function checkProfiles({ profiles }: ReportManifest, { crypto }: VerifyPorts): void {
  for (const { profile, sha256 } of profiles)
    if (crypto.hex(crypto.sha256(canonicalJson(profile as unknown as Json))) !== sha256)
      throw new BundleFault("profiles", "profile_hash", `Profile ${String(profile.id)} has another hash than the manifest says`);
}

function checkResults(manifest: ReportManifest, { results, isSimulated }: Deriving, { crypto }: VerifyPorts): void {
  for (const { said, found } of results) {
    const wrong = firstDifference(said, found);
    if (wrong !== null) throw new BundleFault("results", "recomputed", `${said.name} × ${said.profile}: ${wrong}`, { host: said.host });
  }
  const sorted = [...manifest.results].sort(inOrder);
  if (sorted.some((one, index) => one !== manifest.results[index]))
    throw new BundleFault("results", "order", "The results are not in their order");
  if (same(totalsOf(manifest.results), manifest.totals) === false)
    throw new BundleFault("results", "totals", "The totals are not the sums of the results");
  if (manifest.demo !== isSimulated)
    throw new BundleFault(
      "results",
      "demo",
      `The report says demo ${manifest.demo}; clocks of it are ${isSimulated ? "" : "not "}simulated`,
    );
  if (crypto.hex(crypto.sha256(resultsText(manifest))) !== manifest.results_sha256)
    throw new BundleFault("results", "results_sha256", "results_sha256 is not that of the results");
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) === canonicalJson(b as Json);

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

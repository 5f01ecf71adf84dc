import { canonicalJson, type Json } from "../canonical-json.ts";
import { isPublished, isShipped } from "../profiles/published.ts";
import { inOrder, resultsText, totalsOf } from "../report/totals.ts";
import type { ReportManifest } from "../report-manifest.ts";
import type { SignoffStatement } from "../signoff.ts";
import { checkAnchors } from "./anchors.ts";
import { checkAppErrors } from "./app-errors.ts";
import { checkDeclared } from "./declared.ts";
import { checkDeclaredFacts } from "./declared-facts.ts";
import { openDeclared } from "./declared-leaves.ts";
import { isObject } from "./fields.ts";
import { type Found, foundOfAll, foundOfHosts } from "./found.ts";
import { checkExpected, checkKeyChain, type KeyChain } from "./key-chain.ts";
import { LogProofs } from "./log-proofs.ts";
import { BundleFault, type Failure, type Step, type VerifyPorts } from "./ports.ts";
import { same } from "./same.ts";
import { checkRendered, checkSignature, type SignedManifest } from "./signature.ts";
import { checkSignoffs } from "./signoffs.ts";
import { hostsInTurn, type VerifyHosts } from "./verify-host.ts";

export type Verification =
  | {
      readonly kind: "holds";
      readonly manifest: ReportManifest;
      readonly sha256: string;
      readonly keyId: string;
      readonly keys: KeyChain;
      readonly records: number;
      /** In the order in which they signed; none = nobody has. */
      readonly signoffs: readonly SignoffStatement[];
      /** Of the key by which they are handed over: the issuer's, or one that follows it; null = there are none. */
      readonly signoffKeyId: string | null;
    }
  | { readonly kind: "fails"; readonly failure: Failure };

export interface Expectations {
  /** The id of the issuer's key, or of one that it follows, as the reader knows it from elsewhere. */
  readonly keyId: string | null;
}

/** The eight steps of docs/reports.md, one after the other. No network, no database, no clock. */
export async function verifyBundle(
  ports: VerifyPorts,
  { keyId }: Expectations = { keyId: null },
  hosts: VerifyHosts = hostsInTurn,
): Promise<Verification> {
  const progress: { step: Step } = { step: "signature" };
  try {
    return await verified(ports, keyId, hosts, progress);
  } catch (error) {
    if (error instanceof BundleFault) return { kind: "fails", failure: error.failure };
    // What a forger wrote may break any form: then it is no bundle.
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: "fails", failure: { ...progress, host: null, epoch: null, seq: null, rule: "malformed", detail } };
  }
}

async function verified(ports: VerifyPorts, expected: string | null, hosts: VerifyHosts, progress: { step: Step }): Promise<Verification> {
  const { files, crypto } = ports;
  const signed = await checkSignature(files, crypto);
  const { manifest, sha256, keyId } = signed;
  progress.step = "heads";
  const proofs = await LogProofs.read(files, crypto, signed);
  const keys = checkKeyChain(proofs.keyLines, signed, ports);
  checkExpected(keys, keyId, expected);
  progress.step = "anchors";
  await checkAnchors(ports, proofs);
  progress.step = "heads";
  proofs.checkHeads(signed, keys);
  progress.step = "evidence";
  proofs.checkTiles();
  await checkNames(ports, signed);
  checkMembers(manifest);
  const declared = openDeclared(manifest, proofs);
  const found = await foundOfHosts(hosts, { manifest, log: proofs.opened }, ports);
  progress.step = "profiles";
  checkProfiles(manifest, ports);
  checkDeclared(manifest);
  checkAppErrors(manifest, declared);
  checkDeclaredFacts(manifest, declared, ports);
  progress.step = "results";
  checkResults(manifest, foundOfAll(manifest, found), ports);
  progress.step = "rendered";
  await checkRendered(files, crypto, signed);
  progress.step = "signoff";
  const { people: signoffs, keyId: signoffKeyId } = await checkSignoffs(ports, signed, keys);
  return { kind: "holds", manifest, sha256, keyId, keys, records: found.records, signoffs, signoffKeyId };
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
  const unsorted = manifest.hosts.find(({ id }, index) => id <= (manifest.hosts[index - 1]?.id ?? ""));
  if (unsorted !== undefined)
    throw new BundleFault("evidence", "order", "The hosts are not in their order, each once", { host: unsorted.id });
  const named = new Set(wanted);
  const homeless = manifest.results.find(({ host }) => host !== null && !named.has(`${host}.ndjson`));
  if (homeless !== undefined)
    throw new BundleFault("evidence", "missing", `A result is of ${homeless.name}, which is not among the hosts`, { host: homeless.host });
}

/** Before anything is kept of a host for its groups. */
function checkMembers({ results }: ReportManifest): void {
  const odd = results.find(({ group }) => group !== undefined && !(isObject(group) && hasMembers(group)));
  if (odd !== undefined)
    throw new BundleFault("evidence", "malformed", `${odd.name}: its group has no list of members, each of a host and a name`);
}

const hasMembers = ({ members }: Readonly<Record<string, unknown>>): boolean => Array.isArray(members) && members.every(isMember);
const isMember = (one: unknown): boolean =>
  isObject(one) && typeof one.name === "string" && (one.host === null || typeof one.host === "string");

function checkProfiles({ profiles }: ReportManifest, { crypto }: VerifyPorts): void {
  const ids = profiles.map(({ profile }) => profile.id);
  for (const [index, { profile, sha256 }] of profiles.entries()) {
    if (ids.indexOf(profile.id) !== index)
      throw new BundleFault("profiles", "twice", `Profile ${String(profile.id)} is there in two forms`);
    if (isShipped(profile.id) && !isPublished(profile.id, sha256))
      throw new BundleFault("profiles", "published", `Profile ${profile.id} is not the one of that id that was ever published`);
    if (crypto.hex(crypto.sha256(canonicalJson(profile as unknown as Json))) !== sha256)
      throw new BundleFault("profiles", "profile_hash", `Profile ${String(profile.id)} has another hash than the manifest says`);
  }
}

function checkResults(manifest: ReportManifest, { differences: [first], isSimulated }: Found, { crypto }: VerifyPorts): void {
  if (first !== undefined) throw new BundleFault("results", "recomputed", first.detail, { host: first.host });
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
  if (!areForecastsOf(manifest))
    throw new BundleFault("results", "forecasts", "The forecasts are not one for each result of a single host, in their order");
}

/** Of groups there are none, nor of a host without an agent. A report of an earlier release has none at all. */
function areForecastsOf({ results, forecasts }: ReportManifest): boolean {
  const foretold = results.flatMap(({ host, group }, index) => (host === null || group !== undefined ? [] : [index]));
  return (
    forecasts === undefined ||
    same(
      foretold,
      forecasts.map(({ result }) => result),
    )
  );
}

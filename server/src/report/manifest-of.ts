import { canonicalJson, inOrder, type Json, keyId, type ReportManifest, resultsText, sayLeapTable, totalsOf } from "@truebound/audit";
import { formatUtc, type UtcInstant, utc } from "@truebound/time";
import type { KeyChange } from "@truebound/wire";
import { sameName } from "../audit/inventory/compare.ts";
import { sayDeclared } from "./declared.ts";
import type { Gathered } from "./gather.ts";
import type { Before } from "./left-month.ts";
import type { DeclaredLeaf, MadeReport, SignedHead } from "./ports.ts";
import type { Plan } from "./report-plan.ts";
import type { ReportPorts } from "./report-ports.ts";
import { ASSUMPTIONS, LIMITS } from "./report-words.ts";
import type { ReportRequest } from "./request.ts";

interface Made {
  readonly gathered: Gathered;
  readonly sealed: SignedHead;
  readonly createdAt: UtcInstant;
  readonly before: Before;
  readonly keyChanges: readonly KeyChange[];
  readonly declared: readonly DeclaredLeaf[];
}

export async function manifestOf(
  ports: ReportPorts,
  { from, to }: ReportRequest,
  plan: Plan,
  { gathered, sealed, createdAt, before, keyChanges, declared }: Made,
): Promise<ReportManifest> {
  const results = [...gathered.results].sort(inOrder);
  const draft = {
    format: "truebound-report/1",
    algorithm: "tb-audit/1+spans",
    evidence: "tb-evidence/1",
    id: ports.newId(),
    created_at: formatUtc(createdAt),
    period: { from: formatUtc(from), to: formatUtc(to) },
    final: createdAt >= to + plan.horizon,
    demo: gathered.isSimulated,
    issuer: {
      installation: await ports.book.installation(),
      key_id: ports.signer.keyId,
      public_key: Buffer.from(ports.signer.publicKey).toString("base64url"),
      software: ports.software,
    },
    previous: before.tied && sayBefore(before.tied),
    ...(before.untied !== null && { previous_left: { ...sayBefore(before.untied.report), key_id: before.untied.keyId } }),
    profiles: plan.profiles.map((profile) => ({ profile, sha256: hexOf(ports, canonicalJson(profile as unknown as Json)) })),
    scopes: plan.scopes.map(({ scope }) => scope),
    ...(declared.length > 0 && { declared: sayDeclared(declared) }),
    inventory: sayInventory(plan),
    ...(plan.chosen !== undefined && { chosen_hosts: plan.chosen }),
    hosts: gathered.hosts,
    results,
    ...sayForecasts(results, gathered),
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

/** In the order of the results; none of groups, nor of hosts without an agent. */
function sayForecasts(results: Gathered["results"], { forecasts }: Gathered): Pick<ReportManifest, "forecasts"> {
  const said = results.flatMap((one, result) => {
    const forecast = forecasts.get(one);
    return forecast === undefined ? [] : [{ result, ...forecast }];
  });
  return { forecasts: said };
}

const sayBefore = ({ id, sha256, head }: MadeReport) => ({ id, sha256, head });

const idOf = (key: string, { crypto }: ReportPorts): string =>
  keyId(Buffer.from(key, "base64url"), { ...crypto, base64url: (bytes) => Buffer.from(bytes).toString("base64url") });

export const trustedIds = (changes: readonly KeyChange[], ports: ReportPorts): ReadonlySet<string> =>
  new Set([ports.signer.keyId, ...changes.filter(({ signature }) => signature !== null).map(({ before }) => idOf(before, ports))]);

/** Who knew the old key has no other way to the new one than to be told. */
const lostKey = ({ before, public_key, since_ns }: KeyChange, ports: ReportPorts): string => {
  const [old, present] = [idOf(before, ports), idOf(public_key, ports)];
  return `The issuer's key ${old} was lost; key ${present} took its place at ${formatUtc(utc(BigInt(since_ns)))} by the issuer's database, and nothing but itself vouches for it, nor for heads that it signed anew of what came before.`;
};

export const sayHead = ({ shard, size, root, timestamp_ns }: SignedHead) => ({ shard, size, root, timestamp_ns });

function sayInventory({ inventory, missing, hosts }: Plan): ReportManifest["inventory"] {
  if (inventory === null) return null;
  const { hosts: listed, ...head } = inventory;
  const [names, there] = [new Set(listed.map(sameName)), new Set([...hosts.map(({ name }) => name), ...missing].map(sameName))];
  const unlisted = hosts.map(({ name }) => name).filter((name) => !names.has(sameName(name)));
  const outside = listed.filter((name) => !there.has(sameName(name)));
  return { ...head, listed: listed.length, missing, unlisted: unlisted.sort(), outside: outside.sort() };
}

export const hexOf = ({ crypto }: ReportPorts, text: string): string => Buffer.from(crypto.sha256(text)).toString("hex");

import {
  type DeclaredGroup,
  type DeclaredResult,
  type Derived,
  type DerivingContext,
  deriveResult,
  type EvidenceItem,
  type LeapTable,
  type ManifestHost,
  type MemberEvidence,
  memberEvidence,
  smearTakers,
} from "@truebound/audit";
import { BILLION, utc } from "@truebound/time";
import type { Period } from "../audit/scopes.ts";
import { type EvidenceFilePorts, writeEvidence } from "./evidence-file.ts";
import { SeenLeaves, type SeenTiles } from "./log-file.ts";
import type { SaidProfile } from "./plan.ts";
import type { HostLeaf, LogStop, SignedHead } from "./ports.ts";

/** By what all hosts of a report are read. Plain data, like all that follows: a thread is told it. */
export interface ReadingTerms {
  readonly period: Period;
  /** The longest of all. */
  readonly horizon: bigint;
  readonly profiles: readonly SaidProfile[];
  readonly leaps: LeapTable;
  readonly groups: readonly DeclaredGroup[];
  /** What came into the log after it is for the next report. */
  readonly sealed: SignedHead;
}

export interface AskedHost {
  readonly id: string;
  readonly declared: readonly DeclaredResult[];
}

/** What a report keeps of one host. */
export interface ReadHost {
  readonly chains: ManifestHost["chains"];
  readonly unlogged: number;
  readonly leaves: readonly HostLeaf[];
  readonly stop: LogStop | null;
  readonly seen: SeenTiles;
  readonly derived: readonly Derived[];
  /** Of each group; null = the host is none of its members. */
  readonly members: readonly (MemberEvidence | null)[];
}

/** In the order in which they are asked, whoever reads them. Rejects when it is given up. */
export type ReadHosts = (
  ports: EvidenceFilePorts,
  terms: ReadingTerms,
  hosts: readonly AskedHost[],
  signal: AbortSignal,
) => AsyncIterable<ReadHost>;

export const readInTurn: ReadHosts = async function* (ports, terms, hosts, signal) {
  for (const host of hosts) yield await readHost(ports, terms, host, signal);
};

/** Around the period: what reaches into it by its horizon, and what closes the stretch across its end. */
const MARGIN_NS = 120n * BILLION;

/** Writes a host's evidence into the bundle, and derives all that is asked of it; what lies in memory is dropped then. */
export async function readHost(
  ports: EvidenceFilePorts,
  terms: ReadingTerms,
  { id, declared }: AskedHost,
  signal: AbortSignal,
): Promise<ReadHost> {
  signal.throwIfAborted();
  const margin = terms.horizon + MARGIN_NS;
  const seen = new SeenLeaves();
  const range = { from: utc(terms.period.from - margin), to: utc(terms.period.to + margin) };
  // Asked at every record, for one host may take minutes.
  const { items, chains, unlogged } = await writeEvidence(ports, id, range, (leaf) => {
    signal.throwIfAborted();
    seen.add(leaf);
  });
  const leaves = await ports.log.hostLeaves(id);
  for (const leaf of leaves) seen.add(leaf);
  return { chains, unlogged, leaves, stop: await ports.log.stop(id), seen: seen.tiles, ...derivedOf(terms, { id, declared }, items) };
}

function derivedOf(
  terms: ReadingTerms,
  { id, declared }: AskedHost,
  items: readonly EvidenceItem[],
): Pick<ReadHost, "derived" | "members"> {
  const context = derivingContext(terms);
  return {
    derived: declared.map((one) => deriveResult(one, items, context)),
    members: terms.groups.map((group) => memberEvidence(group, id, items, context)),
  };
}

export const derivingContext = ({ period, profiles, leaps }: Pick<ReadingTerms, "period" | "profiles" | "leaps">): DerivingContext => ({
  period,
  leaps,
  takesSmear: smearTakers(profiles.map((profile) => ({ profile, sha256: "" }))),
});

import {
  type DeclaredGroup,
  type DeclaredResult,
  type Derived,
  type DerivingContext,
  deriveResult,
  type EvidenceItem,
  type Forecast,
  forecastOf,
  forecastUntil,
  type LeapTable,
  type ManifestHost,
  type MemberEvidence,
  memberEvidence,
  type PlacedReport,
  smearTakers,
} from "@truebound/audit";
import { BILLION, utc } from "@truebound/time";
import type { Period } from "../audit/scopes.ts";
import { type EvidenceFilePorts, writeEvidence } from "./evidence-file.ts";
import { SeenLeaves, type SeenTiles } from "./log-file.ts";
import type { SaidProfile } from "./plan.ts";
import type { HostLeaf, LogStop, SignedHead } from "./ports.ts";
import { ReportTrouble } from "./request.ts";

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
  /** By the database's clock, of UTC: when the log was sealed for it. */
  readonly createdAt: bigint;
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
  /** Of each of these. */
  readonly forecasts: readonly Forecast[];
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

/** Retention takes of a host a few times a day; so often no honest one does it while a host is read. */
const MOST_TRIES = 5;

/** Writes a host's evidence into the bundle, and derives all that is asked of it; what lies in memory is dropped then. */
export async function readHost(
  ports: EvidenceFilePorts,
  terms: ReadingTerms,
  { id, declared }: AskedHost,
  signal: AbortSignal,
): Promise<ReadHost> {
  const { items, chains, unlogged, reports, seen } = await unthinned(ports, terms, id, signal);
  const leaves = await ports.log.hostLeaves(id);
  for (const leaf of leaves) seen.add(leaf);
  return {
    chains,
    unlogged,
    leaves,
    stop: await ports.log.stop(id),
    seen: seen.tiles,
    ...derivedOf(terms, { id, declared }, items, reports),
  };
}

/** Read anew where something went meanwhile: between one question and the next a batch would be neither there nor what is left of it. */
async function unthinned(ports: EvidenceFilePorts, terms: ReadingTerms, id: string, signal: AbortSignal) {
  const margin = terms.horizon + MARGIN_NS;
  const until = forecastUntil(terms.period.to, terms.createdAt);
  const range = { from: utc(terms.period.from - margin), to: utc(terms.period.to + margin), forecastUntil: until };
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    signal.throwIfAborted();
    const seen = new SeenLeaves();
    const before = await ports.evidence.removals(id);
    // Asked at every record, for one host may take minutes.
    const written = await writeEvidence(ports, id, range, (leaf) => {
      signal.throwIfAborted();
      seen.add(leaf);
    });
    if ((await ports.evidence.removals(id)) === before) return { ...written, seen };
  }
  throw new ReportTrouble(
    `Cannot report on host ${id}: retention took some of its evidence each of ${MOST_TRIES} times that it was read; make the report again`,
  );
}

function derivedOf(
  terms: ReadingTerms,
  { id, declared }: AskedHost,
  items: readonly EvidenceItem[],
  reports: readonly PlacedReport[],
): Pick<ReadHost, "derived" | "forecasts" | "members"> {
  const context = derivingContext(terms);
  return {
    derived: declared.map((one) => deriveResult(one, items, context)),
    forecasts: declared.map((one) => forecastOf(one, reports, terms.leaps)),
    members: terms.groups.map((group) => memberEvidence(group, id, items, context)),
  };
}

export const derivingContext = ({ period, profiles, leaps }: Pick<ReadingTerms, "period" | "profiles" | "leaps">): DerivingContext => ({
  period,
  leaps,
  takesSmear: smearTakers(profiles.map((profile) => ({ profile, sha256: "" }))),
});

import { upstreamOf } from "@truebound/time";
import type { HostRecord } from "../../fleet/host-record.ts";
import { type HostTest, truth } from "../finding.ts";

/** What a host's own report says of its clock, its oscillator and its votes, whatever the limit. */

export const frequencyExceeds: HostTest = ({ isPresent, record }, { rule }, on) => {
  const range = record.frequency?.oscillator ?? null;
  if (!isPresent || range === null) return "unknown";
  const most = ((rule.ppb ?? 100_000) * (on ? rule.clear_pct : 100)) / 100;
  return truth(range[0] > most || range[1] < -most);
};

export const noMajority: HostTest = ({ isPresent, record }) =>
  isPresent ? truth(record.status === "no_majority" || record.status === "conflict") : "unknown";

export const disrupted: HostTest = ({ isPresent, record }) => (isPresent ? truth(record.status === "disrupted") : "unknown");

export const driftBroken: HostTest = ({ isPresent, record }) =>
  isPresent && record.assumptions !== null ? truth(record.assumptions.drift_basis === "broken") : "unknown";

export const sharedUpstream: HostTest = ({ isPresent, record }) => {
  const { votes, assumptions } = record;
  if (!isPresent || votes === null || assumptions === null) return "unknown";
  return truth(votes < 2 * assumptions.faults + 1 && commonUpstream(record) !== null);
};

/** The reference id that most of its sources have in common; null = no two have one. */
export function commonUpstream({ sources }: Pick<HostRecord, "sources">): number | null {
  const counts = new Map<number, number>();
  for (const source of sources) {
    const upstream = upstreamOf(source);
    if (upstream !== null) counts.set(upstream, (counts.get(upstream) ?? 0) + 1);
  }
  const [most] = [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most?.[0] ?? null;
}

/** Of a source that answers no more nothing new is known: what it said last stands until then. */
export const rootDeclarationVoid: HostTest = ({ isPresent, record }) =>
  isPresent ? truth(record.sources.some(({ declaration }) => typeof declaration?.void === "string")) : "unknown";

/** Known from the database, whoever was heard since. */
export const cloneSuspected: HostTest = ({ record }) => truth(record.clone !== null);

export const boundsInconsistent: HostTest = ({ standing, isMeshKnown }) =>
  isMeshKnown ? truth(standing?.standing === "flagged") : "unknown";

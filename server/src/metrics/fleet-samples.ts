import { type Interval, ppb, timeWithin, upstreamOf, worstError } from "@truebound/time";
import type { HostRecord } from "../fleet/host-record.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { choosePolicy, type PolicyRule } from "../policy/choose-policy.ts";
import type { FleetFamilyName } from "./families.ts";

export interface Sample {
  readonly family: FleetFamilyName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the rules that come with Truebound take where a policy names no limit. */
const OTHERWISE_NS = 100_000_000;

/** What the fleet looks like now, one host after the other. One that was retired is no part of it: its name may be another's. */
export const fleetSamples = (entries: readonly FleetEntry[], rules: readonly PolicyRule[] = []): Sample[] =>
  entries
    .filter(({ liveness }) => liveness !== "retired")
    .flatMap((entry) => samplesOf(entry, choosePolicy(entry.record.labels, rules).limit_ns));

function samplesOf({ record, liveness, ageMs }: FleetEntry, limit: number | null): Sample[] {
  const host = record.name;
  const samples: Sample[] = [{ family: "liveness", labels: { host, liveness }, value: 1 }];
  if (ageMs !== null) samples.push({ family: "reportAge", labels: { host }, value: ageMs / 1000 });
  // Without an estimate of UTC it would be when the file was imported, which is no age of what is in it.
  if (liveness === "carried" && record.asOf !== null && !record.asOfMarked)
    samples.push({ family: "carriedUpTo", labels: { host }, value: Number(record.asOf / 1_000_000n) / 1000 });
  if (record.clone !== null) samples.push({ family: "cloneSuspected", labels: { host }, value: 1 });
  if (limit !== null) samples.push({ family: "limit", labels: { host }, value: limit / 1e9 });
  if (!isPresent(liveness)) return samples;
  samples.push({ family: "status", labels: { host, status: record.status }, value: 1 });
  samples.push(...boundSamples(host, "guaranteed", record.bound), ...boundSamples(host, "tight", record.tight));
  for (const finding of record.daemon?.findings ?? []) samples.push({ family: "daemonFinding", labels: { host, finding }, value: 1 });
  const refused = record.daemon?.kernelRefused;
  if (refused) samples.push({ family: "kernelRefused", labels: { host, why: refused }, value: 1 });
  for (const [family, value] of clockFigures(record, limit ?? OTHERWISE_NS))
    if (value !== null) samples.push({ family, labels: { host }, value });
  return samples;
}

const PRESENT: readonly FleetEntry["liveness"][] = ["enrolled", "reporting", "late"];

/** What a silent host last said of its clock is history, not its state. One that has said nothing yet is unknown. */
export const isPresent = (liveness: FleetEntry["liveness"]): boolean => PRESENT.includes(liveness);

function boundSamples(host: string, tier: "guaranteed" | "tight", bound: Interval | null): Sample[] {
  if (bound === null) return [];
  const labels = { host, tier };
  return [
    { family: "errorBound", labels, value: toSeconds(worstError(bound), "up") },
    { family: "lowerBound", labels, value: toSeconds(bound.lo, "down") },
    { family: "upperBound", labels, value: toSeconds(bound.hi, "up") },
  ];
}

/** Figures with no label but the host's name; null = unknown, or nothing to say. */
function clockFigures(record: HostRecord, limit: number): [FleetFamilyName, number | null][] {
  const [least, most] = record.frequency?.oscillator ?? [null, null];
  const isKnown = least !== null && most !== null;
  return [
    ["offset", record.tight === null ? null : middle(record.tight)],
    ["frequencyError", isKnown ? (least + most) / 2e9 : null],
    ["frequencyLower", isKnown ? least / 1e9 : null],
    ["frequencyUpper", isKnown ? most / 1e9 : null],
    ["frequencyBound", isKnown ? Math.max(Math.abs(least), Math.abs(most)) / 1e9 : null],
    ["withinLimit", secondsWithin(record, BigInt(limit))],
    ["votes", record.votes],
    ["votesWanted", record.assumptions === null ? null : 2 * record.assumptions.faults + 1],
    ["sharedUpstream", mostSharing(record)],
    ["driftBroken", record.assumptions?.drift_basis === "broken" ? 1 : null],
    ["rehearsal", record.rehearsal === null ? null : 1],
  ];
}

function secondsWithin({ bound, assumptions }: HostRecord, limit: bigint): number | null {
  if (bound === null || assumptions === null) return null;
  const drift = { rho: ppb(BigInt(assumptions.rho_ppb)), centre: ppb(BigInt(-(assumptions.oscillator_ppb ?? 0))) };
  const left = timeWithin(bound, drift, limit);
  return left === null ? null : Number(left / 1_000_000n) / 1000;
}

/** The most sources behind one upstream; null = no two share one. */
function mostSharing({ sources }: HostRecord): number | null {
  const behind = new Map<number, number>();
  for (const source of sources) {
    const upstream = upstreamOf(source);
    if (upstream !== null) behind.set(upstream, (behind.get(upstream) ?? 0) + 1);
  }
  const most = Math.max(0, ...behind.values());
  return most < 2 ? null : most;
}

/** An estimate: it needs no rounding outward. */
export const middle = ({ lo, hi }: Interval): number => Number(lo + hi) / 2e9;

/** A binary fraction can only come near; the next one outward keeps the bound true. */
export function toSeconds(nanoseconds: bigint, outward: "up" | "down"): number {
  const near = Number(nanoseconds) / 1e9;
  if (near === 0) return 0;
  const step = Math.abs(near) * 2 ** -51;
  return outward === "up" ? near + step : near - step;
}

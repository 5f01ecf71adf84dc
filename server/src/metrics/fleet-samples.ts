import { type Interval, worstError } from "@truebound/time";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { FleetFamilyName } from "./families.ts";

export interface Sample {
  readonly family: FleetFamilyName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the fleet looks like now, one host after the other. One that was retired is no part of it: its name may be another's. */
export const fleetSamples = (entries: readonly FleetEntry[]): Sample[] =>
  entries.filter(({ liveness }) => liveness !== "retired").flatMap(samplesOf);

function samplesOf({ record, liveness, ageMs }: FleetEntry): Sample[] {
  const host = record.name;
  const samples: Sample[] = [{ family: "liveness", labels: { host, liveness }, value: 1 }];
  if (ageMs !== null) samples.push({ family: "reportAge", labels: { host }, value: ageMs / 1000 });
  if (record.clone !== null) samples.push({ family: "cloneSuspected", labels: { host }, value: 1 });
  // What a silent host last said of its clock is history, not its state.
  if (liveness !== "reporting" && liveness !== "late") return samples;
  samples.push({ family: "status", labels: { host, status: record.status }, value: 1 });
  return [...samples, ...boundSamples(host, "guaranteed", record.bound), ...boundSamples(host, "tight", record.tight)];
}

function boundSamples(host: string, tier: "guaranteed" | "tight", bound: Interval | null): Sample[] {
  if (bound === null) return [];
  const labels = { host, tier };
  return [
    { family: "errorBound", labels, value: toSeconds(worstError(bound), "up") },
    { family: "lowerBound", labels, value: toSeconds(bound.lo, "down") },
    { family: "upperBound", labels, value: toSeconds(bound.hi, "up") },
  ];
}

/** A binary fraction can only come near; the next one outward keeps the bound true. */
export function toSeconds(nanoseconds: bigint, outward: "up" | "down"): number {
  const near = Number(nanoseconds) / 1e9;
  if (near === 0) return 0;
  const step = Math.abs(near) * 2 ** -51;
  return outward === "up" ? near + step : near - step;
}

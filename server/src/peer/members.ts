import type { RawInstant, UtcInstant } from "@truebound/time";
import type { MeshRule } from "@truebound/wire";
import type { HostMesh, HostRecord } from "../fleet/host-record.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { choosePolicy, type PolicyRule } from "../policy/choose-policy.ts";
import type { MeasuredEdge } from "./ports.ts";

/** What was received longer ago says nothing of now: six reports and five exchanges are due in that time. */
export const FRESH_MS = 90_000;

/** A host that is in a mesh, by its policy and by what it says itself. */
export interface Member {
  readonly record: HostRecord;
  readonly mesh: HostMesh;
  readonly domain: string;
  /** The label that names what fails together; null = the rule names none. */
  readonly spreadBy: string | null;
  /** At its latest report; null = that is too old, was carried, could not be read, or is of a rehearsal. */
  readonly reading: { readonly raw: RawInstant; readonly realtime: UtcInstant } | null;
}

/** Whether anybody is in a mesh, by what hosts say. */
export const hasMesh = ({ record }: Pick<FleetEntry, "record">): boolean => record.state === "active" && record.mesh !== null;

export function membersOf(entries: readonly FleetEntry[], rules: readonly PolicyRule[], now: UtcInstant): Member[] {
  const ruleOf = meshRules(rules);
  return entries.filter(hasMesh).flatMap((entry) => {
    const { record } = entry;
    const rule = ruleOf(record);
    if (rule === null || record.mesh === null) return [];
    // Of a host that shows its clock as it is not, for a rehearsal, nothing is taken; and when a file came is not when its clock was read.
    const isPresent = isFresh(entry, now) && !record.carried;
    const reading = isPresent && !record.unreadable && record.rehearsal === null ? record.reading : null;
    return [
      {
        record,
        mesh: record.mesh,
        domain: rule.domain,
        spreadBy: rule.spread_by ?? null,
        reading: reading && { raw: reading.raw as RawInstant, realtime: reading.realtime as UtcInstant },
      },
    ];
  });
}

/** Hosts of one kind carry the same labels, and the rules are gone through once for each kind. */
function meshRules(rules: readonly PolicyRule[]): (record: HostRecord) => MeshRule | null {
  const known = new Map<string, MeshRule | null>();
  return ({ labels }) => {
    const kind = JSON.stringify(labels);
    const rule = known.get(kind);
    if (rule !== undefined) return rule;
    const chosen = choosePolicy(labels, rules).mesh ?? null;
    known.set(kind, chosen);
    return chosen;
  };
}

/** By what this process saw on its own monotonic clock; until it has seen a report, by the clock of the database. */
function isFresh({ record, ageMs }: FleetEntry, now: UtcInstant): boolean {
  if (ageMs !== null) return ageMs <= FRESH_MS;
  return record.receivedAt !== null && isRecent(Number((now - record.receivedAt) / 1_000_000n));
}

/** A clock that was set back makes ages negative: what is as far ahead is not taken for new either. */
const isRecent = (ageMs: number): boolean => Math.abs(ageMs) <= FRESH_MS;

export const isFreshEdge = ({ ageMs }: MeasuredEdge): boolean => isRecent(ageMs);

/** A hull comes once a minute. One that is much older than the newest exchange, on the ruler of both, rests on a frequency of long ago. */
const HULL_LASTS_NS = 120_000_000_000n;

export const withFreshHull = (edge: MeasuredEdge): MeasuredEdge =>
  edge.hull === null || edge.at - edge.hull.at <= HULL_LASTS_NS ? edge : { ...edge, hull: null };

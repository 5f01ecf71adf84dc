import type { HostReading } from "./host-evidence.ts";

/** Of several events between two readings the first of these says why the clock cannot be followed from one to the other. */
const BREAKING = ["clock_stepped", "suspended", "vm_disrupted", "ruler_jumped", "clocksource_changed"];

/** Why nobody knows what the clock did between two neighbours in the chain. */
export function cutReason(from: HostReading, to: HostReading): string {
  if (!to.follows) return "lost_evidence";
  if (from.bootId !== to.bootId) return "boot";
  if (to.raw < from.raw) return "ruler_jumped";
  if (from.record.rehearsed || to.record.rehearsed) return "rehearsal";
  const between = to.record.events.filter(({ raw }) => from.raw < raw && raw <= to.raw).map(({ kind }) => kind);
  const event = BREAKING.find((kind) => between.includes(kind));
  return event ?? (to.bound === null ? "no_bound" : "agent_blind");
}

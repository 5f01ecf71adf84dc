import type { HostReading } from "@truebound/time";
import type { BatchEvent, SourceState } from "@truebound/wire";
import type { BoundRow } from "./bound-row.ts";

/** Something that happened, on the clocks of the moment at which it was noticed. */
export interface Finding {
  readonly kind: BatchEvent["kind"];
  readonly reading: HostReading;
  readonly source: string | null;
  readonly detail: BatchEvent["detail"];
}

/** What a source of the host's own is to a row's bound, and so to people. */
export const stateOf = (row: BoundRow, id: string): SourceState => row.compared?.get(id) ?? (standingOf(row, id) as SourceState);

/** The same of a source or a peer: one without a vote is a peer. */
export function standingOf(row: BoundRow, id: string): SourceState | "no_vote" {
  const { bound } = row;
  if (bound.agree.includes(id)) return "agrees";
  const out = bound.out.find((one) => one.id === id);
  return out === undefined ? "no_region" : out.reason;
}

/** The events between two consecutive rows: status, camps, and each source that joined or left. */
export function transitions(before: BoundRow | null, after: BoundRow): Finding[] {
  const found: Finding[] = [];
  const note = (kind: Finding["kind"], source: string | null, detail: Finding["detail"]) =>
    found.push({ kind, reading: after.reading, source, detail });
  if (before === null || before.status !== after.status || before.reason !== after.reason)
    note("status_changed", null, { from: before?.status ?? null, to: after.status, reason: after.reason });
  if (after.bound.bimodal && !before?.bound.bimodal) note("bimodal", null, { regions: after.bound.regions.length });
  for (const id of idsOf(after)) {
    const state = stateOf(after, id);
    const earlier = before === null ? null : stateOf(before, id);
    if (state !== earlier && !(earlier === null && state === "never_answered"))
      note("source_state_changed", id, { from: earlier, to: state });
  }
  return found;
}

/** Of the host's own sources: what peers say is told by whoever holds all of it side by side. */
const idsOf = ({ bound, compared }: BoundRow): string[] =>
  [...new Set([...bound.agree, ...bound.out.map(({ id }) => id), ...(compared?.keys() ?? [])])].filter((id) => !bound.peers.includes(id));

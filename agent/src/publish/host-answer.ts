import { formatUtc, type HostReading, type Interval, midpoint, offsetInWords, utc, worstError } from "@truebound/time";
import type { DaemonFinding } from "@truebound/wire";
import type { BoundRow } from "../bound/bound-row.ts";
import type { Present } from "../bound/present.ts";
import type { CardSaid } from "../card-stamps/say-cards.ts";

/** What a host says of itself on its own machine. */
export interface HostAnswerFacts {
  /** Of a reading made for this answer. */
  readonly present: AnswerPresent;
  readonly host: { readonly id: string | null; readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly limitNs: number | null;
  readonly steps: number;
  readonly daemon: readonly DaemonFinding[];
  /** Interfaces through which somebody was asked, and what comes of their cards' stamps; absent = none is looked for. */
  readonly cards?: readonly CardSaid[];
  /** Where it reports; null = nowhere. */
  readonly server: string | null;
  readonly version: string;
}

/** Of how a host stands what is answered here. */
export interface AnswerPresent extends Omit<Present, "row"> {
  readonly row: Pick<BoundRow, "status" | "reason" | "offset" | "tight"> & {
    readonly reading: Pick<HostReading, "realtime" | "rawBefore" | "rawAfter" | "kernelRefusal">;
    readonly bound: Pick<BoundRow["bound"], "votes">;
  };
}

const bound = (interval: Interval | null) => interval && { lo_ns: interval.lo.toString(), hi_ns: interval.hi.toString() };

/**
 * `/now`: the host, and between which two instants of UTC it was when REALTIME showed `host_clock`. Liveness is what a server
 * finds of a host, so it is unknown here.
 */
export function hostNow({ present: { row, assumptions }, host }: HostAnswerFacts): object {
  const { reading, offset, tight, status, reason } = row;
  const at = (shift: bigint): string => formatUtc(utc(reading.realtime + shift));
  return {
    ...host,
    liveness: null,
    status,
    reason,
    as_of: offset && at(midpoint(offset)),
    guaranteed: bound(offset),
    tight: bound(tight),
    worst_error_ns: offset && worstError(offset).toString(),
    earliest: offset && at(offset.lo),
    latest: offset && at(offset.hi),
    host_clock: at(0n),
    raw_ns: { before: reading.rawBefore.toString(), after: reading.rawAfter.toString() },
    words: offset === null ? "unknown" : offsetInWords(offset),
    votes: row.bound.votes,
    assumptions,
  };
}

/** `/status`: the same, and on what it rests. */
export function hostStatus(facts: HostAnswerFacts): object {
  const { present, limitNs, steps, daemon, cards = [], server, version } = facts;
  return {
    ...hostNow(facts),
    limit_ns: limitNs === null ? null : limitNs.toString(),
    terms: present.terms,
    sources: present.sources,
    daemon_findings: daemon,
    hardware_stamps: cards,
    kernel_refused: present.row.reading.kernelRefusal ?? null,
    steps,
    server,
    version,
  };
}

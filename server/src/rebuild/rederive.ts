import type { UtcInstant } from "@truebound/time";
import { type PlacedReading, parseSent } from "../evidence/placement.ts";
import { type ReadBatch, readStoredBatch } from "../evidence/read-batch.ts";
import { type Before, type Derived, type DerivedEvent, epochEvent, quarantine } from "../ingest/derive.ts";
import { withoutEdges } from "../ingest/edges.ts";
import { readOpened } from "../ingest/offer.ts";
import type { OpenContent } from "../ingest/ports.ts";
import { type KeptMinute, MINUTE, minuteOf } from "../ingest/rollup.ts";
import type { Place } from "../ingest/sequence.ts";
import { AS_IT_WAS, deriveInPlace, mergeMinutes, type Present, standsNow } from "../ingest/settle.ts";
import type { Fault } from "../refusal.ts";

/** A batch as it lies in the store. */
export interface StoredRow extends Place {
  readonly receivedAt: UtcInstant;
  readonly sent: string | null;
  readonly body: Uint8Array;
  /** What was judged of it when it came stays so: what could not be read then is not read now. */
  readonly quarantined: string | null;
  readonly isWhole: boolean;
  /** The last of a delivery that also told how the host stood then. */
  readonly hasLive: boolean;
}

/** An epoch that another one followed. */
export interface EndedEpoch {
  readonly epoch: number;
  readonly lastSeq: number;
  readonly endedAt: UtcInstant;
}

/** How far a host's evidence was gone through, and all that what comes next goes on from. */
export interface Trail {
  /** Null = nothing yet. */
  readonly place: Place | null;
  /** Null = not known: evidence before it is gone. */
  readonly before: Before | null;
  readonly present: Standing;
  /** Nothing is missing up to here. */
  readonly isWhole: boolean;
  /** Minutes from here on are derived from all that ever spoke of them; null = all minutes are. */
  readonly judgedFrom: bigint | null;
}

type Value = string | number | boolean | null;
export type Columns = Readonly<Record<string, Value>>;

/** What evidence says of the present. A live status is no evidence, so where one was told last, that is not known. */
export interface Standing {
  readonly unreadable: boolean | null;
  readonly said: Columns | null;
  readonly stands: Columns | null;
  readonly daemon: Columns | null;
}

const NOT_KNOWN: Standing = { unreadable: null, said: null, stands: null, daemon: null };
export const START: Trail = {
  place: null,
  before: { bootId: null, at: null },
  present: NOT_KNOWN,
  isWhole: true,
  judgedFrom: null,
};

export interface DerivedAnew {
  readonly trail: Trail;
  readonly minutes: readonly KeptMinute[];
  readonly events: readonly (Place & { readonly ordinal: number; readonly event: DerivedEvent })[];
}

export interface Host {
  readonly id: string;
  readonly ended: readonly EndedEpoch[];
}

/** Goes on with the next rows of a host, in the order of its chain. */
export function rederive(host: Host, start: Trail, rows: readonly StoredRow[], open: OpenContent): DerivedAnew {
  let trail = start;
  const minutes: KeptMinute[] = [];
  const events: DerivedAnew["events"][number][] = [];
  for (const row of rows) {
    const reached = arriveAt(host, trail, row);
    const journey = { receivedAt: row.receivedAt, sent: row.sent === null ? null : parseSent(row.sent) };
    const derived = deriveInPlace(contentOf(host.id, row, open), journey, reached.before ?? NOWHERE, beginning(host, row));
    minutes.push(...derived.minutes);
    const { epoch, seq } = row;
    events.push(...derived.events.map((event, ordinal) => ({ epoch, seq, ordinal, event })));
    trail = goOn(reached, row, derived);
  }
  return { trail, minutes: mergeMinutes(minutes), events };
}

const NOWHERE: Before = { bootId: null, at: null };

function goOn(trail: Trail, { epoch, seq, receivedAt, hasLive }: StoredRow, derived: Derived): Trail {
  return {
    ...trail,
    place: { epoch, seq },
    before: derived.after ?? trail.before,
    present: hasLive ? NOT_KNOWN : stand(trail.present, standsNow(AS_IT_WAS, derived)),
    judgedFrom: trail.before === null ? later(trail.judgedFrom, afterAll(receivedAt, derived.lastUtc)) : trail.judgedFrom,
  };
}

/**
 * Where what a batch goes on from is not known, minutes up to its last reading and its receipt may hold what is gone. Both,
 * because either clock may be wrong.
 */
const afterAll = (receivedAt: bigint, lastUtc: bigint | null): bigint =>
  minuteOf(lastUtc !== null && lastUtc > receivedAt ? lastUtc : receivedAt) + MINUTE;

const later = (a: bigint | null, b: bigint): bigint => (a !== null && a > b ? a : b);

/** Where something is missing before a row, what its first reading goes on from is not known. */
function arriveAt({ ended }: Host, trail: Trail, row: StoredRow): Trail {
  return isNext(trail.place, row, ended) ? trail : { ...trail, before: null, present: NOT_KNOWN, isWhole: false };
}

/** Whether nothing of the chain lies between the two. */
export function isNext(place: Place | null, next: Place, ended: readonly EndedEpoch[]): boolean {
  if (place !== null && place.epoch === next.epoch) return next.seq === place.seq + 1;
  const between = ended.filter(({ epoch }) => epoch < next.epoch && epoch >= (place?.epoch ?? 0));
  if (place !== null && !between.some(({ epoch }) => epoch === place.epoch)) return false;
  return next.seq === 1 && between.every(({ epoch, lastSeq }) => lastSeq === (epoch === place?.epoch ? place.seq : 0));
}

/** An epoch that began with a delivery ended the one before in the same transaction; one of a new enrolment began earlier. */
function beginning({ ended }: Host, { epoch, seq, receivedAt }: StoredRow): DerivedEvent | null {
  if (seq !== 1) return null;
  const last = ended.filter((one) => one.epoch < epoch).reduce<EndedEpoch | null>((a, b) => (a && a.epoch > b.epoch ? a : b), null);
  return last !== null && last.endedAt >= receivedAt ? epochEvent(last.epoch, epoch, receivedAt) : null;
}

/** No batch that is stored decodes to more. */
const STORED_MOST = 64 * 1024 * 1024;

function contentOf(host: string, { body, quarantined, isWhole }: StoredRow, open: OpenContent): ReadBatch {
  const text = open(body, STORED_MOST);
  if (text.kind === "too_long") throw new Error("Cannot open a stored batch: it is longer than any that is taken");
  if (quarantined === null && text.kind === "open") return readStoredBatch(text.bytes, host, isWhole);
  if (quarantined === null) throw new Error("Cannot open a stored batch that could be opened when it came");
  const read = readOpened(text, host);
  const faults = "faults" in read ? read.faults : [];
  return { faults: quarantine(faults, 0n as UtcInstant).quarantined === quarantined ? faults : [faultOf(quarantined)] };
}

/** What was wrong lay outside of the batch itself: the database refused it, or an earlier version did. */
function faultOf(quarantined: string): Fault {
  const cut = quarantined.indexOf(" ");
  const pointer = quarantined.slice(0, cut);
  return { pointer: pointer === "/" ? "" : pointer, detail: quarantined.slice(cut + 1) };
}

const stand = (known: Standing, { unreadable, batch, latest, latestBatch, daemon }: Present): Standing => ({
  unreadable,
  said: batch === null ? known.said : saidBy(batch),
  stands: latest === null || latestBatch === null ? known.stands : standingAt(latest, latestBatch),
  daemon: daemon === null ? known.daemon : { daemon: json(daemon) },
});

type Batch = NonNullable<Present["batch"]>;
const json = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));
const big = (value: bigint | null | undefined): string | null => value?.toString() ?? null;

/** Columns of host_state, as text where the database counts in bigint or keeps JSON. */
const saidBy = (batch: Batch): Columns => ({
  boot_id: batch.boot_id,
  software: batch.software,
  policy_version: String(batch.policy_version),
  assumptions: json(batch.assumptions),
  trusting: json(batch.trusting),
  sources: json(batch.sources),
});

const standingAt = (at: PlacedReading, batch: Batch): Columns => ({
  status: at.status,
  reason: at.reason,
  as_of_ns: big(at.at),
  as_of_marked: at.marked,
  lo_ns: big(at.bound?.lo),
  hi_ns: big(at.bound?.hi),
  tight_lo_ns: big(at.tight?.lo),
  tight_hi_ns: big(at.tight?.hi),
  injected_ns: big(at.injected),
  votes: at.votes,
  need: at.need,
  terms: json(batch.terms),
  frequency: json(batch.frequency),
  raw_ns: big(at.raw),
  realtime_ns: big(at.realtime),
  mesh: json(withoutEdges(batch.mesh)),
});

/** Derived columns of host_state as the evidence gives them; those that it does not give are not in it. */
export function stateOf({ before, present, isWhole }: Trail): Columns {
  const isRead = before !== null && (before.bootId !== null || isWhole);
  return {
    ...(isRead ? { chain_boot_id: before.bootId, chain_at_ns: big(before.at) } : {}),
    ...(present.unreadable === null ? {} : { unreadable: present.unreadable, is_ahead: false }),
    ...present.said,
    ...present.stands,
    ...present.daemon,
  };
}

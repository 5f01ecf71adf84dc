import type { UtcInstant } from "@truebound/time";
import type { Batch, BatchEvent } from "@truebound/wire";
import {
  eventPlacer,
  type Journey,
  type Place,
  type PlacedReading,
  placeByReceipt,
  placeReadings,
  type SentHeader,
} from "../evidence/placement.ts";
import { readingsOf } from "../evidence/readings.ts";

import type { Salvage } from "../evidence/salvage.ts";
import type { Fault } from "../refusal.ts";
import { type DaemonSaid, daemonSaid } from "./daemon-said.ts";
import { type KeptMinute, minuteOf, rollUp } from "./rollup.ts";

/** All that is kept of a batch beside its bytes. It can be derived again from them at any time. */
export interface Derived {
  /** Null for a batch that could not be read. */
  readonly batch: Batch | null;
  /** The last reading; null when the batch has none, and the host's state stays as it was. */
  readonly latest: PlacedReading | null;
  /** The batch of that reading: its terms and frequency belong to it. */
  readonly latestBatch: Batch | null;
  /** What the host's own daemon said last in it; null = nothing. */
  readonly daemon: DaemonSaid | null;
  readonly minutes: readonly KeptMinute[];
  readonly events: readonly DerivedEvent[];
  readonly firstUtc: bigint | null;
  readonly lastUtc: bigint | null;
  /** Where the next batch goes on from; null = from where this one did. */
  readonly after: Before | null;
  /** Records of it that cannot be relied upon; nothing was derived from them. */
  readonly setAside: readonly Fault[];
  /** Why nothing was derived; null = it was. */
  readonly quarantined: string | null;
}

export interface DerivedEvent extends Place {
  readonly kind: string;
  readonly source: string | null;
  readonly detail: BatchEvent["detail"];
}

/** Where the host's latest reading lay before this batch, and in which boot. */
export interface Before {
  readonly bootId: string | null;
  readonly at: bigint | null;
}

/** Nothing is known of where the next reading comes from. */
export const NOWHERE: Before = { bootId: null, at: null };

export function derive({ batch, setAside, endsOpen }: Salvage, receivedAt: UtcInstant, sent: SentHeader | null, before: Before): Derived {
  const journey: Journey = { receivedAt, bootId: batch.boot_id, sent };
  const placed = placeReadings(readingsOf(batch), journey);
  const placeEvent = eventPlacer(placed, journey);
  // A batch without readings has a place too, so that whoever looks there sees that none is missing.
  const places = placed.length > 0 ? placed.map((reading) => reading.at) : [placeByReceipt(BigInt(batch.sealed_boottime_ns), journey)];
  const latest = placed.at(-1) ?? null;
  const rehearsed = batch.rehearsal === undefined ? {} : { rehearsal: batch.rehearsal.id };
  return {
    batch,
    latest,
    latestBatch: latest && batch,
    daemon: daemonSaid(batch, placed),
    minutes: minutesOf(placed, before, { batch, setAside }),
    events: [
      ...batch.events.map(({ kind, source, detail, boottime_ns }) => ({
        kind,
        source,
        detail: { ...detail, ...rehearsed },
        ...placeEvent(BigInt(boottime_ns)),
      })),
      ...asideEvents(setAside, receivedAt),
    ],
    firstUtc: places.reduce(earlier),
    lastUtc: places.reduce(later),
    after: latest && { bootId: batch.boot_id, at: latest.marked || endsOpen || batch.rehearsal ? null : latest.at },
    setAside,
    quarantined: null,
  };
}

function minutesOf(
  placed: readonly PlacedReading[],
  before: Before,
  { batch, setAside }: Pick<Salvage, "batch" | "setAside">,
): KeptMinute[] {
  if (batch.rehearsal !== undefined) return rollUp(placed, null).map(madeUp);
  const minutes = rollUp(placed, before.bootId === batch.boot_id ? before.at : null);
  return doubting(setAside, withOscillator(minutes, placed.at(-1) ?? null, batch));
}

/** A minute in which a fault was rehearsed: the host was heard, and nothing is known of its clock. */
const madeUp = (minute: KeptMinute): KeptMinute => ({
  ...minute,
  bound: null,
  through: null,
  claim: null,
  unbounded: true,
  status: "unknown",
});

/** Where a reading was set aside, no minute of its batch is bounded by those that were not: which minute it was of is not known. */
const doubting = (setAside: readonly Fault[], minutes: KeptMinute[]): KeptMinute[] =>
  setAside.some(({ pointer }) => pointer.startsWith("/bounds/")) ? minutes.map((minute) => ({ ...minute, unbounded: true })) : minutes;

/** What is known of the oscillator is of the batch's last reading. */
function withOscillator(minutes: readonly KeptMinute[], latest: PlacedReading | null, { frequency }: Batch): KeptMinute[] {
  const known = latest === null || latest.marked ? null : frequency.oscillator;
  return minutes.map((minute) => (latest !== null && minute.minute === minuteOf(latest.at) ? { ...minute, oscillator: known } : minute));
}

const earlier = (a: UtcInstant, b: UtcInstant): UtcInstant => (b < a ? b : a);
const later = (a: UtcInstant, b: UtcInstant): UtcInstant => (b > a ? b : a);

export const ASIDE_EVENT = "records_set_aside";

/** The batch is kept as it came; of these records nothing is believed. One event for all of them, with the first by name. */
function asideEvents(setAside: readonly Fault[], receivedAt: UtcInstant): DerivedEvent[] {
  const [first] = setAside;
  if (first === undefined) return [];
  const detail = { records: setAside.length, pointer: first.pointer, problem: first.detail };
  return [{ kind: ASIDE_EVENT, source: null, detail, at: receivedAt, marked: true }];
}

export const QUARANTINE_EVENT = "batch_quarantined";

/** A batch that is rightly signed and in its place, but cannot be read: kept as evidence, told of, and nothing taken from it. */
export function quarantine(faults: readonly Fault[], receivedAt: UtcInstant): Derived {
  const [first = { pointer: "", detail: "is unreadable" }] = faults;
  const detail = { pointer: first.pointer === "" ? "/" : first.pointer, problem: first.detail, faults: faults.length };
  return {
    batch: null,
    latest: null,
    latestBatch: null,
    daemon: null,
    minutes: [],
    events: [{ kind: QUARANTINE_EVENT, source: null, detail, at: receivedAt, marked: true }],
    firstUtc: null,
    lastUtc: null,
    after: NOWHERE,
    setAside: [],
    quarantined: `${detail.pointer} ${detail.problem}`,
  };
}

/** A batch came by the host's key and beside its chain, and was refused. */
export const CLONE_EVENT = "clone_suspected";

export const EPOCH_EVENT = "epoch_started";

/** The agent could not continue its chain: what it still has goes on in a new epoch, and whatever lay between is lost. */
export const epochEvent = (from: number, to: number, receivedAt: UtcInstant): DerivedEvent => ({
  kind: EPOCH_EVENT,
  source: null,
  detail: { from_epoch: from, to_epoch: to },
  at: receivedAt,
  marked: true,
});

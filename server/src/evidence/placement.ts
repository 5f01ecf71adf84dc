import { absolute, midpoint, type UtcInstant, utc } from "@truebound/time";
import { fits } from "./check.ts";
import type { Reading } from "./readings.ts";

/**
 * Where a reading lies on the UTC axis. With a bound: the host's REALTIME plus the middle of the bound. Without one it is
 * *marked*, and placed by its distance on BOOTTIME from the nearest reading of the same batch that has one; if there is
 * none, by the time of receipt less its age on the host's BOOTTIME, if it was sent in the same boot; else by the time of
 * receipt. Never by the host's REALTIME alone: that clock is the patient.
 */
export interface Place {
  readonly at: UtcInstant;
  readonly marked: boolean;
}

export interface PlacedReading extends Reading, Place {}

/** What is known of a batch's journey. */
export interface Journey {
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant;
  readonly bootId: string;
  readonly sent: SentHeader | null;
}

/** The Truebound-Sent header: the host's BOOTTIME when it sent. */
export interface SentHeader {
  readonly bootId: string;
  readonly boottime: bigint;
}

const SENT = /^(\S{1,64}) (0|[1-9]\d{0,17})$/;

/** `null` when the header says nothing that an age could rest on. */
export function parseSent(text: string): SentHeader | null {
  const [, bootId, boottime] = SENT.exec(text) ?? [];
  return bootId === undefined || boottime === undefined ? null : { bootId, boottime: BigInt(boottime) };
}

type Anchor = Pick<PlacedReading, "at" | "boottime">;

export function placeReadings(readings: readonly Reading[], journey: Journey): PlacedReading[] {
  const anchors = inOrder(
    readings.flatMap(({ bound, realtime, boottime }) => (bound ? [{ at: utc(realtime + midpoint(bound)), boottime }] : [])),
  );
  return readings.map((reading) => ({ ...reading, ...placeReading(reading, anchors, journey) }));
}

/** Places the events of a batch. They carry no bound; one that a reading beside it places is as good as that reading. */
export function eventPlacer(placed: readonly PlacedReading[], journey: Journey): (boottime: bigint) => Place {
  const anchors = inOrder(placed.filter((reading) => !reading.marked));
  return (boottime) => {
    const beside = placeBeside(boottime, anchors);
    return beside === null ? { at: placeByReceipt(boottime, journey), marked: true } : { at: beside, marked: false };
  };
}

const inOrder = (anchors: readonly Anchor[]): Anchor[] =>
  [...anchors].sort((a, b) => (a.boottime < b.boottime ? -1 : a.boottime > b.boottime ? 1 : 0));

function placeReading({ bound, realtime, boottime }: Reading, anchors: readonly Anchor[], journey: Journey): Place {
  if (bound) return { at: utc(realtime + midpoint(bound)), marked: false };
  return { at: placeBeside(boottime, anchors) ?? placeByReceipt(boottime, journey), marked: true };
}

/** By the nearest anchor; they are in the order of BOOTTIME. */
function placeBeside(boottime: bigint, anchors: readonly Anchor[]): UtcInstant | null {
  const after = firstAtOrAfter(boottime, anchors);
  const neighbours = [anchors[after - 1], anchors[after]].filter((anchor) => anchor !== undefined);
  const [first] = neighbours;
  if (first === undefined) return null;
  const away = (anchor: Anchor) => absolute(anchor.boottime - boottime);
  const nearest = neighbours.reduce((best, next) => (away(next) < away(best) ? next : best), first);
  const at = nearest.at + boottime - nearest.boottime;
  return fits(at) ? utc(at) : null;
}

function firstAtOrAfter(boottime: bigint, anchors: readonly Anchor[]): number {
  let low = 0;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((anchors[middle] as Anchor).boottime < boottime) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a moment of the host lies of which nothing but its BOOTTIME is known. */
export function placeByReceipt(boottime: bigint, { receivedAt, bootId, sent }: Journey): UtcInstant {
  const age = sent !== null && sent.bootId === bootId ? sent.boottime - boottime : -1n;
  return age >= 0n ? utc(receivedAt - age) : receivedAt;
}

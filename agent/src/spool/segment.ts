import { isBefore, type Place } from "./place.ts";
import type { SealedBatch } from "./sealed-batch.ts";

/** The places that batches had in the epochs before, from the first to the last of them. */
export interface Carried {
  readonly from: Place;
  readonly to: Place;
}

/** What a spool knows of one of its files. */
export interface Segment {
  readonly name: string;
  readonly epoch: number;
  readonly first: number;
  last: number;
  bytes: number;
  /** After a failed write or sync it is not written to again: what the disk kept of it is unknown. */
  closed: boolean;
  /** Of batches that went on here from an epoch before; null = there are none. */
  readonly carried: Carried | null;
}

export const segmentName = ({ epoch, seq }: Place): string => `${String(epoch).padStart(6, "0")}-${String(seq).padStart(12, "0")}.spool`;

/** Where a file says that it begins. */
export function placeOf(name: string | undefined): Place | null {
  const [, epoch, seq] = /^(\d{6})-(\d{12})\.spool$/.exec(name ?? "") ?? [];
  return epoch === undefined || seq === undefined ? null : { epoch: Number(epoch), seq: Number(seq) };
}

/** Of batches that lie in one file, at least one. */
export function segmentOf(name: string, batches: readonly SealedBatch[], bytes: number): Segment {
  const [first, last] = [batches[0] as SealedBatch, batches.at(-1) as SealedBatch];
  const places = batches.flatMap(({ was }) => (was === undefined ? [] : [was]));
  const [from, to] = [places[0], places.at(-1)];
  return {
    name,
    epoch: first.epoch,
    first: first.seq,
    last: last.seq,
    bytes,
    closed: false,
    carried: from === undefined || to === undefined ? null : { from, to },
  };
}

export const firstOf = ({ epoch, first }: Segment): Place => ({ epoch, seq: first });
export const lastOf = ({ epoch, last }: Segment): Place => ({ epoch, seq: last });

/** All that the newest epoch carries on; null = nothing. */
export function carriedBy(segments: readonly Segment[]): Carried | null {
  const newest = segments.at(-1)?.epoch;
  const parts = segments.flatMap(({ epoch, carried }) => (epoch === newest && carried !== null ? [carried] : []));
  const [from, to] = [parts[0]?.from, parts.at(-1)?.to];
  return from === undefined || to === undefined ? null : { from, to };
}

/** What of a file of an epoch before still counts: what went on in a later one does not. Null = nothing of it. */
export function withoutCarried(segment: Segment, { from, to }: Carried): Segment | null {
  const isOlder = segment.epoch <= to.epoch;
  if (!isOlder || isBefore(lastOf(segment), from) || isBefore(to, firstOf(segment))) return segment;
  return isBefore(firstOf(segment), from) ? { ...segment, last: from.seq - 1 } : null;
}

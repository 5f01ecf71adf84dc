import { type Carried, isBefore, type Place } from "./place.ts";
import type { ChainPlace, SealedBatch } from "./sealed-batch.ts";

/** What a spool knows of one of its files. */
export interface Segment {
  readonly name: string;
  readonly epoch: number;
  readonly first: number;
  last: number;
  bytes: number;
  /** After a failed write or sync it is not written to again: what the disk kept of it is unknown. */
  closed: boolean;
  /** Batches that it had when it was opened, and that damage took since. */
  lost: number;
  /** Known where damage had taken some of what went on here: it lacks the last of that. */
  readonly isCutShort: boolean;
  /** What its frames say of batches that went on, here or in an epoch before. */
  readonly carried: readonly Carried[];
  /** The last batch that it had when it was opened or written as a whole. */
  readonly end: ChainPlace;
  /** What its first batch followed in epochs before. */
  readonly followed: readonly ChainPlace[];
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
  return {
    name,
    epoch: first.epoch,
    first: first.seq,
    last: last.seq,
    bytes,
    closed: false,
    lost: 0,
    isCutShort: isCutShort(batches),
    carried: batches.flatMap(carriedWith),
    end: { epoch: last.epoch, seq: last.seq, hash: last.hash },
    followed: first.followed ?? [],
  };
}

const carriedWith = ({ epoch: into, was, upTo, past = [] }: SealedBatch): readonly Carried[] =>
  was === undefined ? past : [...past, { into, from: was, to: upTo ?? was }];

function isCutShort(batches: readonly SealedBatch[]): boolean {
  const to = batches[0]?.upTo;
  return to !== undefined && !batches.some(({ was }) => was?.epoch === to.epoch && was.seq === to.seq);
}

export const firstOf = ({ epoch, first }: Segment): Place => ({ epoch, seq: first });
export const lastOf = ({ epoch, last }: Segment): Place => ({ epoch, seq: last });

/** What went on says where it was before. The ends of its file say enough, and it grows by next to nothing. */
export function withPlaces(
  resealed: readonly SealedBatch[],
  sources: readonly SealedBatch[],
  { past, followed }: { readonly past: readonly Carried[]; readonly followed: readonly ChainPlace[] },
): SealedBatch[] {
  const places = sources.map(({ epoch, seq }) => ({ epoch, seq }));
  const [from, to] = [places[0] as Place, places.at(-1) as Place];
  const hasGap = to.seq - from.seq + 1 > places.length;
  return resealed.map((batch, index) => {
    if (index === 0) return { ...batch, was: from, ...(hasGap ? { upTo: to } : {}), ...(past.length > 0 ? { past } : {}), followed };
    return index === resealed.length - 1 ? { ...batch, was: to } : batch;
  });
}

/** All that is known to have gone on, one stretch for each epoch that it went on in, in their order. */
export function carriedBy(segments: readonly Pick<Segment, "carried">[]): readonly Carried[] {
  const known = new Map<number, Carried>();
  for (const one of segments.flatMap(({ carried }) => carried)) known.set(one.into, spanning(known.get(one.into) ?? one, one));
  return [...known.values()].sort((a, b) => a.into - b.into);
}

const spanning = (a: Carried, b: Carried): Carried => ({
  into: a.into,
  from: isBefore(b.from, a.from) ? b.from : a.from,
  to: isBefore(a.to, b.to) ? b.to : a.to,
});

/** What of a file of an epoch before still counts: what went on in a later one does not. Null = nothing of it. */
export function withoutCarried(segment: Segment, { into, from, to }: Carried): Segment | null {
  if (segment.epoch >= into || isBefore(lastOf(segment), from) || isBefore(to, firstOf(segment))) return segment;
  return isBefore(firstOf(segment), from) ? { ...segment, last: from.seq - 1 } : null;
}

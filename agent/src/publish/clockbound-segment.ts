import { BILLION, maxOf, minOf } from "@truebound/time";
import type { SegmentRecord } from "./segment-record.ts";

/**
 * The shared memory that clients of AWS ClockBound read (github.com/aws/clock-bound, docs/PROTOCOL.md), versions 1 and 2, by its
 * published layout. In the byte order of this machine. A client takes REALTIME ± (bound + drift × (MONOTONIC − as-of)), so what is
 * written there has to bound REALTIME itself, slewed as it may be until the client looks.
 */
export type ClockBoundVersion = 1 | 2;

/** By version: where the file lies in its folder, and how long it is. */
export const CLOCKBOUND_FILES: Readonly<Record<ClockBoundVersion, { readonly name: string; readonly bytes: number }>> = {
  1: { name: "shm", bytes: 72 },
  2: { name: "shm0", bytes: 80 },
};

export const CLOCKBOUND_GENERATION_AT = 14;
/** What is written between an odd generation and the even one that follows it. */
export const CLOCKBOUND_BODY_AT = 16;

const MAGIC = [0x414d5a4e, 0x43420200] as const;
/** A client takes none that is older than this for Synchronized, and none whose drift is a second in a second. */
const MOST_DRIFT_PPB = 999_999_999n;
/** Clients may read CLOCK_MONOTONIC_COARSE, which lies up to a tick behind: one that seems to lie before as-of is an error to them. */
const COARSE_NS = 10_000_000n;

/** For so long after as-of a client takes the status as it is written, whenever the record is void. */
const GRACE_NS = 5n * BILLION;
/** A client gives an interval whatever the status: where nothing is known it is 31 years to either side, and looks like nothing known. */
const NOTHING_KNOWN_NS = 1_000_000_000_000_000_000n;

const UNKNOWN = 0;
const SYNCHRONIZED = 1;
const FREE_RUNNING = 2;
const DISRUPTED = 3;

/** @param limitNs what its clients can bear: holdover within it is Synchronized still; null = holdover is FreeRunning at once. */
export function clockBoundBytes(
  version: ClockBoundVersion,
  record: SegmentRecord,
  generation: number,
  limitNs: bigint | null,
  littleEndian: boolean,
): Uint8Array {
  const { bytes: length } = CLOCKBOUND_FILES[version];
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [at, word] of [...MAGIC, length].entries()) view.setUint32(4 * at, word, littleEndian);
  view.setUint16(12, version, littleEndian);
  view.setUint16(CLOCKBOUND_GENERATION_AT, generation, littleEndian);
  const { asOf, voidAfter, boundNs, driftPpb } = termsOf(record);
  putTimespec(view, 16, asOf, littleEndian);
  putTimespec(view, 32, voidAfter, littleEndian);
  view.setBigInt64(48, boundNs, littleEndian);
  const status = clockBoundStatus(version, record, limitNs);
  if (version === 1) {
    view.setUint32(56, Number(driftPpb), littleEndian);
    view.setInt32(64, status, littleEndian);
    return bytes;
  }
  view.setBigUint64(56, record.vmMarker ?? 0n, littleEndian);
  view.setUint32(64, Number(driftPpb), littleEndian);
  view.setInt32(68, status, littleEndian);
  view.setUint8(72, record.vmMarker === null ? 0 : 1);
  return bytes;
}

/** By rho and S together, so that a slew that begins right after this reading is within the drift. */
function termsOf({ clocks, offset, monotonicGrowthPpb, expires, endsAtLeap }: SegmentRecord) {
  const boundNs = offset === null ? NOTHING_KNOWN_NS : maxOf(-offset.lo, offset.hi);
  const asOf = clocks.monotonic - COARSE_NS;
  return {
    // Of a record that must not be carried over a leap as-of lies so far back that its grace is over by then; that widens it.
    asOf: maxOf(0n, endsAtLeap ? minOf(asOf, expires - GRACE_NS) : asOf),
    voidAfter: expires,
    boundNs: maxOf(0n, boundNs),
    driftPpb: monotonicGrowthPpb < MOST_DRIFT_PPB ? monotonicGrowthPpb : MOST_DRIFT_PPB,
  };
}

/**
 * Only what is proved is Synchronized. `unverified` rests on one voice: whoever wants to believe it declares that source trusted, and
 * then it is proved. FreeRunning says that the bound holds and grows.
 */
export function clockBoundStatus(version: ClockBoundVersion, record: SegmentRecord, limitNs: bigint | null): number {
  const { status, offset, monotonicGrowthPpb } = record;
  if (status === "disrupted") return version === 1 ? UNKNOWN : DISRUPTED;
  if (offset === null || monotonicGrowthPpb > MOST_DRIFT_PPB) return UNKNOWN;
  if (status === "proven") return SYNCHRONIZED;
  if (status !== "holdover") return UNKNOWN;
  return limitNs !== null && maxOf(-offset.lo, offset.hi) <= limitNs ? SYNCHRONIZED : FREE_RUNNING;
}

/** The generation after one; 0 says that nothing was ever written, so it goes on from 65534 with 2. */
export const nextClockBoundGeneration = (generation: number): number => {
  const even = (generation & ~1) + 2;
  return even > 0xfffe ? 2 : even;
};

function putTimespec(view: DataView, at: number, ns: bigint, littleEndian: boolean): void {
  view.setBigInt64(at, ns / BILLION, littleEndian);
  view.setBigInt64(at + 8, ns % BILLION, littleEndian);
}

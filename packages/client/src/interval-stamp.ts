import type { Now } from "./answer.ts";
import { PROVED, REASONS, type Reason, STATUSES, type Status } from "./segment.ts";

export const STAMP_BYTES = 40;
const VERSION = 1;
/** A width that says that there is no bound. */
const NO_BOUND = 0xffff_ffff;

/** What to store with an event: when it was, as an interval, of which host, and where the proof of that is kept. */
export interface IntervalStamp {
  readonly status: Status;
  readonly reason: Reason;
  /** ns since 1970; both null where nothing was known. */
  readonly earliest: bigint | null;
  readonly latest: bigint | null;
  /** 32 hexadecimal digits, all zero for a host that reports to nobody. */
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

const NO_HOST = "0".repeat(32);

/** What `now()` said, as it is stored. What only a reader found wrong with a segment is no reason of an event. */
export const stampOf = ({ status, reason, earliest, latest, evidence }: Now): IntervalStamp => ({
  status,
  reason: (REASONS as readonly Reason[]).includes(reason) ? reason : null,
  earliest,
  latest,
  host: evidence?.host ?? NO_HOST,
  epoch: evidence?.epoch ?? 0,
  seq: evidence?.seq ?? 0,
});

/**
 * 40 bytes, little-endian: version and status (four bits each), reason 1, epoch 4, sequence 6, width 4 (all ones: no bound), earliest 8,
 * host 16.
 */
export function encodeStamp(stamp: IntervalStamp): Uint8Array {
  const bytes = new Uint8Array(STAMP_BYTES);
  const view = new DataView(bytes.buffer);
  const { earliest, latest } = stamp;
  const width = earliest === null || latest === null ? BigInt(NO_BOUND) : latest - earliest;
  if (width < 0n || (earliest !== null && width >= BigInt(NO_BOUND))) throw new RangeError(`Cannot encode a stamp ${width} ns wide`);
  view.setUint8(0, (VERSION << 4) | STATUSES.indexOf(stamp.status));
  view.setUint8(1, Math.max(0, (REASONS as readonly Reason[]).indexOf(stamp.reason)));
  view.setUint32(2, stamp.epoch, true);
  view.setUint32(6, stamp.seq % 0x1_0000_0000, true);
  view.setUint16(10, Math.floor(stamp.seq / 0x1_0000_0000), true);
  view.setUint32(12, Number(width), true);
  view.setBigInt64(16, earliest ?? 0n, true);
  bytes.set(
    Uint8Array.from(stamp.host.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    24,
  );
  return bytes;
}

/** Null = these are no bytes of a stamp of this version. */
export function decodeStamp(bytes: Uint8Array): IntervalStamp | null {
  if (bytes.length !== STAMP_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [status, reason] = [STATUSES[view.getUint8(0) & 15], REASONS[view.getUint8(1)]];
  if (view.getUint8(0) >> 4 !== VERSION || status === undefined || reason === undefined) return null;
  const width = view.getUint32(12, true);
  const earliest = width === NO_BOUND ? null : view.getBigInt64(16, true);
  return {
    status,
    reason,
    earliest,
    latest: earliest === null ? null : earliest + BigInt(width),
    host: Array.from(bytes.subarray(24), (byte) => byte.toString(16).padStart(2, "0")).join(""),
    epoch: view.getUint32(2, true),
    seq: view.getUint16(10, true) * 0x1_0000_0000 + view.getUint32(6, true),
  };
}

/**
 * Which of two events came first, whatever hosts they were on: `undecidable` where their intervals touch, `unknown` where one of them has
 * none, or one of a status that is not accepted: such a bound may not hold, and then neither does an order by it.
 */
export function orderOf(
  a: IntervalStamp,
  b: IntervalStamp,
  accept: readonly Status[] = PROVED,
): "before" | "after" | "undecidable" | "unknown" {
  if (a.earliest === null || a.latest === null || b.earliest === null || b.latest === null) return "unknown";
  if (!accept.includes(a.status) || !accept.includes(b.status)) return "unknown";
  if (a.latest < b.earliest) return "before";
  return b.latest < a.earliest ? "after" : "undecidable";
}

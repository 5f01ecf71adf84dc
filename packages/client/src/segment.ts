/**
 * The segment that an agent writes (docs/protocol.md, "The segment"), read. Little-endian: a head that never changes, and two slots, of
 * which the newer one is whole while the older one is written.
 */
export const SEGMENT_BYTES = 384;
export const HEAD_BYTES = 64;
export const SLOT_BYTES = 160;
export const SLOTS = 2;
const VERSION = 1;
const MAGIC = new TextEncoder().encode("TBCLOCK\n");

/** Their numbers are their places. A number that a later agent has and this list has not reads as `unknown`, and as no reason. */
export const STATUSES = ["unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted"] as const;
export type Status = (typeof STATUSES)[number];

/** What is proved, and what was proved and grows since. `unverified` rests on one voice: whoever has but one source may accept that. */
export const PROVED: readonly Status[] = ["proven", "holdover"];

export const REASONS = [
  null,
  "trusting",
  "one_vote",
  "peers_only",
  "fault_budget_reduced",
  "sources_lost",
  "sources_inconsistent",
  "sources_disagree",
  "no_region",
  "suspended_or_moved",
  "clocksource_changed",
  "vm_disrupted",
  "ruler_jumped",
  "never_measured",
  "no_exchange_for_an_hour",
  "wider_than_a_second",
  "no_usable_evidence",
  "timescale_unknown",
  "leap_unknown",
  "agent_stopped",
  "not_authenticated",
] as const;

/** Why nothing can be read: no file, no segment, one of a version that is not known here, or no slot that is whole. */
export type Unreadable = "no_segment" | "not_a_segment" | "wrong_version" | "torn";

/** What a reader finds wrong with a record that is whole. */
export type ReaderReason = "other_boot" | "before_the_reading" | "expired" | "clock_stepped";

export type Reason = (typeof REASONS)[number] | Unreadable | ReaderReason;

/** What the agent told of one reading of the host's clocks. */
export interface Snapshot {
  readonly generation: bigint;
  readonly status: Status;
  readonly reason: Reason;
  /** 32 hexadecimal digits. */
  readonly bootId: string;
  /** The host's id as the server knows it, and where the evidence of this reading goes; null = it reports to nobody. */
  readonly evidence: Evidence | null;
  /** The clocks at the reading, ns. */
  readonly realtime: bigint;
  readonly monotonic: bigint;
  readonly boottime: bigint;
  /** Null where the agent cannot read CLOCK_MONOTONIC_RAW. */
  readonly raw: bigint | null;
  /** How far apart these may have been read, ns. */
  readonly spanNs: bigint;
  /** UTC at the reading; null = nothing can be said of it. */
  readonly utc: { readonly earliest: bigint; readonly latest: bigint } | null;
  /** By how much either end grows in a second of RAW, and of MONOTONIC, ppb. */
  readonly rawGrowthPpb: bigint;
  readonly monotonicGrowthPpb: bigint;
  /** MONOTONIC from which it says nothing. */
  readonly expires: bigint;
  /** The hypervisor's disruption marker at the reading; null = there is none. */
  readonly vmMarker: bigint | null;
}

/** Where the proof of a reading is to be found: a host, and the batch in which it told of it, or one soon after. */
export interface Evidence {
  /** 32 hexadecimal digits. */
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

const HAS_OFFSET = 1;
const HAS_RAW = 2;
const HAS_MARKER = 4;
const HAS_EVIDENCE = 8;

/** Null = these bytes begin as a segment that can be read here. */
export function whyNotSegment(bytes: Uint8Array): Exclude<Unreadable, "no_segment" | "torn"> | null {
  if (bytes.length < SEGMENT_BYTES || !MAGIC.every((value, at) => bytes[at] === value)) return "not_a_segment";
  const view = viewOf(bytes);
  const [version, ...sizes] = [8, 10, 12, 14].map((at) => view.getUint16(at, true));
  if (version !== VERSION) return "wrong_version";
  return sizes[0] === HEAD_BYTES && sizes[1] === SLOT_BYTES && sizes[2] === SLOTS ? null : "not_a_segment";
}

/** The slots that may be whole, the newest first: their places, and their generations. */
export function candidates(bytes: Uint8Array): { readonly at: number; readonly generation: bigint }[] {
  const view = viewOf(bytes);
  const all = Array.from({ length: SLOTS }, (_, slot) => {
    const at = HEAD_BYTES + slot * SLOT_BYTES;
    return { at, generation: view.getBigUint64(at, true) };
  });
  return all.filter(({ generation }) => isWritten(generation)).sort((a, b) => (a.generation < b.generation ? 1 : -1));
}

/** Even, and not the zero of a slot that was never written. */
const isWritten = (generation: bigint): boolean => generation > 0n && (generation & 1n) === 0n;

/** A slot's record; null = its bytes are not those of one write. */
export function decodeSlot(slot: Uint8Array, crc32: (bytes: Uint8Array) => number): Snapshot | null {
  const view = viewOf(slot);
  const generation = view.getBigUint64(0, true);
  if (!isWritten(generation) || view.getUint32(8, true) !== crc32(covered(slot))) return null;
  const flags = view.getUint16(14, true);
  const [realtime, monotonic, raw, boottime, lo, hi, expires] = Array.from({ length: 7 }, (_, word) =>
    view.getBigInt64(64 + 8 * word, true),
  );
  return {
    generation,
    status: STATUSES[view.getUint8(12)] ?? "unknown",
    reason: REASONS[view.getUint8(13)] ?? null,
    bootId: hex(slot.subarray(16, 32)),
    evidence: flags & HAS_EVIDENCE ? evidenceOf(slot, view) : null,
    realtime: realtime as bigint,
    monotonic: monotonic as bigint,
    boottime: boottime as bigint,
    raw: flags & HAS_RAW ? (raw as bigint) : null,
    spanNs: BigInt(view.getUint32(132, true)),
    utc: flags & HAS_OFFSET ? { earliest: (realtime as bigint) + (lo as bigint), latest: (realtime as bigint) + (hi as bigint) } : null,
    rawGrowthPpb: BigInt(view.getUint32(52, true)),
    monotonicGrowthPpb: BigInt(view.getUint32(128, true)),
    expires: expires as bigint,
    vmMarker: flags & HAS_MARKER ? view.getBigUint64(120, true) : null,
  };
}

const evidenceOf = (slot: Uint8Array, view: DataView): Evidence => ({
  host: hex(slot.subarray(32, 48)),
  epoch: view.getUint32(48, true),
  seq: Number(view.getBigUint64(56, true)),
});

/** The generation, and all behind the checksum. */
function covered(slot: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES - 4);
  bytes.set(slot.subarray(0, 8));
  bytes.set(slot.subarray(12, SLOT_BYTES), 8);
  return bytes;
}

/** The newest whole record of a segment that nobody writes meanwhile, or why there is none. */
export function readSegment(bytes: Uint8Array, crc32: (bytes: Uint8Array) => number): Snapshot | Unreadable {
  const flaw = whyNotSegment(bytes);
  if (flaw !== null) return flaw;
  for (const { at } of candidates(bytes)) {
    const snapshot = decodeSlot(bytes.subarray(at, at + SLOT_BYTES), crc32);
    if (snapshot !== null) return snapshot;
  }
  return "torn";
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

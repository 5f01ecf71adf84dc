import type { Interval, StatusKind, StatusReason } from "@truebound/time";

/**
 * The layout of the file by which a host tells its bound to every application on it (docs/protocol.md, "The segment"). Little-endian.
 * A head that never changes, then two slots: a record is written into the older one, so that the newer one stays whole meanwhile.
 */
export const SEGMENT_VERSION = 1;
export const HEAD_BYTES = 64;
export const SLOT_BYTES = 160;
export const SLOTS = 2;
export const SEGMENT_BYTES = HEAD_BYTES + SLOTS * SLOT_BYTES;
/** A slot's first bytes: its generation, odd while it is written. */
export const GENERATION_BYTES = 8;

const MAGIC = "TBCLOCK\n";
const CRC_AT = 8;
const COVERED_FROM = 12;

/** Their places are their numbers; new ones join at the end. */
export const STATUSES: readonly StatusKind[] = ["unknown", "proven", "unverified", "holdover", "conflict", "no_majority", "disrupted"];
export const REASONS: readonly (StatusReason | "agent_stopped" | null)[] = [
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
];

/** The clocks of one reading, ns. REALTIME was read before all others. */
export interface RecordClocks {
  readonly realtime: bigint;
  readonly monotonic: bigint;
  readonly boottime: bigint;
  /** Null where this host cannot read RAW. */
  readonly raw: bigint | null;
  /** From before the first read to after the last, ns: how far apart these can be; and what BOOTTIME is cut off by, where that is more. */
  readonly spanNs: bigint;
}

/** What is told of one reading of the clocks. */
export interface SegmentRecord {
  readonly status: StatusKind;
  readonly reason: (typeof REASONS)[number];
  /** As the kernel writes it; an UUID. */
  readonly bootId: string;
  /** Null before enrolment. */
  readonly host: string | null;
  /** Of the batch that carries this reading, or what came soon after it; null = it is reported to nobody. */
  readonly evidence: { readonly epoch: number; readonly seq: number } | null;
  readonly clocks: RecordClocks;
  /** On UTC − REALTIME at the reading, wide enough for the time from the first read to the last; null = none can be given. */
  readonly offset: Interval | null;
  /** By how much either side grows in a second of RAW and of MONOTONIC, ppb. */
  readonly rawGrowthPpb: bigint;
  readonly monotonicGrowthPpb: bigint;
  /** MONOTONIC from which this says nothing any more. */
  readonly expires: bigint;
  /** It expires because UTC may leap then: from there on the bound may be false, and not only old. */
  readonly endsAtLeap: boolean;
  /** The hypervisor's disruption marker; null = this machine has none. */
  readonly vmMarker: bigint | null;
}

const HAS_OFFSET = 1;
const HAS_RAW = 2;
const HAS_MARKER = 4;
const HAS_EVIDENCE = 8;

export function encodeHead(): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  for (const [at, value] of [SEGMENT_VERSION, HEAD_BYTES, SLOT_BYTES, SLOTS].entries()) view.setUint16(8 + 2 * at, value, true);
  return bytes;
}

/** @param generation even. @param crc32 of a slot's generation and of all behind its checksum. */
export function encodeSlot(record: SegmentRecord, generation: bigint, crc32: (bytes: Uint8Array) => number): Uint8Array {
  const bytes = new Uint8Array(SLOT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, generation, true);
  view.setUint8(12, STATUSES.indexOf(record.status));
  view.setUint8(13, REASONS.indexOf(record.reason));
  view.setUint16(14, flagsOf(record), true);
  bytes.set(uuidBytes(record.bootId), 16);
  if (record.host !== null) bytes.set(uuidBytes(record.host), 32);
  view.setUint32(48, record.evidence?.epoch ?? 0, true);
  view.setUint32(52, clampedPpb(record.rawGrowthPpb), true);
  view.setBigUint64(56, BigInt(record.evidence?.seq ?? 0), true);
  putClocks(view, record);
  view.setUint32(CRC_AT, checksum(bytes, crc32), true);
  return bytes;
}

function putClocks(view: DataView, { clocks, offset, monotonicGrowthPpb, expires, vmMarker }: SegmentRecord): void {
  const words = [clocks.realtime, clocks.monotonic, clocks.raw ?? 0n, clocks.boottime, offset?.lo ?? 0n, offset?.hi ?? 0n, expires];
  for (const [at, value] of words.entries()) view.setBigInt64(64 + 8 * at, value, true);
  view.setBigUint64(120, vmMarker ?? 0n, true);
  view.setUint32(128, clampedPpb(monotonicGrowthPpb), true);
  view.setUint32(132, Number(clocks.spanNs < 0xffff_ffffn ? clocks.spanNs : 0xffff_ffffn), true);
}

const flagsOf = ({ offset, clocks, vmMarker, evidence }: SegmentRecord): number =>
  (offset === null ? 0 : HAS_OFFSET) |
  (clocks.raw === null ? 0 : HAS_RAW) |
  (vmMarker === null ? 0 : HAS_MARKER) |
  (evidence === null ? 0 : HAS_EVIDENCE);

const clampedPpb = (ppb: bigint): number => Number(ppb < 0xffff_ffffn ? ppb : 0xffff_ffffn);

function checksum(slot: Uint8Array, crc32: (bytes: Uint8Array) => number): number {
  const covered = new Uint8Array(GENERATION_BYTES + SLOT_BYTES - COVERED_FROM);
  covered.set(slot.subarray(0, GENERATION_BYTES));
  covered.set(slot.subarray(COVERED_FROM), GENERATION_BYTES);
  return crc32(covered);
}

/** All zero where it is no UUID: no reader's boot or host is that. */
function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/i.test(digits)) return new Uint8Array(16);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The greatest even generation in the slots of a segment that is already there; null = these bytes are no segment of this version. */
export function lastGeneration(bytes: Uint8Array): bigint | null {
  const head = encodeHead();
  if (bytes.length !== SEGMENT_BYTES || !head.every((value, at) => bytes[at] === value)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const generations = Array.from({ length: SLOTS }, (_, slot) => view.getBigUint64(HEAD_BYTES + slot * SLOT_BYTES, true) & ~1n);
  return generations.reduce((most, one) => (one > most ? one : most), 0n);
}

/** Which slot a generation lies in: each one is two more than the one before. */
export const slotOf = (generation: bigint): number => Number((generation / 2n) % BigInt(SLOTS));

import { crc32 } from "node:zlib";
import { encodeHead, encodeSlot, HEAD_BYTES, lastGeneration, SEGMENT_BYTES, type SegmentRecord, SLOT_BYTES } from "@truebound/agent";
import { answer, decodeStamp, encodeStamp, type Now, readSegment, stampOf } from "@truebound/client";
import { bytes, type FuzzTarget, unless } from "./target.ts";

const record: SegmentRecord = {
  status: "proven",
  reason: null,
  bootId: "0f1e2d3c-4b5a-4687-8796-a5b4c3d2e1f0",
  host: "3f0f8a0e-0000-4000-8000-000000000001",
  evidence: { epoch: 2, seq: 71 },
  clocks: {
    realtime: 1_800_000_000_000_000_000n,
    monotonic: 5_000_000_000_000n,
    boottime: 5_000_000_000_000n,
    raw: 4_999_000_000_000n,
    spanNs: 400n,
  },
  offset: { lo: -1_000n, hi: 2_400n },
  rawGrowthPpb: 200_000n,
  endsAtLeap: false,
  monotonicGrowthPpb: 1_000_000n,
  expires: 5_005_000_000_000n,
  vmMarker: null,
};

export const SEGMENTS: readonly Uint8Array[] = [
  segmentOf(record, record),
  segmentOf({ ...record, vmMarker: 7n, status: "holdover", reason: "sources_lost" }, { ...record, offset: null }),
];

function segmentOf(newest: SegmentRecord, older: SegmentRecord): Uint8Array {
  const segment = new Uint8Array(SEGMENT_BYTES);
  segment.set(encodeHead());
  segment.set(encodeSlot(newest, 8n, crc32), HEAD_BYTES);
  segment.set(encodeSlot(older, 6n, crc32), HEAD_BYTES + SLOT_BYTES);
  return segment;
}

/** A second after the reading. */
const SAMPLE = {
  monotonicBefore: 5_001_000_000_000n,
  realtime: 1_800_000_001_000_000_000n,
  realtimeResolution: 0n,
  boottime: 5_001_000_000_000n,
  monotonic: 5_001_000_000_000n,
  raw: 5_000_000_000_000n,
};
const WIDEST_NS = 2_000_000_000n;

/** What an application reads. Whatever bytes lie there, an answer is no wider than it may be, and none has an end before its begin. */
export const clientTargets: readonly FuzzTarget[] = [
  // A checksum that holds for anything: what it keeps out is no excuse for what lies behind it.
  bytes("segment, whatever its checksum", SEGMENTS, (input) => said(input, (slot) => storedCrc(input, slot)), judge),
  bytes("segment", SEGMENTS, (input) => said(input, crc32), judge),
  bytes("segment that an agent finds", SEGMENTS, lastGeneration, (last) => unless(last === null || last % 2n === 0n, "an odd generation")),
  bytes("interval stamp", [encodeStamp(stampOf(said(SEGMENTS[0] as Uint8Array, crc32) as Now))], decodeStamp, (stamp, input) =>
    unless(stamp === null || Buffer.compare(encodeStamp(stamp), input) === 0 || stamp.earliest === null, "a stamp that is another one"),
  ),
];

function said(input: Uint8Array, crc: (covered: Uint8Array) => number): Now | string {
  const snapshot = readSegment(input, crc);
  return typeof snapshot === "string" ? snapshot : answer(snapshot, SAMPLE, { bootId: null, vmMarker: null });
}

/** The checksum that the slot itself claims: found by its generation. */
function storedCrc(input: Uint8Array, covered: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const places = [HEAD_BYTES, HEAD_BYTES + SLOT_BYTES];
  const at = places.find((place) => Buffer.compare(input.subarray(place, place + 8), covered.subarray(0, 8)) === 0);
  return at === undefined ? 0 : view.getUint32(at + 8, true);
}

function judge(now: Now | string): string | null {
  if (typeof now === "string" || now.earliest === null) return null;
  return unless(now.latest - now.earliest <= WIDEST_NS && now.earliest <= now.latest, `[${now.earliest}, ${now.latest}]`);
}

import { crc32 } from "node:zlib";
import { encodeHead, encodeSlot, HEAD_BYTES, SEGMENT_BYTES, type SegmentRecord, SLOT_BYTES } from "@truebound/agent";

/** A segment, what a reader's clocks show, and what it must say. All as text, one object a line, so that any language reads it. */
export interface SegmentVector {
  readonly name: string;
  readonly segment: string;
  readonly boot_id: string;
  readonly vm_marker: string;
  readonly monotonic_before: string;
  readonly realtime: string;
  readonly realtime_resolution: string;
  readonly boottime: string;
  readonly monotonic: string;
  readonly raw: string;
  readonly status: string;
  readonly reason: string;
  readonly earliest: string;
  readonly latest: string;
}

const BOOT = "0f1e2d3c-4b5a-4687-8796-a5b4c3d2e1f0";
const REALTIME = 1_800_000_000_000_000_000n;
const MONOTONIC = 5_000_000_000_000n;
const RAW = 4_999_000_000_000n;
const BOOTTIME = 12_000_000_000_000n;
const SECOND = 1_000_000_000n;

const proven: SegmentRecord = {
  status: "proven",
  reason: null,
  bootId: BOOT,
  host: "3f0f8a0e-0000-4000-8000-000000000001",
  evidence: { epoch: 2, seq: 71 },
  clocks: { realtime: REALTIME, monotonic: MONOTONIC, boottime: BOOTTIME, raw: RAW, spanNs: 400n },
  offset: { lo: -1_000n, hi: 2_400n },
  rawGrowthPpb: 200_000n,
  endsAtLeap: false,
  monotonicGrowthPpb: 1_000_000n,
  expires: MONOTONIC + 5n * SECOND,
  vmMarker: null,
};

/** Generation 8 lies in the first slot, 6 in the second. */
function segmentOf(newest: SegmentRecord, older: SegmentRecord = { ...proven, offset: { lo: -5_000n, hi: 5_000n } }): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_BYTES);
  bytes.set(encodeHead());
  bytes.set(encodeSlot(newest, 8n, crc32), HEAD_BYTES);
  bytes.set(encodeSlot(older, 6n, crc32), HEAD_BYTES + SLOT_BYTES);
  return bytes;
}

/** Bytes of a slot put in place with the checksum made right again: what an agent of another version may write. */
function withBytes(at: number, ...values: readonly number[]): Uint8Array {
  const bytes = segmentOf(proven);
  bytes.set(values, HEAD_BYTES + at);
  const slot = bytes.subarray(HEAD_BYTES, HEAD_BYTES + SLOT_BYTES);
  new DataView(bytes.buffer).setUint32(HEAD_BYTES + 8, crc32(slot.subarray(12), crc32(slot.subarray(0, 8))), true);
  return bytes;
}

/** Bytes put in place, whatever the checksum says. */
function bent(bytes: Uint8Array, ...places: readonly (readonly [at: number, value: number])[]): Uint8Array {
  for (const [at, value] of places) bytes[at] = value;
  return bytes;
}

/** A second after the reading, by a reader that can read all clocks. */
const LATER = {
  boot_id: BOOT.replaceAll("-", ""),
  vm_marker: "",
  monotonic_before: String(MONOTONIC + SECOND - 500n),
  realtime: String(REALTIME + SECOND - 300n),
  realtime_resolution: "0",
  boottime: String(BOOTTIME + SECOND - 200n),
  monotonic: String(MONOTONIC + SECOND),
  raw: String(RAW + SECOND + 300n),
};
const BY_MONOTONIC = { ...LATER, raw: "" };

/** UTC by RAW: 1 s and 300 ns on, and on either side 200,000.06 ns rounded up. */
const RIGHT = { status: "proven", reason: "", earliest: "1800000000999799299", latest: "1800000001000202701" };
/** By MONOTONIC: 1 s on, and 1 ms on either side. */
const RIGHT_BY_MONOTONIC = { status: "proven", reason: "", earliest: "1800000000998999000", latest: "1800000001001002400" };
/** By RAW, from the older record. */
const RIGHT_OF_OLDER = { status: "proven", reason: "", earliest: "1800000000999795299", latest: "1800000001000205301" };
const nothing = (status: string, reason: string) => ({ status, reason, earliest: "", latest: "" });

type Case = readonly [name: string, segment: Uint8Array, sample: Partial<typeof LATER>, expected: typeof RIGHT];

const CASES: readonly Case[] = [
  ["grows by RAW where both can read it", segmentOf(proven), LATER, RIGHT],
  ["grows by MONOTONIC where the reader cannot read RAW", segmentOf(proven), BY_MONOTONIC, RIGHT_BY_MONOTONIC],
  [
    "grows by MONOTONIC where the agent cannot read RAW",
    segmentOf({ ...proven, clocks: { ...proven.clocks, raw: null } }),
    LATER,
    RIGHT_BY_MONOTONIC,
  ],
  [
    "is what it was at the reading itself",
    segmentOf(proven),
    {
      ...LATER,
      monotonic_before: String(MONOTONIC),
      monotonic: String(MONOTONIC),
      realtime: String(REALTIME),
      boottime: String(BOOTTIME),
      raw: String(RAW),
    },
    { ...RIGHT, earliest: "1799999999999999000", latest: "1800000000000002400" },
  ],
  [
    "a part of a nanosecond widens",
    segmentOf(proven),
    {
      ...LATER,
      monotonic_before: String(MONOTONIC),
      monotonic: String(MONOTONIC + 1n),
      realtime: String(REALTIME + 1n),
      boottime: String(BOOTTIME),
      raw: String(RAW + 1n),
    },
    { ...RIGHT, earliest: "1799999999999999000", latest: "1800000000000002402" },
  ],
  [
    "holdover",
    segmentOf({ ...proven, status: "holdover", reason: "sources_lost" }),
    LATER,
    { ...RIGHT, status: "holdover", reason: "sources_lost" },
  ],
  [
    "one voice",
    segmentOf({ ...proven, status: "unverified", reason: "one_vote" }),
    LATER,
    { ...RIGHT, status: "unverified", reason: "one_vote" },
  ],
  [
    "sources that disagree, and what was proved before",
    segmentOf({ ...proven, status: "no_majority", reason: "no_region" }),
    LATER,
    { ...RIGHT, status: "no_majority", reason: "no_region" },
  ],
  [
    "sources that disagree, and nothing to go by",
    segmentOf({ ...proven, status: "conflict", reason: "sources_disagree", offset: null }),
    LATER,
    nothing("conflict", "sources_disagree"),
  ],
  [
    "never measured",
    segmentOf({ ...proven, status: "unknown", reason: "never_measured", offset: null, evidence: null, host: null }),
    LATER,
    nothing("unknown", "never_measured"),
  ],
  [
    "an agent that stopped",
    segmentOf({ ...proven, status: "unknown", reason: "agent_stopped", offset: null }),
    LATER,
    nothing("unknown", "agent_stopped"),
  ],
  [
    "disrupted, by the agent",
    segmentOf({ ...proven, status: "disrupted", reason: "clocksource_changed", offset: null }),
    LATER,
    nothing("disrupted", "clocksource_changed"),
  ],
  ["the newest slot is being written", bent(segmentOf(proven), [HEAD_BYTES, 9]), LATER, RIGHT_OF_OLDER],
  ["the newest slot is torn", bent(segmentOf(proven), [HEAD_BYTES + 97, 1]), LATER, RIGHT_OF_OLDER],
  [
    "a checksum that is off by a bit",
    bent(segmentOf(proven), [HEAD_BYTES + 8, (segmentOf(proven)[HEAD_BYTES + 8] as number) ^ 1]),
    LATER,
    RIGHT_OF_OLDER,
  ],
  ["a generation that is not the one of its checksum", bent(segmentOf(proven), [HEAD_BYTES, 10]), LATER, RIGHT_OF_OLDER],
  [
    "both slots are torn",
    bent(segmentOf(proven), [HEAD_BYTES + 97, 1], [HEAD_BYTES + SLOT_BYTES + 97, 1]),
    LATER,
    nothing("unknown", "torn"),
  ],
  [
    "never written",
    (() => {
      const bytes = new Uint8Array(SEGMENT_BYTES);
      bytes.set(encodeHead());
      return bytes;
    })(),
    LATER,
    nothing("unknown", "torn"),
  ],
  ["another magic", bent(segmentOf(proven), [7, 0]), LATER, nothing("unknown", "not_a_segment")],
  ["another version", bent(segmentOf(proven), [8, 2]), LATER, nothing("unknown", "wrong_version")],
  ["other sizes", bent(segmentOf(proven), [12, 128]), LATER, nothing("unknown", "not_a_segment")],
  ["cut short", segmentOf(proven).subarray(0, SEGMENT_BYTES - 1), LATER, nothing("unknown", "not_a_segment")],
  ["of another boot", segmentOf(proven), { ...LATER, boot_id: `${"0".repeat(31)}1` }, nothing("unknown", "other_boot")],
  ["a reader that knows no boot", segmentOf(proven), { ...LATER, boot_id: "" }, RIGHT],
  [
    "MONOTONIC from before the reading",
    segmentOf(proven),
    { ...LATER, monotonic_before: String(MONOTONIC - 2n), monotonic: String(MONOTONIC - 1n) },
    nothing("unknown", "before_the_reading"),
  ],
  ["RAW from before the reading", segmentOf(proven), { ...LATER, raw: String(RAW - 1n) }, nothing("unknown", "before_the_reading")],
  [
    "expired to the nanosecond",
    segmentOf(proven),
    {
      ...LATER,
      monotonic: String(MONOTONIC + 5n * SECOND),
      monotonic_before: String(MONOTONIC + 5n * SECOND - 500n),
      realtime: String(REALTIME + 5n * SECOND - 300n),
      boottime: String(BOOTTIME + 5n * SECOND - 200n),
      raw: String(RAW + 5n * SECOND),
    },
    nothing("unknown", "expired"),
  ],
  [
    "a nanosecond before it expires",
    segmentOf(proven),
    {
      ...LATER,
      monotonic: String(MONOTONIC + 5n * SECOND - 1n),
      monotonic_before: String(MONOTONIC + 5n * SECOND - 501n),
      realtime: String(REALTIME + 5n * SECOND - 301n),
      boottime: String(BOOTTIME + 5n * SECOND - 201n),
      raw: String(RAW + 5n * SECOND),
    },
    { ...RIGHT, earliest: "1800000004998999000", latest: "1800000005001002400" },
  ],
  [
    "stepped ahead by a millisecond",
    segmentOf(proven),
    { ...LATER, realtime: String(REALTIME + SECOND + 1_000_000n) },
    nothing("disrupted", "clock_stepped"),
  ],
  [
    "stepped back by a millisecond",
    segmentOf(proven),
    { ...LATER, realtime: String(REALTIME + SECOND - 1_000_000n) },
    nothing("disrupted", "clock_stepped"),
  ],
  [
    "a process that was held between two clocks is no step",
    segmentOf(proven),
    {
      ...LATER,
      monotonic_before: String(MONOTONIC + SECOND - 2_000_000n),
      realtime: String(REALTIME + SECOND - 1_000_000n),
      boottime: String(BOOTTIME + SECOND - 900_000n),
    },
    RIGHT,
  ],
  [
    "REALTIME cut off to a millisecond",
    segmentOf(proven),
    { ...BY_MONOTONIC, realtime: String(REALTIME + SECOND - 999_999n), realtime_resolution: "1000000", boottime: "" },
    RIGHT_BY_MONOTONIC,
  ],
  [
    "stepped, by such a clock",
    segmentOf(proven),
    { ...BY_MONOTONIC, realtime: String(REALTIME + SECOND + 2_000_000n), realtime_resolution: "1000000", boottime: "" },
    nothing("disrupted", "clock_stepped"),
  ],
  ["a reader without REALTIME sees no step", segmentOf(proven), { ...LATER, realtime: "" }, RIGHT],
  [
    "suspended for two seconds",
    segmentOf(proven),
    { ...LATER, boottime: String(BOOTTIME + 3n * SECOND), realtime: String(REALTIME + 3n * SECOND) },
    nothing("disrupted", "suspended_or_moved"),
  ],
  ["the marker changed", segmentOf({ ...proven, vmMarker: 7n }), { ...LATER, vm_marker: "8" }, nothing("disrupted", "vm_disrupted")],
  [
    "the marker is the same",
    segmentOf({ ...proven, vmMarker: 18_446_744_073_709_551_615n }),
    { ...LATER, vm_marker: "18446744073709551615" },
    RIGHT,
  ],
  ["a reader that cannot read the marker", segmentOf({ ...proven, vmMarker: 7n }), LATER, RIGHT],
  [
    "two seconds wide",
    segmentOf({ ...proven, offset: { lo: -SECOND, hi: SECOND - 400_002n } }),
    LATER,
    { ...RIGHT, earliest: "1799999999999800299", latest: "1800000001999800299" },
  ],
  [
    "wider than that",
    segmentOf({ ...proven, offset: { lo: -SECOND, hi: SECOND - 400_001n } }),
    LATER,
    nothing("unknown", "wider_than_a_second"),
  ],
  [
    "as much growth as there is",
    segmentOf({ ...proven, rawGrowthPpb: 4_294_967_295n }),
    {
      ...LATER,
      monotonic_before: String(MONOTONIC),
      monotonic: String(MONOTONIC + 200_000_000n),
      realtime: String(REALTIME + 100_000_000n),
      boottime: String(BOOTTIME + 100_000_000n),
      raw: String(RAW + 200_000_000n),
    },
    { ...RIGHT, earliest: "1799999999341005541", latest: "1800000001058995859" },
  ],
  ["an end before its begin", segmentOf({ ...proven, offset: { lo: 1_000_000n, hi: -1_000_000n } }), LATER, nothing("unknown", "torn")],
  [
    "an instant that 64 bits cannot count",
    segmentOf({ ...proven, clocks: { ...proven.clocks, realtime: 2n ** 63n - SECOND / 2n } }),
    { ...LATER, realtime: "" },
    nothing("unknown", "torn"),
  ],
  ["a status of a later version", withBytes(12, 99), LATER, nothing("unknown", "")],
  ["a reason of a later version", withBytes(13, 200), LATER, RIGHT],
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const SEGMENT_VECTORS: readonly SegmentVector[] = CASES.map(([name, segment, sample, expected]) => ({
  name,
  segment: hex(segment),
  ...LATER,
  ...sample,
  ...expected,
}));

/** One vector a line. */
export const vectorsFile = (): string => `[\n${SEGMENT_VECTORS.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`;

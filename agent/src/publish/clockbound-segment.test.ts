import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClockBoundVersion, clockBoundBytes, clockBoundStatus, nextClockBoundGeneration } from "./clockbound-segment.ts";
import type { SegmentRecord } from "./segment-record.ts";

const BILLION = 1_000_000_000n;
const record: SegmentRecord = {
  status: "proven",
  reason: null,
  bootId: "",
  host: null,
  evidence: null,
  clocks: { realtime: 1_800_000_000n * BILLION, monotonic: 5_000_123_456_789n, boottime: 0n, raw: null, spanNs: 0n },
  offset: { lo: -3_000n, hi: 2_000n },
  rawGrowthPpb: 200_000n,
  endsAtLeap: false,
  monotonicGrowthPpb: 1_000_000n,
  expires: 5_005_123_456_789n,
  vmMarker: 7n,
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytesOf = (version: ClockBoundVersion, over: Partial<SegmentRecord> = {}) =>
  clockBoundBytes(version, { ...record, ...over }, 4, null, true);

describe("the layout that clients of ClockBound read", () => {
  it.each([
    [1, "40420f00" + "00000000" + "01000000" + "00000000", "48000000" + "01000400"],
    [2, "0700000000000000" + "40420f00" + "01000000" + "01" + "00000000000000", "50000000" + "02000400"],
  ] as const)("version %s, to the byte", (version, terms, head) => {
    // As of 5,000 s and 113,456,789 ns: a tick of the coarse clock before the reading.
    const times = "8813000000000000" + "9536c30600000000" + "8d13000000000000" + "15cd5b0700000000";
    expect(hex(bytesOf(version))).toBe(`4e5a4d4100024243${head}${times}b80b000000000000${terms}`);
  });
  it("goes on with 2 behind the last generation, and never with 0, which says that nothing was written", () => {
    expect([0, 2, 3, 0xfffc, 0xfffe, 0xffff].map(nextClockBoundGeneration)).toEqual([2, 4, 4, 0xfffe, 2, 2]);
  });
});

describe("what they are told of the status", () => {
  it.each([
    ["proven", null, 1, 1],
    ["holdover", null, 2, 2],
    ["holdover", 3_000n, 1, 1],
    ["holdover", 2_999n, 2, 2],
    ["unverified", null, 0, 0],
    ["conflict", null, 0, 0],
    ["no_majority", null, 0, 0],
    ["unknown", null, 0, 0],
    ["disrupted", null, 0, 3],
  ] as const)("%s, with a limit of %s: %s, and in version 2 %s", (status, limit, first, second) => {
    expect(clockBoundStatus(1, { ...record, status }, limit)).toBe(first);
    expect(clockBoundStatus(2, { ...record, status }, limit)).toBe(second);
  });
  it("is unknown without a bound, and where the clock may be slewed faster than a client takes for a drift", () => {
    expect(clockBoundStatus(2, { ...record, offset: null }, null)).toBe(0);
    expect(clockBoundStatus(2, { ...record, monotonicGrowthPpb: 1_000_000_000n }, null)).toBe(0);
  });
});

/** How a client of version 2 reads it: docs/PROTOCOL.md and clock-bound-shm of github.com/aws/clock-bound. */
function clientSays(bytes: Uint8Array, realtime: bigint, monotonic: bigint) {
  const view = new DataView(bytes.buffer);
  const time = (at: number) => view.getBigInt64(at, true) * BILLION + view.getBigInt64(at + 8, true);
  const [asOf, voidAfter, told] = [time(16), time(32), view.getInt32(68, true)];
  if (monotonic < asOf - 1_000n) return "causality breach";
  const elapsed = monotonic > asOf ? monotonic - asOf : 0n;
  const bound = view.getBigInt64(48, true) + BigInt(Math.trunc((Number(elapsed) / 1e9) * view.getUint32(64, true)));
  const status = told === 0 || told === 3 ? told : monotonic < asOf + 5n * BILLION ? told : monotonic < voidAfter ? 2 : 0;
  return { status, earliest: realtime - bound, latest: realtime + bound };
}

describe("a client by ClockBound's own algorithm", () => {
  it("holds UTC, whatever the daemon does to the clock within S right after the reading", () => {
    const world = fc.record({
      slewPpb: fc.bigInt({ min: -226_000_000n, max: 226_000_000n }),
      elapsed: fc.bigInt({ min: 0n, max: 5n * BILLION }),
      lo: fc.bigInt({ min: -5_000_000n, max: 0n }),
      width: fc.bigInt({ min: 0n, max: 5_000_000n }),
      place: fc.integer({ min: 0, max: 1000 }),
      coarse: fc.bigInt({ min: 0n, max: 10_000_000n }),
    });
    fc.assert(
      fc.property(world, ({ slewPpb, elapsed, lo, width, place, coarse }) => {
        const offset = { lo, hi: lo + width };
        const growth = (226_200_000n * BILLION) / (BILLION - 226_200_000n) + 1n;
        const bytes = bytesOf(2, { offset, monotonicGrowthPpb: growth });
        // UTC at the reading is REALTIME and something of the offset; then both clocks run on, slewed alike.
        const utc = record.clocks.realtime + lo + (width * BigInt(place)) / 1000n;
        const ran = elapsed + (elapsed * slewPpb) / BILLION;
        const said = clientSays(bytes, record.clocks.realtime + ran, record.clocks.monotonic + ran - coarse);
        if (typeof said === "string") throw new Error(said);
        expect(said.earliest - 2n <= utc + elapsed && utc + elapsed <= said.latest + 2n).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
  it("takes none over a leap for synchronized, though for 5 s it does not look at when a record is void", () => {
    const bytes = bytesOf(2, { expires: record.clocks.monotonic + BILLION, endsAtLeap: true });
    const after = (ns: bigint) => clientSays(bytes, 0n, record.clocks.monotonic + ns);
    expect(after(BILLION - 1n)).toMatchObject({ status: 1 });
    expect(after(BILLION)).toMatchObject({ status: 0 });
  });
  it("is told of no bound what nobody takes for one, should the status not be looked at", () => {
    const at = 1_800_000_000n * BILLION;
    for (const status of ["unknown", "disrupted"] as const) {
      const said = clientSays(bytesOf(2, { status, offset: null }), at, record.clocks.monotonic);
      if (typeof said === "string") throw new Error(said);
      expect(said.earliest < at / 2n && said.latest > at + at / 2n).toBe(true);
    }
  });
  it("takes it for synchronized while it is fresh, and for unknown once nobody writes it", () => {
    const bytes = bytesOf(2);
    const after = (ns: bigint) => clientSays(bytes, 0n, record.clocks.monotonic + ns);
    expect(after(1_000_000n)).toMatchObject({ status: 1 });
    expect(after(4_995_000_000n)).toMatchObject({ status: 2 });
    expect(after(5n * BILLION)).toMatchObject({ status: 0 });
  });
});

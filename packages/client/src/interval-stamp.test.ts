import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unread } from "./answer.ts";
import { decodeStamp, encodeStamp, type IntervalStamp, orderOf, STAMP_BYTES, stampOf } from "./interval-stamp.ts";
import { REASONS, STATUSES } from "./segment.ts";

const AT = 1_800_000_000_000_000_000n;
const stamp = (over: Partial<IntervalStamp>): IntervalStamp => ({
  status: "proven",
  reason: null,
  earliest: AT,
  latest: AT + 1_000n,
  host: "3f0f8a0e000040008000000000000001",
  epoch: 2,
  seq: 71,
  ...over,
});

describe("an interval stamp", () => {
  it("is forty bytes, laid out as the documentation says", () => {
    const bytes = encodeStamp(stamp({ reason: "sources_lost", status: "holdover", seq: 0x1_0000_0002 }));
    expect(bytes).toHaveLength(STAMP_BYTES);
    expect(Buffer.from(bytes).toString("hex")).toBe(
      ["13", "05", "02000000", "020000000100", "e8030000", "0000b49376e2fa18", "3f0f8a0e000040008000000000000001"].join(""),
    );
  });
  it("says again what was put in", () => {
    const any = fc
      .record({
        status: fc.constantFrom(...STATUSES),
        reason: fc.constantFrom(...REASONS),
        earliest: fc.option(fc.bigInt({ min: -(1n << 62n), max: 1n << 62n })),
        width: fc.bigInt({ min: 0n, max: 4_294_967_294n }),
        host: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString("hex")),
        epoch: fc.integer({ min: 0, max: 0xffff_ffff }),
        seq: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      })
      .map(({ width, ...rest }) => ({ ...rest, latest: rest.earliest === null ? null : rest.earliest + width }));
    fc.assert(
      fc.property(any, (one) => {
        expect(decodeStamp(encodeStamp(one))).toEqual(one);
      }),
    );
  });
  it("is no other bytes", () => {
    const right = encodeStamp(stamp({}));
    expect(decodeStamp(right.subarray(1))).toBeNull();
    for (const [at, value] of [
      [0, 0x21],
      [0, 0x1f],
      [1, 255],
    ] as const)
      expect(decodeStamp(right.map((byte, place) => (place === at ? value : byte)))).toBeNull();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => decodeStamp(bytes) === null || bytes.length === STAMP_BYTES));
  });
  it("holds no bound that is wider than it can say", () => {
    expect(() => encodeStamp(stamp({ latest: AT + 4_294_967_295n }))).toThrow("4294967295 ns wide");
    expect(() => encodeStamp(stamp({ latest: AT - 1n }))).toThrow("-1 ns wide");
  });
  it("of a time that was not known holds none", () => {
    expect(decodeStamp(encodeStamp(stampOf(unread("no_segment"))))).toEqual(
      stamp({ status: "unknown", earliest: null, latest: null, host: "0".repeat(32), epoch: 0, seq: 0 }),
    );
  });
});

describe("the order of two events", () => {
  it.each([
    [0n, 9n, 10n, 20n, "before"],
    [10n, 20n, 0n, 9n, "after"],
    [0n, 10n, 10n, 20n, "undecidable"],
    [0n, 30n, 10n, 20n, "undecidable"],
  ] as const)("[%s, %s] and [%s, %s]: %s", (aFrom, aTo, bFrom, bTo, order) => {
    expect(orderOf(stamp({ earliest: aFrom, latest: aTo }), stamp({ earliest: bFrom, latest: bTo }))).toBe(order);
  });
  it("is unknown where one of them is", () => {
    expect(orderOf(stamp({}), stamp({ earliest: null, latest: null }))).toBe("unknown");
  });
  it.each(["unverified", "conflict", "no_majority"] as const)("is unknown where a bound is %s, unless that is accepted", (status) => {
    const [early, late] = [stamp({ status }), stamp({ earliest: AT + 2_000n, latest: AT + 3_000n })];
    expect([orderOf(early, late), orderOf(late, early)]).toEqual(["unknown", "unknown"]);
    expect(orderOf(early, late, ["proven", status])).toBe("before");
  });
  it("believes a bound in holdover", () => {
    expect(orderOf(stamp({ status: "holdover" }), stamp({ earliest: AT + 2_000n, latest: AT + 3_000n }))).toBe("before");
  });
});

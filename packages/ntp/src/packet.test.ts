import { formatUtc, parseUtc, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, type Packet } from "./packet.ts";
import { difference, fromUtc, toUtc, unixSeconds } from "./timestamp.ts";

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const anyPacket: fc.Arbitrary<Packet> = fc.record({
  leap: fc.integer({ min: 0, max: 3 }),
  version: fc.integer({ min: 0, max: 7 }),
  mode: fc.integer({ min: 0, max: 7 }),
  stratum: fc.integer({ min: 0, max: 255 }),
  poll: fc.integer({ min: -128, max: 127 }),
  precision: fc.integer({ min: -128, max: 127 }),
  rootDelay: u32,
  rootDispersion: u32,
  refid: u32,
  reference: u64,
  origin: u64,
  receive: u64,
  transmit: u64,
});

describe("packet codec", () => {
  it("decodes what it encodes", () => {
    fc.assert(
      fc.property(anyPacket, (packet) => {
        expect(decode(encode(packet))).toEqual(packet);
      }),
    );
  });
  it("reads a reply captured from chronyd 4.3 (stratum 2, local reference)", () => {
    const hex = "240200e700000000000000007f7f0101eeaed6187870eed11111222233334444eeaed619f9987eefeeaed619f9a64c34";
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(decode(bytes)).toMatchObject({
      leap: 0,
      version: 4,
      mode: 4,
      stratum: 2,
      precision: -25,
      refid: 0x7f7f0101,
      origin: 0x1111222233334444n,
    });
    expect(formatUtc(toUtc((decode(bytes) as Packet).receive))).toBe("2026-11-23T15:11:21.974983151Z");
  });
  it("accepts extension fields that fill the packet exactly and refuses the rest", () => {
    const withField = (length: number, declared: number) => {
      const bytes = new Uint8Array(48 + length);
      if (length >= 4) new DataView(bytes.buffer).setUint16(50, declared);
      return decode(bytes);
    };
    expect(withField(28, 28)).toMatchObject({ mode: 0 });
    for (const [length, declared] of [
      [28, 32],
      [28, 0],
      [28, 27],
      [20, 12],
      [8, 8],
      [3, 3],
    ] as const)
      expect(withField(length, declared)).toBe("malformed_extension");
  });
});

describe("eras", () => {
  it.each([
    [0xffffffffn, 2_085_978_495n, 2_085_978_495n],
    [0n, 2_085_978_495n, 2_085_978_496n],
    [0x10n, 2_085_978_496n, 2_085_978_512n],
    [0x83aa7e80n, 0n, 0n],
    [0xe0000000n, 1_785_000_000n, 1_549_107_584n],
    [0x10000000n, 1_785_000_000n, 2_354_413_952n],
  ])("C4: second %d near %d is %d", (second, pivot, unix) => expect(unixSeconds(second, pivot)).toBe(unix));
  it("C4: differences are signed modulo 2^64", () => {
    expect(difference(0x0000_0000_1000_0000n, 0xffff_ffff_e000_0000n)).toBe(187_500_000n);
    expect(difference(0x0000_0000_1200_0000n, 0x0000_0000_3000_0000n)).toBe(-117_187_500n);
  });
  it("comes back to within a nanosecond, never later, in any year within 68 of the pivot", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -2_100_000_000n, max: 2_100_000_000n }),
        fc.bigInt({ min: 0n, max: 999_999_999n }),
        fc.bigInt({ min: 0n, max: 4_000_000_000n }),
        (away, nanos, pivotSeconds) => {
          const instant = utc((pivotSeconds + away) * 1_000_000_000n + nanos);
          const back = toUtc(fromUtc(instant), utc(pivotSeconds * 1_000_000_000n));
          expect(back <= instant && instant - back <= 1n).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
  it("reads the first second of era 1 after the build", () => expect(toUtc(0n)).toBe(parseUtc("2036-02-07T06:28:16Z")));
});

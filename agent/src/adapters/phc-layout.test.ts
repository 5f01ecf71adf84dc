import { describe, expect, it } from "vitest";
import * as layout from "./phc-layout.ts";

/** struct ptp_clock_time as the kernel writes it on x86-64: seconds, nanoseconds, four bytes that mean nothing. */
const time = (seconds: number, nanoseconds: number): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(seconds), 0);
  bytes.writeUInt32LE(nanoseconds, 8);
  return bytes.toString("hex");
};
const bytesOf = (...parts: string[]): Uint8Array => Uint8Array.from(Buffer.from(parts.join(""), "hex"));
const header = (samples: string): string => `${samples}000000000000000000000000`;
const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

describe.runIf(isLittle)("calls that read a card's clock, byte for byte", () => {
  it("have the numbers of linux/ptp_clock.h", () => {
    const { PTP_CLOCK_GETCAPS, PTP_SYS_OFFSET, PTP_SYS_OFFSET_PRECISE, PTP_SYS_OFFSET_EXTENDED } = layout;
    const calls = [PTP_CLOCK_GETCAPS, PTP_SYS_OFFSET, PTP_SYS_OFFSET_PRECISE, PTP_SYS_OFFSET_EXTENDED];
    expect(calls.map((call) => call.toString(16))).toEqual(["80503d01", "43403d05", "c0403d08", "c4c03d09"]);
  });
  it("are as long as their structs, and say how many samples and whose clock", () => {
    expect([layout.preciseRequest().length, layout.capsRequest().length]).toEqual([64, 80]);
    const extended = layout.extendedRequest(5, layout.CLOCK_MONOTONIC_RAW);
    expect([extended.length, Buffer.from(extended.subarray(0, 16)).toString("hex")]).toEqual([1216, "05000000040000000000000000000000"]);
    const plain = layout.offsetRequest(5);
    expect([plain.length, Buffer.from(plain.subarray(0, 16)).toString("hex")]).toEqual([832, "05000000000000000000000000000000"]);
    expect([...extended, ...plain].filter((byte) => byte !== 0)).toEqual([5, 4, 5]);
  });
  it("of one instant: the card, REALTIME, RAW", () => {
    const answer = bytesOf(time(1_795_785_527, 7), time(1_795_785_490, 8), time(49_000, 123_456_789), "00".repeat(16));
    const system = 49_000_123_456_789n;
    expect(layout.readPrecise(answer)).toEqual({ before: system, phc: 1_795_785_527_000_000_007n, after: system });
  });
  it("extended: the system, the card, the system, sample by sample", () => {
    const answer = bytesOf(header("02000000"), time(1, 10), time(38, 15), time(1, 22), time(1, 30), time(38, 36), time(1, 41));
    const whole = new Uint8Array(1216);
    whole.set(answer);
    expect(layout.readExtended(whole)).toEqual([
      { before: 1_000_000_010n, phc: 38_000_000_015n, after: 1_000_000_022n },
      { before: 1_000_000_030n, phc: 38_000_000_036n, after: 1_000_000_041n },
    ]);
  });
  it("plain: the system and the card in turn, each stamp of the system for the samples on both its sides", () => {
    const whole = new Uint8Array(832);
    whole.set(bytesOf(header("02000000"), time(1, 10), time(38, 15), time(1, 22), time(38, 27), time(1, 33)));
    expect(layout.readOffset(whole)).toEqual([
      { before: 1_000_000_010n, phc: 38_000_000_015n, after: 1_000_000_022n },
      { before: 1_000_000_022n, phc: 38_000_000_027n, after: 1_000_000_033n },
    ]);
  });
  it("the sign of the seconds is that of the whole, and a count beyond the struct is no reading beyond it", () => {
    const answer = bytesOf(time(-2, 5), time(0, 0), time(3, 0), "00".repeat(16));
    expect(layout.readPrecise(answer).phc).toBe(-2_000_000_005n);
    const wild = new Uint8Array(1216);
    wild.set(bytesOf(header("ffffffff")));
    expect(layout.readExtended(wild)).toHaveLength(25);
  });
  it("the greatest correction comes first of what a card can do", () => {
    const caps = new Uint8Array(80);
    caps.set(bytesOf("9facb903"));
    expect(layout.maxAdjust(caps)).toBe(62_499_999);
  });
});

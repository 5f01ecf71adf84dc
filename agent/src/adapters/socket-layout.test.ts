import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refidOf } from "./random.ts";
import { hardwareStamp, ipv6Bytes, leavingInterface, sockaddr, softwareStamp, stampingInterface } from "./socket-layout.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("socket addresses", () => {
  it("IPv4", () => expect(hex(sockaddr({ address: "192.0.2.1", port: 123 }))).toBe(`0200007bc0000201${"00".repeat(8)}`));
  it.each([
    ["2001:db8::1", "20010db8000000000000000000000001"],
    ["::", "0".repeat(32)],
    ["::1", `${"0".repeat(31)}1`],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
    ["fe80::1%eth0", "fe800000000000000000000000000001"],
  ])("IPv6 %s", (text, bytes) => expect(hex(ipv6Bytes(text))).toBe(bytes));
  it("reference ids by which clients name a server", () => {
    expect(refidOf("192.0.2.1")).toBe(0xc0000201);
    expect(refidOf("2001:db8::1")).not.toBe(0);
  });
});

describe("control messages", () => {
  const stamped = (seconds: bigint, nanoseconds: bigint, type = 37): Uint8Array => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, 64n, true);
    view.setInt32(8, 1, true);
    view.setInt32(12, type, true);
    view.setBigInt64(16, seconds, true);
    view.setBigInt64(24, nanoseconds, true);
    return bytes;
  };
  it("give the software stamp", () => expect(softwareStamp(stamped(5n, 7n))).toBe(5_000_000_007n));
  it("give nothing for another type, or a stamp of zero", () => {
    expect(softwareStamp(stamped(5n, 7n, 36))).toBeNull();
    expect(softwareStamp(stamped(0n, 0n))).toBeNull();
    expect(softwareStamp(new Uint8Array())).toBeNull();
  });
  it("behind another message are found", () => {
    const other = new Uint8Array(24);
    new DataView(other.buffer).setBigUint64(0, 20n, true);
    expect(softwareStamp(Buffer.concat([other, stamped(1n, 2n)]))).toBe(1_000_000_002n);
  });
  const message = (...parts: readonly string[]) => Uint8Array.from(Buffer.from(parts.join(""), "hex"));
  /** SCM_TIMESTAMPING: 64 bytes, level 1, type 37; three of struct timespec. */
  const HEAD = "4000000000000000" + "01000000" + "25000000";
  const NONE = "00".repeat(16);
  const CARD = "2500000000000000" + "15cd5b0700000000";
  it("give the card's own stamp, which is the third, and take no other for it", () => {
    const sent = message(HEAD, NONE, NONE, CARD);
    expect([hardwareStamp(sent), softwareStamp(sent)]).toEqual([37_123_456_789n, null]);
    const both = message(HEAD, "0500000000000000", "0700000000000000", NONE, CARD);
    expect([hardwareStamp(both), softwareStamp(both)]).toEqual([37_123_456_789n, 5_000_000_007n]);
    expect([hardwareStamp(stamped(5n, 7n)), hardwareStamp(message(HEAD, CARD, CARD, NONE))]).toEqual([null, null]);
    // An older kernel's SCM_TIMESTAMPNS would end before it.
    expect(hardwareStamp(message("2000000000000000", "01000000", "25000000", CARD))).toBeNull();
  });
  it("name the interface that stamped what came, and the one through which went what was sent", () => {
    // struct scm_ts_pktinfo: interface, length of the packet, two reserved.
    const came = message("2000000000000000", "01000000", "3a000000", "04000000", "5a000000", "00".repeat(8));
    expect([stampingInterface(came), leavingInterface(came)]).toEqual([4, null]);
    // As Linux 6.18 gave them on a loopback, beside stamps of the error queue.
    const v4 = message("1c00000000000000", "00000000", "08000000", "01000000", "7f000001", "7f000001", "00000000");
    const v6 = message("2400000000000000", "29000000", "32000000", `${"00".repeat(15)}01`, "01000000", "00000000");
    expect([leavingInterface(v4), leavingInterface(v6), stampingInterface(v4)]).toEqual([1, 1, null]);
  });
  it("of any bytes end and never throw", () => {
    for (const read of [softwareStamp, hardwareStamp, stampingInterface, leavingInterface])
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => ["bigint", "number", "object"].includes(typeof read(bytes))));
  });
});

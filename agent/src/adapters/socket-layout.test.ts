import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refidOf } from "./random.ts";
import { ipv6Bytes, sockaddr, softwareStamp } from "./socket-layout.ts";

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
  it("of any bytes end and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof softwareStamp(bytes) === "bigint" || softwareStamp(bytes) === null),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublic } from "./address-rule.ts";

describe("an address of the public Internet", () => {
  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "169.253.255.255",
    "191.255.255.255",
    "223.255.255.255",
    "198.17.255.255",
    "2606:4700::1111",
    "2a00:1450:4001:82b::200e",
    "64:ff9b::808:808",
  ])("%s is one", (address) => expect(isPublic(address)).toBe(true));
  it.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:0:7f00:1::",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "127.1",
    "0177.0.0.1",
    "2130706433",
    "0x7f.1",
    "256.1.1.1",
    "1:2:3",
  ])("%s is none", (address) => expect(isPublic(address)).toBe(false));
  it("is judged whatever it is written as", () => {
    const digits = fc.array(fc.constantFrom(..."0123456789abcdefx:.%[]/@ "), { maxLength: 45 }).map((signs) => signs.join(""));
    fc.assert(fc.property(fc.oneof(digits, fc.string()), (text) => void isPublic(text)));
  });
  it("of IPv4 is none in IPv6's clothes, and translated is what it is", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublic(`::ffff:${address}`)).toBe(false);
        expect(isPublic(`64:ff9b::${address}`)).toBe(isPublic(address));
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { troubleWith } from "./nts-key-maker.ts";

describe("where a server of keys may send its clients", () => {
  it.each([
    ["127.0.0.1", "192.0.2.1"],
    ["127.8.9.10", "2001:db8::1"],
    ["0.0.0.0", "192.0.2.1"],
    ["::1", "192.0.2.1"],
    ["::", "2001:db8::1"],
    ["::ffff:127.0.0.1", "192.0.2.1"],
    ["::ffff:169.254.169.123", "192.0.2.1"],
    ["169.254.169.123", "192.0.2.1"],
    ["fe80::1%eth0", "192.0.2.1"],
    ["127.0.0.1", "169.254.169.123"],
  ])("not to %s from %s", (address, server) => expect(troubleWith(address, server)).toBe("nts_ke_local_address"));
  it.each([
    ["192.0.2.2", "192.0.2.1"],
    ["10.0.0.1", "192.0.2.1"],
    ["127.0.0.9", "127.0.0.1"],
    ["169.254.1.2", "127.0.0.1"],
    ["169.254.169.123", "fe80::1%eth0"],
    ["2001:db8::2", "::1"],
  ])("to %s from %s", (address, server) => expect(troubleWith(address, server)).toBeNull());
});

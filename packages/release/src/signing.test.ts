import { describe, expect, it } from "vitest";
import { newestCreation } from "./signing.ts";

describe("when a signing key was made", () => {
  it("is the time of its newest part: no signature is older than what made it", () =>
    expect(
      newestCreation(
        "sec:u:255:22:AAAA:1700000000:::u:::scESC:::+::ed25519:::0:\nfpr:::::::::BBBB:\nuid:u::::1900000000::CC::packages:::::::::0:\nssb:u:255:22:DDDD:1700000005::::::s:::+::ed25519::\n",
      ),
    ).toBe(1_700_000_005));
  it("is not known of a key that is not there", () => {
    expect(() => newestCreation("")).toThrow("gpg lists none");
    expect(() => newestCreation("sec:u:255:22:AAAA::::")).toThrow("gpg lists none");
  });
  it("is not asked of a key that has expired, or is revoked: gpg signs by it all the same when it is told another time", () => {
    const listed = (key: string, sub: string) =>
      `sec:${key}:255:22:AAAA:1700000000:::u:::scESC:::+::ed25519:::0:\nssb:${sub}:255:22:DDDD:1700000005::::::s:::+::ed25519::\n`;
    for (const flaw of ["e", "r", "i", "d"]) {
      expect(() => newestCreation(listed(flaw, "u"))).toThrow("it has expired");
      expect(() => newestCreation(listed("u", flaw))).toThrow("it has expired");
    }
    const encrypting = "ssb:e:255:18:EEEE:1700000009::::::e:::+::cv25519::\n";
    expect(newestCreation(listed("u", "u") + encrypting)).toBe(1_700_000_009);
  });
});

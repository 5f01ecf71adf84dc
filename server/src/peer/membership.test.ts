import { describe, expect, it } from "vitest";
import { meshPart } from "../../test/mesh-part.ts";
import { record } from "../fleet/record.fixture.ts";
import { membershipOf } from "./membership.ts";

const RULE = { domain: "eu", port: 8126 };
const memberThatSays = (address: string | null) => {
  const { edges: _, ...mesh } = meshPart([], { answers: { address, port: 8126 } });
  return membershipOf(record({ state: "active", address: "10.0.0.7", mesh }), RULE);
};

describe("where a host says that it answers", () => {
  it.each([
    [null, "10.0.0.7"],
    ["192.0.2.1", "192.0.2.1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
  ])("%s is where others ask it", (said, address) => expect(memberThatSays(said)?.answersAt).toEqual({ address, port: 8126 }));

  it.each([
    "collector.evil.example",
    "localhost",
    "0.0.0.0",
    "::",
    "224.0.1.1",
    "255.255.255.255",
    "ff02::1",
    "10.1",
    "0x0a.0.0.1",
    "fe80::1%eth0",
    "2001:db8::1]/",
  ])("%s is nowhere, and nobody may ask from there", (said) =>
    expect(memberThatSays(said)).toMatchObject({ answersAt: null, asksFrom: ["10.0.0.7"], place: { answers: false } }),
  );

  it.each(["127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1"])(
    "%s is on its own machine, and leads no other host to itself",
    (said) => expect(memberThatSays(said)).toMatchObject({ asksFrom: ["10.0.0.7"], place: { domain: "eu\nloopback" } }),
  );
});

describe("what the bound of a host rests on", () => {
  const thatClaims = (lo_ns: string | null, hi_ns: string | null, distrusted = false) => {
    const { edges: _, ...mesh } = meshPart([], { own: { lo_ns, hi_ns, rests_on: ["id b", "id a", "id b"] } });
    return membershipOf(record({ state: "active", mesh }), RULE, distrusted)?.restsOn;
  };
  it("is what it says", () => expect(thatClaims("-1", "1")).toEqual(["id a", "id b"]));
  it("is nothing where others contradict it, or where it claims nothing that they could contradict", () => {
    expect(thatClaims("-1", "1", true)).toEqual([]);
    expect(thatClaims(null, null)).toEqual([]);
  });
});

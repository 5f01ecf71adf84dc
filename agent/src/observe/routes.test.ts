import { describe, expect, it } from "vitest";
import { bitsOf, parseRoutes4, parseRoutes6, routeTo } from "./routes.ts";

const FOUR = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0000000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth1\t0000000A\t00000000\t0001\t0\t0\t50\t00FFFFFF\t0\t0\t0
eth2\t0000100A\t0200000A\t0003\t0\t0\t0\t0000FFFF\t0\t0\t0
eth3\t0000110A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
const SIX = `fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
`;

describe("the route to a source", () => {
  it.each([
    ["8.8.8.8", "eth0", "10.0.0.1"],
    ["10.0.0.9", "eth1", null],
    ["10.16.3.4", "eth2", "10.0.0.2"],
    ["10.17.0.1", "eth0", "10.0.0.1"],
  ])("to %s is by %s and %s", (address, by, nextHop) => {
    const { bits = 0n } = bitsOf(address) ?? {};
    expect(routeTo(parseRoutes4(FOUR), bits, 4)).toMatchObject({ interface: by, nextHop });
  });
  it.each([
    ["2001:db8::1", "eth0", "fe80:0:0:0:0:0:0:1"],
    ["fe80::2%eth0", "eth0", null],
    ["::1", "lo", null],
  ])("to %s is by %s and %s", (address, by, nextHop) => {
    const { bits = 0n } = bitsOf(address) ?? {};
    expect(routeTo(parseRoutes6(SIX), bits, 6)).toMatchObject({ interface: by, nextHop });
  });
  it("is none where the table has none, or there is no table", () => {
    expect(routeTo(parseRoutes4("nonsense\n"), 1n, 4)).toBeNull();
    expect(routeTo(parseRoutes6(""), 1n, 6)).toBeNull();
  });
  it.each(["", "ntp.example", "1.2.3", "1::2::3", "1:2:3:4:5:6:7", "::g"])("%s is no address", (text) => expect(bitsOf(text)).toBeNull());
});

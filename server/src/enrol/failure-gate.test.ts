import { describe, expect, it } from "vitest";
import { FailureGate, networkOf } from "./failure-gate.ts";

function gateAt() {
  const clock = { ms: 0 };
  return { clock, gate: new FailureGate(() => clock.ms) };
}
const fail = (gate: FailureGate, address: string, times: number) => {
  for (let i = 0; i < times; i++) gate.refused(address, "bad_token");
};

describe("the gate of refused enrolments", () => {
  it("shuts at the tenth within a minute and opens when that minute is over", () => {
    const { gate, clock } = gateAt();
    fail(gate, "192.0.2.1", 9);
    expect(gate.waitSeconds("192.0.2.1")).toBeNull();
    clock.ms = 30_500;
    fail(gate, "192.0.2.1", 1);
    expect(gate.waitSeconds("192.0.2.1")).toBe(30);
    expect(gate.waitSeconds("192.0.2.2")).toBeNull();
    clock.ms = 60_000;
    expect(gate.waitSeconds("192.0.2.1")).toBeNull();
    fail(gate, "192.0.2.1", 9);
    expect(gate.waitSeconds("192.0.2.1")).toBeNull();
  });
  it("counts no trouble of the server's own", () => {
    const { gate } = gateAt();
    for (let i = 0; i < 50; i++)
      for (const code of ["unavailable", "internal", "rate", "suspended"] as const) gate.refused("192.0.2.1", code);
    expect(gate.waitSeconds("192.0.2.1")).toBeNull();
  });
  it("remembers the latest ten thousand", () => {
    const { gate } = gateAt();
    fail(gate, "192.0.2.1", 10);
    for (let i = 0; i < 10_000; i++) fail(gate, `10.0.${i >> 8}.${i & 255}`, 1);
    expect(gate.waitSeconds("192.0.2.1")).toBeNull();
    fail(gate, "10.0.0.1", 9);
    expect(gate.waitSeconds("10.0.0.1")).toBe(60);
  });
});

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:0db8:0:0:ffff::", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  [null, "unknown"],
])("the network of %s is %s", (address, network) => expect(networkOf(address)).toBe(network));

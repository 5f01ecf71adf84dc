import { Flight, unpackColumn, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { buildFlight, type FlightHead, fitFlight } from "./build-flight.ts";
import type { Recorded } from "./flight-recorder.ts";

const HEAD: FlightHead = {
  agent: "00000000-0000-4000-8000-000000000001",
  incident: "7",
  boot_id: "boot",
  software: "test",
  assumptions: {
    rho_ppb: 200_000,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: 2000,
    faults: 1,
    slew_ppm: 500,
    slew_basis: "chrony",
    stamp_mode: "simulated",
  },
  sources: [{ id: "a:123", address: null, timescale: "unknown", trusted: false, vote: "a:123", poll_ns: "1" }],
};
const reading = (raw: bigint) => ({
  raw,
  bracket: 60n,
  realtime: raw,
  status: "proven" as const,
  lo: -1n,
  hi: 1n,
  stealPpm: null,
  injected: null,
});
const refusal = (raw: bigint) => ({ source: "a:123", raw, reason: "timeout", t1: null, t2: null, t3: null, t4: null });
const recorded = (readings: number, refusals: number): Recorded => ({
  readings: Array.from({ length: readings }, (_, index) => reading(BigInt(index))),
  evidence: [],
  refusals: Array.from({ length: refusals }, (_, index) => refusal(BigInt(index))),
  kernel: [{ raw_ns: "1", says: { freq_2_16_ppm: 1 } }],
  daemon: [],
  routes: [{ raw_ns: "1", says: { source: "a:123", interface: "eth0", next_hop: null } }],
  missing: { readings: 1, exchanges: 2 },
  rehearsal: { id: "r1", fault: "silent", for_s: 60, who: "A. Tester" },
});
const asText = async (text: string) => Buffer.from(text);
const read = (bytes: Uint8Array | null) => JSON.parse(Buffer.from(bytes ?? []).toString()) as Flight;

describe("a record of the latest minutes", () => {
  it("is what everybody can read", () => expect(validator(Flight).errors(buildFlight(recorded(3, 2), HEAD))).toEqual([]));
  it("is marked where a fault was rehearsed in them, and only there", () => {
    const [marked, plain] = [recorded(1, 0), { ...recorded(1, 0), rehearsal: null }].map((one) => buildFlight(one, HEAD));
    expect([marked?.rehearsal?.id, Object.keys(plain ?? {}).includes("rehearsal")]).toEqual(["r1", false]);
  });
  it("loses its oldest readings where it is too long, and says how many", async () => {
    const whole = read(await fitFlight(recorded(100, 5), HEAD, asText));
    expect([whole.readings.status.length, whole.missing]).toEqual([100, { readings: 1, exchanges: 2 }]);
    const most = JSON.stringify(whole).length - 100;
    const thinned = read(await fitFlight(recorded(100, 5), HEAD, asText, most));
    expect([thinned.readings.status.length, thinned.missing]).toEqual([75, { readings: 26, exchanges: 2 }]);
    expect(unpackColumn(thinned.readings.raw_ns)[0]).toBe(25n);
    expect(thinned.refusals.reason).toHaveLength(5);
  });
  it("then its oldest exchanges, and cannot be written where that does not help", async () => {
    const bare = JSON.stringify(buildFlight(recorded(0, 2), HEAD)).length;
    const thinned = read(await fitFlight(recorded(3, 40), HEAD, asText, bare + 60));
    expect(thinned.readings.status).toEqual([]);
    expect(thinned.missing.exchanges + thinned.refusals.reason.length).toBe(42);
    expect(await fitFlight(recorded(3, 4), HEAD, asText, 100)).toBeNull();
  });
});

import { decode, encode, fromUtc, makeReply, type Packet, readRequest } from "@truebound/ntp";
import { type HostReading, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type Instruments, pollOnce } from "./poll.ts";
import { aProbe } from "./probe.fixture.ts";
import type { SourceProbe } from "./source-probe.ts";

const UTC = 1_795_000_000_000_000_000n;
const READING: HostReading = {
  rawBefore: raw(0n),
  realtime: utc(UTC),
  rawAfter: raw(0n),
  monotonic: 0n,
  boottime: 0n,
  rawEnd: raw(0n),
  boottimeResolution: 1n,
};
const SERVER = { leap: 0, stratum: 1, precision: -24, rootDelay: 0, rootDispersion: 0, refid: 0x47505300, reference: 1n };

function probeAt(address: string): SourceProbe {
  const probe = aProbe();
  probe.resolved(address);
  return probe;
}

/** Answers rightly after 1 ms of RAW; `meanwhile` happens while the reply is under way. */
const instruments = (meanwhile: () => void): Instruments => ({
  clocks: { ruler: "raw", read: () => READING },
  nonce: () => 7n,
  transport: {
    mode: "simulated",
    precision: -24,
    uncertainty: 0n,
    close: () => undefined,
    exchange: async (_, request, __, consider) => {
      meanwhile();
      const stamp = fromUtc(utc(UTC + 500_000n));
      const bytes = encode(decode(makeReply(readRequest(request) as Packet, SERVER, stamp, stamp, null)) as Packet);
      expect(consider(bytes)).toBe("take");
      return { kind: "reply", bytes, t1: { raw: raw(0n), cap: 0n }, t4: { raw: raw(1_000_000n), cap: 0n }, mode: "simulated" };
    },
  },
});

describe("one poll", () => {
  it("gives evidence of the server that was asked", async () => {
    expect(
      await pollOnce(
        probeAt("192.0.2.1"),
        instruments(() => undefined),
      ),
    ).toHaveLength(1);
  });
  it("gives none when the source has moved to another server meanwhile", async () => {
    const probe = probeAt("192.0.2.1");
    expect(
      await pollOnce(
        probe,
        instruments(() => probe.resolved("192.0.2.9")),
      ),
    ).toEqual([]);
    expect(probe.troubles.get("address_changed")).toBe(1);
    expect(probe.boundAt(raw(2_000_000n))).toEqual({ kind: "empty" });
  });
  it("gives none when the ruler became another one meanwhile", async () => {
    const probe = probeAt("192.0.2.1");
    expect(
      await pollOnce(
        probe,
        instruments(() => probe.forget()),
      ),
    ).toEqual([]);
    expect(probe.troubles.get("disrupted")).toBe(1);
    expect(probe.boundAt(raw(2_000_000n))).toEqual({ kind: "empty" });
  });
});

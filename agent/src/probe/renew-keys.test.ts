import { describe, expect, it } from "vitest";
import { NtsDialogue } from "./nts-dialogue.ts";
import type { KeyMaker, KeyOutcome } from "./nts-keys.ts";
import { aProbe, keysAt } from "./probe.fixture.ts";
import { renewKeys } from "./renew-keys.ts";
import { makeSource } from "./source.ts";
import type { SourceProbe } from "./source-probe.ts";

const NONCES = { transmit: 1n, receive: 2n };
const random = () => 3n;
function world(mode: "preferred" | "required" = "required", ...outcomes: readonly KeyOutcome[]) {
  const asked: unknown[] = [];
  const left = [...outcomes];
  const keys: KeyMaker = {
    establish: async (server, port) => {
      asked.push([server.endpoint.address, server.endpoint.port, server.name, port]);
      return left.shift() ?? { kind: "refused", reason: "nts_ke_timeout" };
    },
  };
  const nts = { mode, kePort: 4460 };
  const probe = aProbe({
    source: { ...makeSource("ntp.example.net", 123, "declared"), nts },
    nts: new NtsDialogue(nts, "ntp.example.net"),
    refidOf: (address) => Number(address.split(".").at(-1)),
  });
  probe.resolved("192.0.2.1");
  return {
    probe,
    asked,
    renew: (now: number, utc: { lo: bigint; hi: bigint } | null = null) => renewKeys(probe, { keys, utc: () => utc }, now),
  };
}

const begun = (probe: SourceProbe) => {
  const { bytes, outstanding } = probe.begin(NONCES, random);
  return { bytes: bytes.length, sealed: outstanding.sealed !== undefined, muted: outstanding.muted };
};

describe("the keys of a source", () => {
  it("are asked for by its name at its address, and NTP where the server says", async () => {
    const { probe, asked, renew } = world("required", keysAt("192.0.2.9"));
    const { era } = probe;
    await renew(0);
    expect(asked).toEqual([["192.0.2.1", 4460, "ntp.example.net", 123]]);
    expect([probe.address, probe.port, probe.keyAddress]).toEqual(["192.0.2.9", 1123, "192.0.2.1"]);
    // Another clock: what an exchange under way brings is of no use.
    expect(probe.era).not.toBe(era);
    expect(begun(probe)).toMatchObject({ sealed: true, muted: undefined });
  });
  it("name the clock that is heard: two servers of keys that send to one server of NTP are one vote", async () => {
    const { probe, renew } = world("required", keysAt("192.0.2.9"));
    expect([probe.identity.address, probe.identity.ownRefid]).toEqual(["192.0.2.1", 1]);
    await renew(0);
    expect([probe.identity.address, probe.identity.ownRefid]).toEqual(["192.0.2.9", 9]);
  });
  it("are asked for again only after a while where there were none, and nothing is sent meanwhile where they are required", async () => {
    const { probe, asked, renew } = world("required");
    for (const now of [0, 9, 10, 24, 25]) await renew(now);
    expect([asked.length, probe.troubles.get("nts_ke_timeout")]).toEqual([3, 3]);
    expect(begun(probe)).toEqual({ bytes: 48, sealed: false, muted: "nts_no_keys" });
    expect(begun(world("preferred").probe)).toEqual({ bytes: 48, sealed: false, muted: undefined });
  });
  it("are good for one server: at another address others are asked for at once", async () => {
    const { probe, asked, renew } = world("required", keysAt("192.0.2.1"), keysAt("192.0.2.2"));
    await renew(0);
    probe.resolved("192.0.2.2");
    expect(begun(probe).muted).toBe("nts_no_keys");
    await renew(1);
    expect([asked.length, begun(probe).sealed]).toEqual([2, true]);
  });
  it("are not lost when a rehearsed copy of the source follows it to another address", async () => {
    const { probe, asked, renew } = world("required", keysAt("192.0.2.1"), keysAt("192.0.2.2"));
    const copy = probe.copy((sample) => sample);
    probe.resolved("192.0.2.2");
    await renew(0);
    copy.overhear(probe, []);
    expect([asked.length, begun(probe).sealed]).toEqual([1, true]);
  });
  it("fall when UTC is proved to lie outside the certificate's dates, and not when it may lie inside", async () => {
    const { probe, renew } = world("required", keysAt("192.0.2.1"));
    await renew(0);
    await renew(1, { lo: 150n, hi: 250n });
    expect([probe.nts?.proof?.dates, probe.troubles.size]).toEqual(["provisional", 0]);
    await renew(2, { lo: 201n, hi: 250n });
    expect([probe.nts?.proof, Object.fromEntries(probe.troubles)]).toEqual([null, { nts_certificate_expired: 1 }]);
    expect(begun(probe).muted).toBe("nts_no_keys");
  });
  it("stay once UTC was proved to lie within those dates", async () => {
    const { probe, renew } = world("required", keysAt("192.0.2.1"));
    await renew(0, { lo: 150n, hi: 160n });
    await renew(1, { lo: 201n, hi: 250n });
    expect([probe.nts?.proof?.dates, probe.troubles.size]).toEqual(["confirmed", 0]);
  });
  it("are refused at once where the certificate is not yet valid", async () => {
    const { probe, renew } = world("required", keysAt("192.0.2.1"));
    await renew(0, { lo: 1n, hi: 99n });
    expect(Object.fromEntries(probe.troubles)).toEqual({ nts_certificate_not_yet_valid: 1 });
  });
});

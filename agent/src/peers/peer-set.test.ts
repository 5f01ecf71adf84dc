import { NO_CALENDAR, ppb, raw, uncalibrated } from "@truebound/time";
import { type AssignedPeer, DEFAULT_POLICY } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../probe/source-window.ts";
import type { PeerProbe } from "./peer-probe.ts";
import { type PeerParts, PeerSet } from "./peer-set.ts";

const PARTS = {
  instruments: { clocks: { ruler: "raw" }, transport: { precision: -24, uncertainty: 0n } },
  interleave: false,
  refidOf: () => 1,
} as unknown as PeerParts;
const RULES = { policy: DEFAULT_POLICY, calendar: NO_CALENDAR };
const UPSTREAM = "address 198.51.100.1";
const peer = (kind: AssignedPeer["kind"], rests_on: string[] = [UPSTREAM]): AssignedPeer => ({
  id: "3f0f8a0e-0000-4000-8000-0000000000b1",
  name: "p",
  kind,
  address: "192.0.2.1",
  port: 8126,
  rests_on,
});
const EVIDENCE = { sample: "one" } as unknown as Evidence;

function setOf(one: AssignedPeer) {
  const peers = new PeerSet(PARTS);
  peers.assign([one], RULES);
  const look = (...heard: string[]) => peers.facts({ rawAfter: raw(5n) }, uncalibrated(ppb(200_000n)), new Set(heard));
  const learn = (count: number) =>
    peers.learned(
      peers.probes[0] as PeerProbe,
      Array.from({ length: count }, () => EVIDENCE),
    );
  return { peers, look, learn, recorded: () => peers.drainEvidence().length };
}

describe("what goes into the record of what peers answered", () => {
  it("is nothing while a source that it rests on is heard here, and with its first vote all that the vote rests on", () => {
    const { look, learn, recorded } = setOf(peer("agent"));
    expect(look(UPSTREAM)).toEqual([]);
    learn(3);
    expect(recorded()).toBe(0);
    expect(look()).toHaveLength(1);
    expect(recorded()).toBe(3);
    learn(1);
    expect(recorded()).toBe(1);
  });
  it("is no more of the time before than a window holds", () => {
    const { look, learn, recorded } = setOf(peer("agent"));
    learn(500);
    look();
    expect(recorded()).toBe(64);
  });
  it("is nothing of a host that rests on nothing, or of a target, which never have a vote", () => {
    for (const one of [peer("agent", []), peer("target")]) {
      const { look, learn, recorded } = setOf(one);
      learn(1);
      expect(look()).toEqual([]);
      expect(recorded()).toBe(0);
    }
  });
  it("no longer rests on who is not assigned any more: targets alone never have a vote, and nobody need ask what is said", () => {
    const { peers, look } = setOf(peer("agent"));
    look();
    expect(peers.isHeard).toBe(true);
    peers.assign([{ ...peer("target"), id: "3f0f8a0e-0000-4000-8000-0000000000b2" }], RULES);
    expect([peers.count, peers.isHeard]).toEqual([0, false]);
  });
  it("is forgotten with the ruler that it was measured on", () => {
    const { peers, look, learn, recorded } = setOf(peer("agent"));
    learn(2);
    peers.forget();
    look();
    expect(recorded()).toBe(0);
  });
});

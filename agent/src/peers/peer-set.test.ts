import type { AssignedPeer } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../probe/source-window.ts";
import type { PeerProbe } from "./peer-probe.ts";
import { type PeerParts, PeerSet } from "./peer-set.ts";

const EVIDENCE = { sample: "one" } as unknown as Evidence;
const probeOf = (kind: AssignedPeer["kind"], rests_on: string[]): PeerProbe =>
  ({ peer: { id: "p", name: "p", kind, address: "192.0.2.1", port: 8126, rests_on } }) as unknown as PeerProbe;
const recorded = (probe: PeerProbe): number => {
  const peers = new PeerSet({} as PeerParts);
  // As the loop of polls does: each piece of evidence names its source.
  peers.learned(probe, [{ ...EVIDENCE, source: "p" } as Evidence]);
  return peers.drainEvidence().length;
};

describe("what goes into the record of what peers answered", () => {
  it("is all, also of one that has no vote yet: once it has, its bound rests on this too", () => {
    expect(recorded(probeOf("agent", ["address 198.51.100.1"]))).toBe(1);
    expect(recorded(probeOf("agent", []))).toBe(1);
  });
  it("is nothing of a target, which never has one", () => expect(recorded(probeOf("target", []))).toBe(0));
});

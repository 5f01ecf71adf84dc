import type { BatchMesh } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { BATCH } from "../../../packages/testkit/src/long/fuzz/examples.ts";
import { meshFaults } from "./mesh-faults.ts";

const MESH = BATCH.mesh as BatchMesh;
const { edges } = MESH;
const withEdges = (more: Partial<BatchMesh["edges"]>): BatchMesh => ({ ...MESH, edges: { ...edges, ...more } });
const column = (...d: (number | null)[]) => ({ base: "0", d });

describe("what a host says of its peers", () => {
  it("is what agents send", () => expect(meshFaults(MESH)).toEqual([]));
  it.each<[string, BatchMesh, string]>([
    ["a column that is shorter", withEdges({ ruler: [1] }), "/mesh/edges/ruler"],
    ["a peer that is not there", withEdges({ peer: [0, 2] }), "/mesh/edges/peer"],
    ["a peer that is there twice", { ...MESH, peers: MESH.peers.map((peer) => ({ ...peer, id: BATCH.agent })) }, "/mesh/peers"],
    ["ends the wrong way round", withEdges({ lo_ns: column(5, 6), hi_ns: column(4, 7) }), "/mesh/edges/lo_ns"],
    ["one end of a hull", withEdges({ tight_lo_ns: column(5, 6) }), "/mesh/edges/tight_lo_ns"],
    ["a slope without a hull", withEdges({ slope_min_ppb: [1, 1], slope_max_ppb: [1, 1] }), "/mesh/edges/slope_min_ppb"],
    ["no instant", withEdges({ raw_ns: column(5, null) }), "/mesh/edges/raw_ns"],
    ["no bound", withEdges({ lo_ns: column(5, null), hi_ns: column(6, null) }), "/mesh/edges/lo_ns"],
    ["an instant that no column holds", withEdges({ raw_ns: { base: (2n ** 62n).toString(), d: [0, 0] } }), "/mesh/edges/raw_ns"],
    ["one end of its own bound", { ...MESH, own: { ...MESH.own, lo_ns: null } }, "/mesh/own/lo_ns"],
    ["an exchange with nobody", { ...MESH, exchanges: { ...(MESH.exchanges as object), source: [9] } as never }, "/mesh/exchanges/source"],
  ])("is refused with %s", (_, mesh, pointer) => expect(meshFaults(mesh).map((fault) => fault.pointer)).toContain(pointer));
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { membersOf } from "../peer/members.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import type { StoredConflict } from "../peer/ports.ts";
import { hostId, type Lie, RULES, SimMesh, START } from "../peer/simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "../peer/solution.ts";
import { peerSamples } from "./peer-samples.ts";

const now = utc(START + 200n * 1_000_000_000n);

function state(lies: readonly Lie[], conflicts: readonly StoredConflict[] = []): MeshState {
  const mesh = new SimMesh(70, 8, lies);
  const facts = meshFacts(now, membersOf(mesh.entries(200), RULES, now), [], mesh.edges(200));
  const solution = { facts, guaranteed: solveTier(facts, "guaranteed"), tight: solveTier(facts, "tight") };
  return {
    members: facts.members,
    targets: facts.targets,
    solution,
    leap: null,
    conflicts,
    standings: new Map(),
    paths: new Map(),
    tookMs: 25,
  };
}
const shown = (present: MeshState | null) =>
  new Map(peerSamples(present).map(({ family, labels, value }) => [[family, ...Object.values(labels)].join(" "), value]));

describe("the samples of the mesh", () => {
  it("are none before the first look, while nobody is in a mesh, and near a leap second", () => {
    const present = state([]);
    expect([null, { ...present, solution: null, tookMs: null }].map((one) => peerSamples(one))).toEqual([[], []]);
  });
  it("count nodes, edges and seconds, and say zero where nothing contradicts", () => {
    const samples = shown(state([]));
    expect(Object.fromEntries(samples)).toMatchObject({
      "peerMembers agent": 8,
      "peerMembers target": 0,
      peerEdges: 48,
      peerSolve: 0.025,
      "peerInconsistent guaranteed": 0,
      "peerSuspects tight": 0,
      "peerFlagged h3 guaranteed": 0,
    });
    expect(samples.get("peerErrorBound h3 tight")).toBeLessThanOrEqual(samples.get("peerErrorBound h3 guaranteed") ?? 0);
    expect(samples.get("peerClosure greatest")).toBeLessThanOrEqual(1);
  });
  it("have no bound of a suspect, and flag whom a confirmed conflict does", () => {
    const flagging: Omit<StoredConflict, "firstSeen" | "lastSeen" | "endedAt"> = {
      id: 1n,
      tier: "guaranteed",
      suspects: [hostId(3)],
      flagged: [hostId(3)],
      cleared: [],
      leastLiars: 1,
      cycles: [],
    };
    const times = { firstSeen: now, lastSeen: now, endedAt: null };
    const lies = [{ host: 3, by: 50_000_000n }];
    const samples = shown(state(lies, [{ ...flagging, ...times }]));
    expect(
      ["peerInconsistent guaranteed", "peerSuspects guaranteed", "peerFlagged h3 guaranteed"].map((name) => samples.get(name)),
    ).toEqual([1, 1, 1]);
    expect([samples.get("peerFlagged h3 tight"), samples.has("peerErrorBound h3 guaranteed")]).toEqual([0, false]);
    expect(shown(state(lies)).get("peerFlagged h3 guaranteed")).toBe(0);
    expect(shown(state(lies, [{ ...flagging, ...times, endedAt: now }])).get("peerFlagged h3 guaranteed")).toBe(0);
  });
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { parseLossless } from "../adapters/lossless-json.ts";
import { explainPeersCase } from "../explain/peers.ts";
import { membersOf } from "./members.ts";
import { viewCase } from "./mesh-case.ts";
import type { MeasuredEdge } from "./ports.ts";
import { hostId, RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "./solution.ts";

const now = utc(START + 200n * 1_000_000_000n);

function explained(mesh: SimMesh, edges: readonly MeasuredEdge[]) {
  const facts = meshFacts(now, membersOf(mesh.entries(200), RULES, now), [], edges);
  const solution = { facts, guaranteed: solveTier(facts, "guaranteed"), tight: solveTier(facts, "tight") };
  const state = {
    members: facts.members,
    targets: facts.targets,
    solution,
    leap: null,
    conflicts: [],
    standings: new Map(),
    paths: new Map(),
    tookMs: 1,
  };
  const said = explainPeersCase(parseLossless(JSON.stringify(viewCase(state, "guaranteed"))));
  return said.kind === "explained" ? said.answer : said;
}

describe("a mesh as a case", () => {
  it("accuses whom the server accuses", () => {
    const mesh = new SimMesh(80, 10, [{ host: 2, by: 50_000_000n }]);
    expect(explained(mesh, mesh.edges(200))).toMatchObject({ consistent: false, flagged: [hostId(2)], least_liars: 1 });
  });
  it("says of two whose measurements leave nothing that they contradict each other", () => {
    const mesh = new SimMesh(81, 2);
    const [edge] = mesh.edges(200) as [MeasuredEdge];
    const far = { ...edge, from: edge.to, to: edge.from, fromRuler: 1, toRuler: 0, lo: edge.lo, hi: edge.hi };
    expect(explained(mesh, [edge, far])).toMatchObject({ consistent: false, suspects: [hostId(0), hostId(1)], flagged: [] });
  });
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { membersOf } from "./members.ts";
import { PathQuality } from "./path-quality.ts";
import { hostId, RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import { meshFacts, solveTier } from "./solution.ts";

const HOSTS = 8;

function membersAt(second: number, delayOf: (host: number) => number) {
  const mesh = new SimMesh(HOSTS, 6);
  const now = utc(START + BigInt(second) * 1_000_000_000n);
  const members = membersOf(mesh.entries(second), RULES, now).map((member, host) => ({
    ...member,
    mesh: {
      ...member.mesh,
      peers: [
        {
          id: hostId((host + 1) % HOSTS),
          kind: "agent" as const,
          state: "agrees" as const,
          delay_ns: String(delayOf(host)),
          polls: 1,
          replies: 1,
          refusals: {},
        },
      ],
    },
  }));
  return { mesh, now, members };
}

describe("how good paths are", () => {
  it("is said of a host that limps for three minutes beside its likes, and of nobody before", () => {
    const quality = new PathQuality();
    const said = Array.from({ length: 30 }, (_, look) => {
      const { now, members, mesh } = membersAt(200 + 10 * look, (host) => (host === 3 ? 900_000 : 100_000 + 1_000 * host));
      const facts = meshFacts(now, members, [], mesh.edges(200 + 10 * look));
      return [...quality.look(facts.members, null, look * 10_000)];
    });
    const first = said.findIndex((remarks) => remarks.length > 0);
    expect(first * 10).toBeGreaterThanOrEqual(170);
    expect(said.at(-1)?.map(([id]) => id)).toEqual([hostId(3)]);
    expect(said.at(-1)?.[0]?.[1]).toMatch(/^limping: for three minutes/);
  });
  it("is nothing where all are alike and every path is even", () => {
    const quality = new PathQuality();
    for (let look = 0; look < 24; look++) {
      const second = 200 + 10 * look;
      const { now, members, mesh } = membersAt(second, () => 100_000);
      const facts = meshFacts(now, members, [], mesh.edges(second));
      const solution = { facts, guaranteed: solveTier(facts, "guaranteed"), tight: solveTier(facts, "tight") };
      expect([...quality.look(facts.members, solution, look * 10_000)].filter(([, words]) => words.includes("limping"))).toEqual([]);
    }
  });
});

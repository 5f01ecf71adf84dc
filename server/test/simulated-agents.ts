import { expect } from "vitest";
import type { MeasuredEdge } from "../src/peer/ports.ts";
import type { SimMesh } from "../src/peer/simulated-mesh.fixture.ts";
import type { RunningServer } from "../src/server.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { type EdgeRow, meshPart } from "./mesh-part.ts";

/** Hosts of a simulated mesh, each enrolled and reporting over HTTP what it reads and measures. */
export class SimulatedAgents {
  readonly mesh: SimMesh;
  readonly agents: readonly FakeAgent[];
  /** RAW of the newest exchange that was told, by who measures whom. */
  readonly #told = new Map<string, bigint>();

  private constructor(mesh: SimMesh, agents: readonly FakeAgent[]) {
    this.mesh = mesh;
    this.agents = agents;
  }

  static async enrol(server: RunningServer, mesh: SimMesh, fleet: string): Promise<SimulatedAgents> {
    const token = await server.createToken({ uses: mesh.hosts.length, ttlSeconds: 600, labels: { fleet } });
    const agents: FakeAgent[] = [];
    for (const index of mesh.hosts.keys()) {
      const agent = new FakeAgent(server.agentsUrl);
      expect((await agent.enrol(token, `${fleet}-${index}`)).status).toBe(200);
      agents.push(agent);
    }
    return new SimulatedAgents(mesh, agents);
  }

  ids = (indices: readonly number[]): string[] => indices.map((index) => (this.agents[index] as FakeAgent).id).sort();

  /** What each has to say at a second of the simulation. `sights` are measurements of targets beside those of neighbours. */
  async report(second: number, sights: readonly MeasuredEdge[] = []): Promise<void> {
    for (const [index, agent] of this.agents.entries()) {
      const { reading, mesh, bound, assumptions, frequency } = this.mesh.record(index, second);
      if (reading === null || mesh === null || bound === null || assumptions === null || frequency === null) continue;
      const all = this.#edgesOf(index, second, sights);
      const news = all.filter((row) => this.#isNew(agent.id, row));
      const peers = all.map(({ peer, ruler }) => ({ id: peer, kind: ruler === null ? ("target" as const) : ("agent" as const) }));
      const part = meshPart(news, {
        ruler: mesh.ruler,
        own: mesh.own,
        peers: peers.map((one) => ({ ...one, state: "agrees", delay_ns: "80000", polls: 1, replies: 1, refusals: {} })),
      });
      const row = { realtime: reading.realtime, raw: reading.raw, ...bound };
      const answer = await agent.send(batchOf(agent.id, [row], { mesh: part, assumptions, frequency }));
      expect(answer).toMatchObject({ status: 200, body: { verdict: "stored" } });
    }
  }

  #edgesOf(index: number, second: number, sights: readonly MeasuredEdge[]): EdgeRow[] {
    const host = this.mesh.hosts[index] as SimMesh["hosts"][number];
    const edges = host.neighbours.map((other) => this.mesh.measured(host, this.mesh.hosts[other] as typeof host, second));
    return [...edges, ...sights.filter(({ from }) => from === host.id)].map((edge) => ({
      peer: edge.toRuler === null ? edge.to : (this.agents[edge.toRuler] as FakeAgent).id,
      raw: edge.at,
      ruler: edge.toRuler,
      lo: edge.lo,
      hi: edge.hi,
      ...(edge.hull === null ? {} : { hull: [edge.hull.lo, edge.hull.hi, -100_000, 100_000] as const }),
    }));
  }

  #isNew(agent: string, { peer, raw }: EdgeRow): boolean {
    const key = `${agent} ${peer}`;
    if (this.#told.get(key) === raw) return false;
    this.#told.set(key, raw);
    return true;
  }
}

import { type BatchMesh, Receipt, validator } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { meshPart } from "./mesh-part.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const isReceipt = validator(Receipt);

/** Reports once; what the receipt says of the mesh. */
class Reporter {
  readonly agent: FakeAgent;
  readonly port: number;
  #seconds = 0n;

  constructor(agent: FakeAgent, port: number) {
    this.agent = agent;
    this.port = port;
  }

  batch(mesh: Partial<BatchMesh> | null) {
    this.#seconds += 1n;
    const said = mesh === null ? {} : { mesh: meshPart([], { answers: { address: null, port: this.port }, ...mesh }) };
    return batchOf(this.agent.id, [{ realtime: T0 + this.#seconds * S, lo: -1n, hi: 1n }], said);
  }

  async send(mesh: Partial<BatchMesh> | null) {
    const { body } = await this.agent.send(this.batch(mesh));
    expect(isReceipt.accepts(body)).toBe(true);
    return (body as Receipt).assignment ?? null;
  }
}

async function enrolled(name: string, labels: Record<string, string>, port: number): Promise<Reporter> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  return new Reporter(agent, port);
}

beforeAll(() => tested.server.setPolicy({ mesh: "on" }, { mesh: { domain: "eu", port: 8126 } }));

describe("what a receipt says of the mesh", () => {
  it("is nothing where the policy has none", async () => {
    const alone = await enrolled("alone", {}, 8001);
    expect(await alone.send(null)).toBeNull();
    expect(await alone.send({ assignment: "something old" })).toBeNull();
  });
  it("is whom to measure and who may ask, until the host says that it has it", async () => {
    const [a, b] = [await enrolled("a", { mesh: "on" }, 8001), await enrolled("b", { mesh: "on" }, 8002)];
    const first = await until("an assignment for a host that says nothing of a mesh yet", () => a.send(null));
    expect(first).toMatchObject({ peers: [], askers: [] });
    await b.send({ assignment: null, own: { lo_ns: "-1", hi_ns: "1", rests_on: ["id x", "id y"] } });
    const told = await until("b among the peers of a", async () => {
      const assignment = await a.send({ assignment: first.version });
      return assignment?.peers.length === 1 && assignment.askers.length === 1 ? assignment : null;
    });
    expect(told).toEqual({
      version: expect.not.stringMatching(first.version),
      peers: [{ id: b.agent.id, name: "b", kind: "agent", address: "127.0.0.1", port: 8002, rests_on: ["id x", "id y"] }],
      askers: ["127.0.0.1"],
    });
    expect(await a.send({ assignment: told.version })).toBeNull();
    expect(await a.send({ assignment: first.version })).toEqual(told);
    // A backlog says what was; what is told ahead of it is how the host is now.
    const behind = await a.agent.sendAll(
      [a.batch({ assignment: first.version })],
      Buffer.from(JSON.stringify(a.batch({ assignment: told.version }))),
    );
    expect([behind.status, behind.body.assignment]).toEqual([200, undefined]);
  });
  it("follows who may report, targets, and the rules", async () => {
    const [c, d] = [await enrolled("c", { mesh: "on", site: "z" }, 8003), await enrolled("d", { mesh: "on", site: "z" }, 8004)];
    await tested.server.setPolicy({ mesh: "on", site: "z" }, { mesh: { domain: "z", port: 8126 } });
    await d.send({});
    const names = async () => (await c.send({}))?.peers.map(({ name }) => name).join();
    await until("d among the peers of c", async () => (await names()) === "d");
    await ask(
      tested.url,
      `insert into target (id, name, address, port, domain, labels)
       values ('00000000-0000-4000-8000-00000000000f', 'switch', '192.0.2.9', 123, 'z', '{}')`,
    );
    await until("the target among them", async () => (await names()) === "d,switch");
    await ask(tested.url, "update host set state = 'suspended' where id = $1", [d.agent.id]);
    await until("d gone", async () => (await names()) === "switch");
    await tested.server.setPolicy({ mesh: "on", site: "z" }, { mesh: null });
    expect(await c.send({})).toBeNull();
  });
});

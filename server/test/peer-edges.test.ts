import { randomUUID } from "node:crypto";
import type { BatchMesh } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { type EdgeRow, meshPart } from "./mesh-part.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const [P, Q] = [randomUUID(), randomUUID()];

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

const batch = (agent: FakeAgent, second: number, mesh: BatchMesh | undefined) =>
  batchOf(agent.id, [{ realtime: T0 + BigInt(second) * S, raw: BigInt(second), lo: -1000n, hi: 1000n }], mesh && { mesh });

const told = (agent: FakeAgent, second: number, edges: readonly EdgeRow[], more: Partial<BatchMesh> = {}) =>
  batch(agent, second, meshPart(edges, more));

const edgesOf = ({ id }: FakeAgent) =>
  ask(
    tested.url,
    `select peer_id, from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb
     from peer_edge where host_id = $1 order by peer_id`,
    [id],
  );
const stateOf = async ({ id }: FakeAgent) =>
  (await ask(tested.url, "select raw_ns, realtime_ns, mesh from host_state where host_id = $1", [id]))[0];

const hullAt = (raw: bigint) => ({ hull_raw_ns: raw, hull_lo_ns: -3n, hull_hi_ns: 3n, slope_min_ppb: -5, slope_max_ppb: 5 });
const BOTH = meshPart([
  { peer: P, raw: 0n },
  { peer: Q, raw: 0n },
]).peers;
const HULL = [-3n, 3n, -5, 5] as const;

describe("what a host measures of its peers", () => {
  it("stands beside its latest reading, the edges apart", async () => {
    const agent = await enrolled("reading");
    await agent.send(told(agent, 1, [{ peer: P, raw: 1n }], { assignment: "one" }));
    const { edges: _, ...rest } = meshPart([{ peer: P, raw: 1n }], { assignment: "one" });
    expect(await stateOf(agent)).toEqual({ raw_ns: 1n, realtime_ns: T0 + S, mesh: rest });
    await agent.send(batchOf(agent.id, [], { mesh: meshPart([], { assignment: "two" }) }));
    expect(await stateOf(agent)).toMatchObject({ raw_ns: 1n, mesh: { assignment: "one" } });
    await agent.send(batch(agent, 2, undefined));
    expect(await stateOf(agent)).toEqual({ raw_ns: 2n, realtime_ns: T0 + 2n * S, mesh: null });
  });
  it("is the newest of each peer, and the hull stays until there is another or a ruler changes", async () => {
    const agent = await enrolled("newest");
    await agent.send(
      told(agent, 1, [
        { peer: P, raw: 10n, hull: HULL },
        { peer: Q, raw: 11n },
      ]),
    );
    await agent.send(told(agent, 2, [{ peer: P, raw: 20n, lo: -2n, hi: 4n }], { peers: BOTH }));
    const [p] = (await edgesOf(agent)).filter(({ peer_id }) => peer_id === P);
    expect(p).toMatchObject({ from_ruler: 7n, to_ruler: 9n, raw_ns: 20n, lo_ns: -2n, hi_ns: 4n, ...hullAt(10n) });
    await agent.send(told(agent, 3, [{ peer: P, raw: 30n, ruler: 10 }]));
    const [other] = (await edgesOf(agent)).filter(({ peer_id }) => peer_id === P);
    expect(other).toMatchObject({ to_ruler: 10n, raw_ns: 30n, hull_raw_ns: null, slope_min_ppb: null });
    // A ruler of its own that began anew counts from less.
    await agent.send(told(agent, 4, [{ peer: P, raw: 5n }], { ruler: 8 }));
    const [anew] = (await edgesOf(agent)).filter(({ peer_id }) => peer_id === P);
    expect(anew).toMatchObject({ from_ruler: 8n, raw_ns: 5n });
  });
  it("is of a target by its clock, without a ruler", async () => {
    const agent = await enrolled("target");
    await agent.send(told(agent, 1, [{ peer: P, raw: 1n, ruler: null, hull: HULL }]));
    await agent.send(told(agent, 2, [{ peer: P, raw: 2n, ruler: null }]));
    expect(await edgesOf(agent)).toMatchObject([{ to_ruler: null, raw_ns: 2n, ...hullAt(1n) }]);
  });
  it("comes from what was told ahead, and no backlog turns it back", async () => {
    const agent = await enrolled("behind");
    const backlog = (from: number, ruler = 7) =>
      [0, 1, 2].map((n) => told(agent, from + n, [{ peer: P, raw: BigInt(from + n), hull: HULL }], { ruler }));
    await agent.sendAll(backlog(1), told(agent, 500, [{ peer: P, raw: 500n }]));
    const ahead = await edgesOf(agent);
    expect(ahead).toMatchObject([{ raw_ns: 500n, hull_raw_ns: null }]);
    await agent.sendAll(backlog(4));
    expect(await edgesOf(agent)).toEqual(ahead);
    // What lies before a new ruler is void, though it comes with what was measured on it.
    await agent.sendAll([told(agent, 600, [{ peer: Q, raw: 600n }]), told(agent, 601, [{ peer: P, raw: 3n }], { ruler: 70 })]);
    expect(await edgesOf(agent)).toMatchObject([{ peer_id: P, from_ruler: 70n, raw_ns: 3n }]);
  });
  it("is the same however batches were put into deliveries, and sent again", async () => {
    const [one, many] = [await enrolled("one by one"), await enrolled("all at once")];
    const rowsAt = (n: number): EdgeRow[] =>
      [P, Q].flatMap((peer, which) =>
        (n + which) % 3 === 0 ? [] : [{ peer, raw: BigInt(n), ruler: n > 20 ? 2 : 1, ...(n % 7 === 0 ? { hull: HULL } : {}) }],
      );
    const story = (agent: FakeAgent) =>
      Array.from({ length: 30 }, (_, n) => told(agent, n, rowsAt(n), n % 11 === 6 ? {} : { peers: BOTH }));
    const before = many.copy("127.0.0.1");
    for (const batch of story(one)) await one.send(batch);
    await many.sendAll(story(many));
    expect((await before.sendAll(story(before).slice(0, 9))).body.verdict).toBe("duplicate");
    const edges = await edgesOf(one);
    expect(edges).toHaveLength(2);
    expect(await edgesOf(many)).toEqual(edges);
  });
  it("is of those whom it measures now, and of nobody else", async () => {
    const agent = await enrolled("other peers");
    await agent.send(
      told(agent, 1, [
        { peer: P, raw: 1n },
        { peer: Q, raw: 1n },
      ]),
    );
    await agent.send(told(agent, 2, [], { peers: BOTH }));
    expect(await edgesOf(agent)).toHaveLength(2);
    await agent.send(told(agent, 3, [{ peer: P, raw: 3n }]));
    expect(await edgesOf(agent)).toMatchObject([{ peer_id: P, raw_ns: 3n }]);
  });
});

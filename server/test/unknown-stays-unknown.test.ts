import { describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get, type Row } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** What was set aside, lost or overtaken leaves a hole, and nothing beside it may cover that. */
const tested = serverForTests();

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const row = (second: number, offset = 0n, more: Partial<Row> = {}): Row => ({
  realtime: T0 + BigInt(second) * S - offset,
  lo: offset - 1000n,
  hi: offset + 1000n,
  ...more,
});
const AHEAD = 3n * S;

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}
const shown = async (agent: FakeAgent) => (await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}`)).body;
const interval = async (agent: FakeAgent, query = "") =>
  (await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}/interval${query}`)).body;
const batch = (agent: FakeAgent, ...rows: readonly Row[]) => batchOf(agent.id, rows);

describe("the present", () => {
  it("is not what a backlog says, where what was sent ahead of it cannot be read", async () => {
    const agent = await enrolled("unheard");
    await agent.sendAll([batch(agent, row(0))], batch(agent, row(500, AHEAD)));
    const before = (await shown(agent)).guaranteed;
    expect(before).toEqual({ lo_ns: "2999999000", hi_ns: "3000001000" });
    await agent.sendAll([batch(agent, row(1))], Buffer.from("{"));
    expect((await shown(agent)).guaranteed).toEqual(before);
  });
  it("is not what was sent before it and came later", async () => {
    const agent = await enrolled("overtaken");
    await agent.sendAll([batch(agent, row(0))], batch(agent, row(600, AHEAD)));
    const before = await shown(agent);
    await agent.sendAll([batch(agent, row(1))], batch(agent, row(500)));
    expect(await shown(agent)).toMatchObject({ guaranteed: before.guaranteed, as_of: before.as_of });
  });
  it("that is told ahead of a backlog is no evidence of an interval", async () => {
    const agent = await enrolled("no evidence yet");
    await agent.sendAll([batch(agent, row(0))], batch(agent, row(60, 250_000_000n)));
    expect(await interval(agent)).toMatchObject({ status: "unknown", reason: "no_evidence", guaranteed: null });
    expect(await interval(agent, "?at=2025-03-01T12:00:30Z")).toMatchObject({ status: "unknown", guaranteed: null });
  });
});

describe("the past", () => {
  it("behind the last reading is known only where nothing came after that", async () => {
    const agent = await enrolled("set aside");
    await agent.send(batch(agent, row(0)));
    const at = "?at=2025-03-01T12:00:05Z";
    expect(await interval(agent, at)).toMatchObject({ status: "holdover" });
    await agent.send("{");
    expect(await interval(agent, at)).toMatchObject({ status: "unknown", guaranteed: null });
  });
  it.each(["a batch that cannot be read", "a new epoch"])("has no minutes over %s", async (what) => {
    const agent = await enrolled(`over ${what}`);
    await agent.send(batch(agent, row(0)));
    if (what === "a new epoch") agent.beginEpoch();
    else await agent.send("{");
    await agent.send(batch(agent, row(200, 0n, { since: [-1000n, 1000n] })));
    const minutes = await ask(tested.url, "select (minute_ns - $2) / 60000000000 as n from host_minute where host_id = $1 order by 1", [
      agent.id,
      T0,
    ]);
    expect(minutes).toEqual([{ n: 0n }, { n: 3n }]);
  });
  it("has no bound in the minutes of a batch of which a reading was set aside", async () => {
    const agent = await enrolled("one set aside");
    const text = JSON.stringify(batch(agent, row(0), row(10), row(20)));
    await agent.send(text.replace('"lo_ns":{"base":"-1000","d":[0,0,', '"lo_ns":{"base":"-1000","d":[0,9000,'));
    expect(await ask(tested.url, "select unbounded, rows from host_minute where host_id = $1", [agent.id])).toEqual([
      { unbounded: true, rows: 2 },
    ]);
  });
  describe.each(["a batch that cannot be read", "a new epoch", "a reading that was set aside"])("over %s", (what) => {
    const come = async (name: string, seconds: readonly [number, number, number]) => {
      const agent = await enrolled(`${name} ${what}`);
      await agent.send(batch(agent, row(0), row(seconds[0])));
      if (what === "a new epoch") agent.beginEpoch();
      else if (what === "a batch that cannot be read") await agent.send("{");
      else
        await agent.send(
          JSON.stringify(batch(agent, row(6))).replace('"lo_ns":{"base":"-1000","d":[0]', '"lo_ns":{"base":"-1000","d":[9000]'),
        );
      await agent.send(batch(agent, row(seconds[1]), row(seconds[2])));
      await agent.send(batch(agent, row(130)));
      return agent;
    };
    const drawn = async (agent: FakeAgent, range: string) =>
      (await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}/series?${range}`)).body.points.map(
        (point: { t: string; lo_ns: string | null; reason?: string }) => [point.t.slice(14, 19), point.reason ?? point.lo_ns],
      );
    it("is drawn with a gap", async () => {
      const agent = await come("drawn", [5, 10, 15]);
      expect(await drawn(agent, "from=2025-03-01T11:59:59Z&to=2025-03-01T12:00:20Z")).toEqual([
        ["00:00", "-1000"],
        ["00:05", "-1000"],
        ["00:07", "set_aside_or_lost"],
        ["00:10", "-1000"],
        ["00:15", "-1000"],
      ]);
    });
    it("is drawn with a gap in one point for all, and in minutes", async () => {
      const agent = await come("in minutes", [5, 70, 75]);
      expect(await drawn(agent, "from=2025-03-01T12:00:00Z&to=2025-03-01T12:03:00Z&points=2")).toEqual([["00:00", "set_aside_or_lost"]]);
      expect(await drawn(agent, "from=2025-03-01T12:00:00Z&to=2025-03-01T18:00:00Z")).toEqual([
        ["00:00", "set_aside_or_lost"],
        ["01:00", "set_aside_or_lost"],
        ["02:00", "-1000"],
      ]);
    });
  });
});

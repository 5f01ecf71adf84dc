import { Agent as Connections } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import type { RunningServer } from "../../src/server.ts";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { batchOf, call, FakeAgent, type Signed } from "../fake-agent.ts";
import { serverOn } from "../server-under-test.ts";
import { postKept } from "./post-kept.ts";

const REPLAYS = times(200, 1_000);
const connections = new Connections({ keepAlive: true });
const T0 = 1_740_830_400_000_000_000n;

let databases: TestDatabases;
let [server, other]: RunningServer[] = [];
let [url, otherUrl] = ["", ""];
beforeAll(async () => {
  databases = await testDatabases();
  [url, otherUrl] = [await databases.create(), await databases.create()];
  server = await serverOn(url);
  other = await serverOn(otherUrl);
});
afterAll(async () => {
  connections.destroy();
  await server?.stop();
  await other?.stop();
  await databases?.stop();
});

async function enrolled(at: RunningServer, name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(at.agentsUrl);
  await agent.enrol(await at.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

const post = (at: RunningServer, { headers, body }: Signed) => call("POST", `${at.agentsUrl}/api/v1/batches`, headers, body);

const kept = (database: string) =>
  ask(
    database,
    "select (select count(*) from evidence) as evidence, (select count(*) from host_event) as events, (select coalesce(sum(rows), 0) from host_minute) as readings",
  );

const batch = (agent: FakeAgent, second: number) =>
  Buffer.from(JSON.stringify(batchOf(agent.id, [{ realtime: T0 + BigInt(second) * 1_000_000_000n, lo: -5n, hi: 5n }])));

describe("R39 a delivery that was captured", () => {
  it("makes no row, however often, wherever and in whatever form it comes again", { timeout: 120_000 }, async () => {
    const [here, there] = [server as RunningServer, other as RunningServer];
    const [agent, another, stranger] = [
      await enrolled(here, "captured"),
      await enrolled(here, "another"),
      await enrolled(there, "elsewhere"),
    ];
    const first = agent.signed(batch(agent, 0));
    expect((await post(here, first)).body.verdict).toBe("stored");
    agent.seq += 1;
    agent.prev = first.hash;
    const next = agent.signed(batch(agent, 1));
    expect((await post(here, next)).body.verdict).toBe("stored");
    agent.seq += 1;
    agent.prev = next.hash;
    const before = [await kept(url), await kept(otherUrl)];

    for (const one of [first, next]) expect((await post(here, one)).body.verdict).toBe("duplicate");
    for (let replay = 0; replay < REPLAYS; replay++)
      expect(await postKept(here.agentsUrl, replay % 2 === 0 ? first : next, connections)).toBe(200);
    // To a server that knows other agents; with the parts of two; in another's name; by another's key.
    const forged: [RunningServer, Signed, string][] = [
      [there, first, "unknown_agent"],
      [here, { ...first, body: next.body }, "bad_digest"],
      [
        here,
        { ...first, headers: { ...first.headers, "content-digest": next.headers["content-digest"] as string }, body: next.body },
        "bad_signature",
      ],
      [here, { ...next, headers: first.headers }, "bad_digest"],
      ...["truebound-seq", "truebound-prev", "truebound-head", "truebound-epoch", "truebound-sent", "signature"].map(
        (name): [RunningServer, Signed, string] => {
          const value = name === "truebound-epoch" ? "2" : name === "truebound-sent" ? "another 1" : (next.headers[name] as string);
          return [here, { ...first, headers: { ...first.headers, [name]: value } }, "bad_signature"];
        },
      ),
      [
        here,
        {
          ...first,
          headers: {
            ...first.headers,
            "truebound-agent": another.id,
            "signature-input": (first.headers["signature-input"] as string).replace(agent.id, another.id),
          },
        },
        "bad_signature",
      ],
      [here, agent.signed(batch(agent, 2), { key: another.key }), "bad_signature"],
      [here, another.signed(batch(agent, 0), { agent: agent.id, seq: 3 }), "bad_signature"],
      [there, stranger.signed(batch(agent, 0), { agent: agent.id }), "unknown_agent"],
    ];
    for (const [at, one, code] of forged) {
      const answer = await post(at, one);
      expect([answer.body.code, answer.status >= 400 && answer.status < 500]).toEqual([code, true]);
    }
    expect([await kept(url), await kept(otherUrl)]).toEqual(before);
    expect((await agent.send(batch(agent, 2))).status).toBe(200);
  });

  it("to another server is refused also where that one knows the same agent: what was signed names the server that was dialled", async () => {
    const [here, there] = [server as RunningServer, other as RunningServer];
    const agent = await enrolled(here, "known twice");
    const one = agent.signed(batch(agent, 0));
    for (const table of ["host", "host_state", "host_key"]) {
      const [row] = await ask<{ row: string }>(
        url,
        `select row_to_json(t)::text as row from ${table} t where ${table === "host" ? "id" : "host_id"} = $1`,
        [agent.id],
      );
      await ask(otherUrl, `insert into ${table} select * from json_populate_record(null::${table}, $1::json)`, [row?.row]);
    }
    expect((await post(there, one)).body.code).toBe("bad_signature");
    expect((await post(here, one)).status).toBe(200);
  });
});

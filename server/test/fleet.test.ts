import type { HostSummary } from "@truebound/wire";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetStore } from "../src/adapters/postgres/fleet-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { FleetWatcher } from "../src/fleet/watcher.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

let databases: TestDatabases;
let url: string;
let servers: RunningServer[];
let pool: pg.Pool;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  servers = [await serverOn(url), await serverOn(url)];
  pool = openPool(url, quiet);
});
afterAll(async () => {
  await pool?.end();
  await Promise.all((servers ?? []).map((server) => server.stop()));
  await databases?.stop();
});

const T0 = 1_740_830_400_000_000_000n;
const [ingesting, looking] = [0, 1];

async function enrolled(name: string, through = ingesting): Promise<FakeAgent> {
  const server = servers[through] as RunningServer;
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

const report = (agent: FakeAgent, lo = -1000n) => agent.send(batchOf(agent.id, [{ realtime: T0, lo, hi: 3000n }]));

describe("several server processes on one database", () => {
  it("see the same hosts and the same reports, whoever took them", async () => {
    const agent = await enrolled("shared");
    await report(agent, -777n);
    for (const server of servers)
      await until("the report", async () => {
        const { items } = (await get(`${server.peopleUrl}/api/v1/hosts?q=shared`)).body as { items: HostSummary[] };
        return items.some((host) => host.guaranteed?.lo_ns === "-777" && host.liveness === "reporting");
      });
  });
  it("share one chain: a batch for each, none twice", async () => {
    const agent = await enrolled("roaming");
    const other = servers[looking] as RunningServer;
    await report(agent);
    const moved = Object.assign(new FakeAgent(other.agentsUrl), {
      key: agent.key,
      id: agent.id,
      epoch: agent.epoch,
      seq: agent.seq,
      prev: agent.prev,
    });
    expect((await report(moved)).body).toMatchObject({ verdict: "stored", seq: 2 });
    expect((await report(agent, -5n)).body).toMatchObject({ code: "fork" });
  });
  it("all notice a host that is revoked", async () => {
    const agent = await enrolled("outcast");
    await ask(url, "update host set state = 'revoked' where id = $1", [agent.id]);
    for (const server of servers)
      await until(
        "the revocation",
        async () => (await get(`${server.peopleUrl}/api/v1/hosts?q=outcast`)).body.items[0]?.liveness === "revoked",
      );
  });
});

describe("a watcher on a simulated monotonic clock", () => {
  const watcherAt = () => {
    const watcher = new FleetWatcher(fleetStore(pool));
    let now = 0;
    return { watcher, look: (ms: number) => watcher.look(() => (now += ms)) };
  };
  it("calls a host that fell silent late, then silent, and reporting when it is back; others stay as they are", async () => {
    const [quietOne, steady] = [await enrolled("falls-silent"), await enrolled("steady")];
    const { watcher, look } = watcherAt();
    await look(0);
    const liveness = (agent: FakeAgent) => watcher.entry(agent.id)?.liveness;
    const seen: (string | undefined)[] = [];
    for (let beat = 0; beat < 12; beat++) {
      await report(steady);
      if (beat < 4) await report(quietOne);
      for (const _ of [1, 2]) {
        await look(2_500);
        if (seen.at(-1) !== liveness(quietOne)) seen.push(liveness(quietOne));
        expect(liveness(steady)).toBe("reporting");
      }
    }
    expect(seen).toEqual(["reporting", "late", "silent"]);
    expect(watcher.entry(quietOne.id)?.summary.words).toMatch(/^silent; its last report said: /);
    await report(quietOne);
    await look(1_000);
    expect(liveness(quietOne)).toBe("reporting");
  });
  it("accuses nobody right after a start, and nobody while it cannot look", async () => {
    const agent = await enrolled("graced");
    await report(agent);
    const { watcher, look } = watcherAt();
    await look(0);
    await look(2_000);
    expect(watcher.entry(agent.id)?.liveness).toBe("reporting");
    // A stopped process or a database that was away: hours pass between two looks.
    await look(10_000_000);
    expect(watcher.entry(agent.id)?.liveness).toBe("reporting");
  });
  it("misses nothing that commits late, and tells of it once", async () => {
    const [slow, fast] = [await enrolled("slow-commit"), await enrolled("fast-commit")];
    const { watcher, look } = watcherAt();
    await look(0);
    const told: string[] = [];
    watcher.subscribe((summary) => told.push(summary.name));
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query("begin");
    await holder.query("update host_state set seq = 99, changed_xid = pg_current_xact_id() where host_id = $1", [slow.id]);
    await report(fast);
    await look(100);
    await look(100);
    expect(told).toEqual(["fast-commit"]);
    await holder.query("commit");
    await holder.end();
    await look(100);
    await look(100);
    expect(told).toEqual(["fast-commit", "slow-commit"]);
  });
});

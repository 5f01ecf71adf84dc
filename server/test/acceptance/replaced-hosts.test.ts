import { describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import { retireSilent } from "../../src/adapters/postgres/retire-store.ts";
import { ask, quiet } from "../database.ts";
import { batchOf, FakeAgent, get } from "../fake-agent.ts";
import { serverForTests } from "../server-under-test.ts";
import { until } from "../until.ts";

const HOSTS = times(60, 3_000);
const REPLACED = times(12, 300);
const AT_ONCE = 16;
const T0 = 1_740_830_400_000_000_000n;

const tested = serverForTests();

/** So many at a time, in their order. */
async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

let second = 0;
async function report(agent: FakeAgent): Promise<void> {
  second += 1;
  const sent = await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(second) * 1_000_000n, lo: -5n, hi: 5n }]));
  expect(sent.body).toMatchObject({ verdict: "stored" });
}

async function join(token: string, name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(token, name)).status).toBe(200);
  await report(agent);
  return agent;
}

/** As if it had gone without a word two hours ago, in a fleet whose hosts count as gone after one. */
async function gone(agents: readonly FakeAgent[]): Promise<void> {
  const ids = agents.map(({ id }) => id);
  await ask(tested.url, "update host_state set received_at = clock_timestamp() - interval '2 hours' where host_id = any($1::uuid[])", [
    ids,
  ]);
  await ask(tested.url, "update host set enrolled_at = clock_timestamp() - interval '1 day' where id = any($1::uuid[])", [ids]);
  const pool = openPool(tested.url, quiet);
  try {
    for (let retired = -1; retired !== 0; ) retired = (await retireSilent(pool)).length;
  } finally {
    await pool.end();
  }
}

interface Item {
  readonly id: string;
  readonly clone_suspected: boolean;
}

describe("a fleet of which a tenth is replaced", () => {
  it("is as many rows as it has hosts, with nothing of those that went and nothing set aside", { timeout: 1_200_000 }, async () => {
    const token = await tested.server.createToken({ uses: HOSTS + REPLACED, ttlSeconds: 86_400, labels: {}, ephemeralHours: 1 });
    const fleet: FakeAgent[] = [];
    await each([...Array(HOSTS).keys()], async (index) => {
      fleet[index] = await join(token, `node-${index}`);
    });
    const leaving = fleet.filter((_, index) => index % (HOSTS / REPLACED) === 0);
    const [polite, sudden] = [leaving.filter((_, index) => index % 2 === 0), leaving.filter((_, index) => index % 2 === 1)];

    // Half of the new ones come before the old ones are gone, by the same names; all others go on reporting.
    const names = leaving.map((agent) => `node-${fleet.indexOf(agent)}`);
    const joined: FakeAgent[] = [];
    const renew = async (name: string) => {
      joined.push(await join(token, name));
    };
    await each(names.slice(0, names.length / 2), renew);
    await each(polite, async (agent) => expect((await agent.sayGoodbye()).status).toBe(200));
    await gone(sudden);
    await each(names.slice(names.length / 2), renew);
    const staying = [...fleet.filter((agent) => !leaving.includes(agent)), ...joined];
    await each(staying, report);

    expect(joined).toHaveLength(REPLACED);
    const list = async () => (await get(`${tested.server.peopleUrl}/api/v1/hosts?limit=10000`)).body.items as Item[];
    const wanted = staying.map(({ id }) => id).sort();
    const rows = await until("one row for each host that is there", async () => {
      const items = await list();
      // As many as there are wanted were there before the last look, too.
      const ids = items.map(({ id }) => id).sort();
      return ids.join() === wanted.join() ? items : null;
    });
    expect(rows).toHaveLength(HOSTS);
    expect(rows.filter(({ clone_suspected: isCopied }) => isCopied)).toEqual([]);
    expect(await ask(tested.url, "select count(*) as n from evidence where quarantined is not null or set_aside > 0")).toEqual([{ n: 0n }]);
    expect(await ask(tested.url, "select count(*) as n from host where state = 'retired'")).toEqual([{ n: BigInt(REPLACED) }]);
    const metrics = String((await get(`${tested.server.peopleUrl}/metrics`)).body);
    for (const { id } of leaving.slice(0, 20)) expect(metrics).not.toContain(id);
  });
});

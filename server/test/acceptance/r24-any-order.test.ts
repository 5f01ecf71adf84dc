import { Agent as Connections } from "node:http";
import { SeededRandom } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import type { RunningServer } from "../../src/server.ts";
import { quiet, type TestDatabases, testDatabases } from "../database.ts";
import { FakeAgent, type Signed } from "../fake-agent.ts";
import { type Sealed, Story, sealStory } from "../histories.ts";
import { serverOn } from "../server-under-test.ts";
import { postKept } from "./post-kept.ts";

const HISTORIES = times(60, 10_000);
/** How far from its turn a delivery may come. */
const WINDOW = 10;
const connections = new Connections({ keepAlive: true });

let databases: TestDatabases;
let server: RunningServer;
let pool: ReturnType<typeof openPool>;
beforeAll(async () => {
  databases = await testDatabases();
  const url = await databases.create();
  // What these hosts say is of last year: nothing of it may go by its age while it is compared.
  server = await serverOn(url, { rollupDays: 36_500 });
  pool = openPool(url, quiet);
});
afterAll(async () => {
  connections.destroy();
  await pool?.end();
  await server?.stop();
  await databases?.stop();
});

async function enrolled(token: string, name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  expect((await agent.enrol(token, name)).status).toBe(200);
  return agent;
}

/** Runs of one epoch, cut anywhere. */
function* groups(sealed: readonly Sealed[], random: SeededRandom): Generator<readonly Sealed[]> {
  for (let at = 0; at < sealed.length; ) {
    const length = 1 + Math.floor(random.next() * 4);
    const run = sealed.slice(at, at + length).filter(({ epoch }) => epoch === sealed[at]?.epoch);
    yield run;
    at += run.length;
  }
}

function signedRun(agent: FakeAgent, run: readonly Sealed[]): Signed {
  const [first] = run as [Sealed];
  const { epoch, seq, prev } = first;
  return agent.signedAll(
    run.map(({ content }) => content),
    null,
    { epoch, seq, prev },
  );
}

/** Each batch one to five times, in groupings of their own, none further from its turn than the window. */
function shuffled(agent: FakeAgent, sealed: readonly Sealed[], random: SeededRandom): Signed[] {
  const copies = 1 + Math.floor(random.next() * 5);
  const all = Array.from({ length: copies }, () => [...groups(sealed, random)]).flat();
  const placed = all.map((run) => ({ run, at: sealed.indexOf(run[0] as Sealed) + random.next() * WINDOW }));
  return placed.sort((a, b) => a.at - b.at).map(({ run }) => signedRun(agent, run));
}

const post = (one: Signed): Promise<number> => postKept(server.agentsUrl, one, connections);

/** Over two connections; what came out of turn is sent again, as agents do, until all has been taken. */
async function sendOver(deliveries: readonly Signed[]): Promise<void> {
  for (let left = deliveries; left.length > 0; ) {
    const queue = [...left];
    const refused: Signed[] = [];
    const connection = async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) if ((await post(one)) !== 200) refused.push(one);
    };
    await Promise.all([connection(), connection()]);
    expect(refused.length).toBeLessThan(left.length);
    left = refused;
  }
}

const isByReceipt = "e.at_marked and e.kind in ('batch_quarantined', 'records_set_aside', 'epoch_started')";
/** All that is kept of a host, but who it is and when its batches came. */
async function keptOf(host: string) {
  const of = async (sql: string) => (await pool.query(sql, [host])).rows as unknown[];
  return {
    evidence: await of(
      "select epoch, seq, first_utc_ns, last_utc_ns, quarantined, set_aside from evidence where host_id = $1 order by epoch, seq",
    ),
    minutes: await of("select to_jsonb(m) - 'host_id' as minute from host_minute m where host_id = $1 order by minute_ns"),
    events: await of(
      `select epoch, seq, ordinal, case when ${isByReceipt} then null else at_ns end as at_ns, at_marked, kind, source, detail from host_event e where host_id = $1 order by epoch, seq, ordinal`,
    ),
    state: await of(
      "select to_jsonb(s) - 'host_id' - 'changed_xid' - 'received_at' - 'chain_hash' - 'uncheckpointed_since' as state from host_state s where host_id = $1",
    ),
  };
}

describe("R24 batches that come in any order, any number of times, in any groups", () => {
  it("leave the same as once in order", { timeout: 60_000 + HISTORIES * 1_000 }, async () => {
    const random = new SeededRandom(24);
    const token = await server.createToken({ labels: {}, uses: 2 * HISTORIES, ttlSeconds: 86_400 });
    let sent = 0;
    for (let history = 0; history < HISTORIES; history++) {
      const [once, often] = await Promise.all([enrolled(token, `once-${history}`), enrolled(token, `often-${history}`)]);
      const lengths = random.next() < 0.3 ? [4, 5] : [3 + Math.floor(random.next() * 12)];
      const stories = [once, often].map((agent) => sealStory(agent, new Story(new SeededRandom(history), true), lengths)) as [
        Sealed[],
        Sealed[],
      ];
      for (const one of stories[0]) expect(await post(signedRun(once, [one]))).toBe(200);
      // An epoch follows another only once all of that was taken; what is sent again may be of the one before.
      for (const epoch of new Set(stories[1].map((one) => one.epoch))) {
        const ofEpoch = shuffled(
          often,
          stories[1].filter((one) => one.epoch === epoch),
          random,
        );
        const again =
          epoch === often.epoch
            ? []
            : shuffled(
                often,
                stories[1].filter((one) => one.epoch < epoch),
                random,
              ).slice(0, 3);
        const deliveries = [...ofEpoch.slice(0, 1), ...again, ...ofEpoch.slice(1)];
        sent += deliveries.length;
        await sendOver(deliveries);
      }
      expect(await keptOf(often.id), `history ${history}`).toEqual(await keptOf(once.id));
    }
    const { rows: doubles } = await pool.query(
      "select count(*) as twice from (select from evidence group by host_id, epoch, seq having count(*) > 1) as doubles",
    );
    expect(doubles).toEqual([{ twice: 0n }]);
    console.log(`R24: ${HISTORIES} histories, ${sent} deliveries, 0 differences`);
  });
});

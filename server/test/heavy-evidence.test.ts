import { monitorEventLoopDelay } from "node:perf_hooks";
import { deflateSync } from "node:zlib";
import { BATCH_DICTIONARY } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** Batches of as many rows as there may be deflate to next to nothing: what a question reads of them has an end. */
const tested = serverForTests();

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const ROWS = 5000;
const COPIES = 60;
/** Of one such batch reading takes a tenth of a second, and nothing can come between. */
const MOST_STILL_MS = 2500;
const RANGE = "from=2025-03-01T11:59:00Z&to=2025-03-01T12:10:00Z";

const COPY = `
  insert into evidence (host_id, epoch, seq, hash, prev_hash, body, set_aside, received_at, first_utc_ns, last_utc_ns, sent)
  select host_id, epoch, 1 + n, hash, prev_hash, body, set_aside, received_at, first_utc_ns, last_utc_ns, sent
  from evidence, generate_series(1, ${COPIES}) n where host_id = $1 and seq = 1`;

/** As if the host had sent the same again and again. */
async function heavy(name: string, isBad: (row: number) => boolean): Promise<void> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    realtime: T0 + BigInt(row) * 100_000n,
    ...(isBad(row) ? { lo: 5n, hi: -5n } : { lo: -1000n, hi: 1000n }),
  }));
  const text = JSON.stringify(batchOf(agent.id, rows));
  await agent.send(deflateSync(text, { dictionary: Buffer.from(BATCH_DICTIONARY) }));
  await ask(tested.url, COPY, [agent.id]);
}

/** The answer, and for how long meanwhile nobody else was heard. */
async function answerOf(path: string) {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const { status, body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/${path}`);
  delay.disable();
  return { status, body, stillMs: delay.max / 1e6 };
}

describe.each([
  ["whole", () => false],
  ["salvaged", (row: number) => row % 160 === 7],
])("of more %s evidence than one question reads", (name, isBad) => {
  beforeAll(() => heavy(name, isBad));
  it("a series is drawn from minutes", async () => {
    const { status, body, stillMs } = await answerOf(`${name}/series?${RANGE}`);
    expect([status, body.resolution, body.points.length > 0]).toEqual([200, "minute", true]);
    expect(stillMs).toBeLessThan(MOST_STILL_MS);
  });
  it("an interval is unknown, and says why", async () => {
    const { status, body, stillMs } = await answerOf(`${name}/interval?at=2025-03-01T12:00:00.2Z`);
    expect([status, body.status, body.reason, body.guaranteed]).toEqual([200, "unknown", "too_much_evidence", null]);
    expect(stillMs).toBeLessThan(MOST_STILL_MS);
  });
});

it("a page of spans ends where too much was read for it, and the next goes on", async () => {
  const first = await answerOf(`salvaged/spans?${RANGE}`);
  expect([first.status, first.body.items, typeof first.body.next]).toEqual([200, [], "string"]);
  expect(first.stillMs).toBeLessThan(MOST_STILL_MS);
  const seen = new Set<string>();
  for (let next: string | null = first.body.next; next !== null; ) {
    expect(seen.has(next)).toBe(false);
    seen.add(next);
    next = (await answerOf(`salvaged/spans?${RANGE}&after=${next}`)).body.next;
  }
  expect(seen.size).toBeGreaterThan(0);
});

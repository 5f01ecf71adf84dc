import { describe, expect, it } from "vitest";
import { QUOTA } from "../src/ingest/agent-quota.ts";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** Whether they can be read is asked here, not how much of them one agent may send. */
const tested = serverForTests(() => ({ quota: { ...QUOTA, readingMsAtOnce: 1e6 } }));

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const ROWS = 500;

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

/** As JSON text: some of them no JavaScript value can hold. */
const VALUES: readonly string[] = [
  "null",
  "true",
  "-0.5",
  "1e400",
  "-1e400",
  "1e21",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "[]",
  "{}",
  "[[]]",
  '""',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\u202e"',
  '"23:59:60"',
  '"294277-01-01T00:00:00Z"',
  '"-infinity"',
  '"NaN"',
  '"9223372036854775808"',
  `"${"9".repeat(29)}"`,
  `"${"9".repeat(400)}"`,
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{}}}',
  '"1; drop table host"',
  `"${"x".repeat(100_000)}"`,
  "[".repeat(10_000) + "]".repeat(10_000),
  '{"a":1,"a":2}',
]; // prettier-ignore

/** Where one stands in a batch of many good records, and the table of the record. */
const PLACES: readonly [string, string, (value: string) => [string, string]][] = [
  ["a lower end", "bounds", (value) => ['"lo_ns":{"base":"-1000","d":[0,0,', `"lo_ns":{"base":"-1000","d":[0,${value},`]],
  [
    "a clock reading",
    "bounds",
    (value) => ['"boottime_ns":{"base":"40830400000000000","d":[0,1000000,', `"boottime_ns":{"base":"40830400000000000","d":[0,${value},`],
  ],
  ["a status", "bounds", (value) => ['"status":["proven","proven",', `"status":["proven",${value},`]],
  ["a count of votes", "bounds", (value) => ['"votes":[3,3,', `"votes":[3,${value},`]],
  ["a name of a source", "sources", (value) => ['"id":"b.example:123"', `"id":${value}`]],
  [
    "a stratum",
    "sources",
    (value) => ['"stratum":2,"refid":3221225991,"leap":0,"lo_ns":"-7"', `"stratum":${value},"refid":3221225991,"leap":0,"lo_ns":"-7"`],
  ],
  ["the time of an event", "events", (value) => ['"boottime_ns":"77"', `"boottime_ns":${value}`]],
  ["a detail of an event", "events", (value) => ['"detail":{"why":"seven"}', `"detail":{"why":${value}}`]],
]; // prettier-ignore

function textOf(agent: FakeAgent): string {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ realtime: T0 + BigInt(row) * 1_000_000n, lo: -1000n, hi: 1000n }));
  const event = (why: string, boottime_ns: string) => ({
    kind: "suspended" as const,
    raw_ns: "1",
    realtime_ns: "1",
    boottime_ns,
    source: null,
    detail: { why },
  });
  const batch = batchOf(agent.id, rows, { events: [event("six", "1"), event("seven", "77"), event("eight", "1")] });
  const sources = batch.sources.map((source, index) => (index === 1 ? { ...source, lo_ns: "-7" } : source));
  return JSON.stringify({ ...batch, sources });
}

describe("hostile values inside batches of many good records (R26)", () => {
  const cases = PLACES.flatMap(([place, table, change]) => VALUES.map((value) => ({ place, table, change, value })));
  it(`are ${cases.length}: each is set aside or stored as harmless, all good records are kept, and nothing is asked twice`, async () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    const agent = await enrolled("hostile");
    let [setAside, harmless] = [0, 0];
    for (const { place, table, change, value } of cases) {
      const text = textOf(agent);
      const [from, to] = change(value);
      expect([place, text.split(from).length]).toEqual([place, 2]);
      const answer = await agent.send(text.replace(from, () => to));
      expect([place, value.slice(0, 40), answer.status, answer.body.verdict]).toEqual([place, value.slice(0, 40), 200, "stored"]);
      const [kept] = await ask<{ quarantined: string | null; set_aside: number }>(
        tested.url,
        "select quarantined, set_aside from evidence where host_id = $1 order by seq desc limit 1",
        [agent.id],
      );
      expect([place, value.slice(0, 40), kept?.quarantined]).toEqual([place, value.slice(0, 40), null]);
      // A source takes no row of bounds with it.
      expect([table, kept?.set_aside]).toEqual([table, (kept?.set_aside ?? 0) > 0 ? 1 : 0]);
      if (kept?.set_aside === 0) harmless += 1;
      else setAside += 1;
    }
    const [counted] = await ask<{ rows: bigint; events: bigint; told: bigint }>(
      tested.url,
      `select (select sum(rows) from host_minute where host_id = $1) as rows,
        count(*) filter (where kind = 'suspended') as events, count(*) filter (where kind = 'records_set_aside') as told
       from host_event where host_id = $1`,
      [agent.id],
    );
    const lost = (wanted: string) => cases.filter(({ table }) => table === wanted).length;
    expect(Number(counted?.told)).toBe(setAside);
    expect(Number(counted?.rows)).toBeGreaterThanOrEqual(cases.length * ROWS - lost("bounds"));
    expect(Number(counted?.events)).toBeGreaterThanOrEqual(cases.length * 3 - lost("events"));
    expect(harmless).toBeLessThan(cases.length / 4);
    const { body: host } = await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}`);
    expect(host).toMatchObject({ status: "proven", guaranteed: { lo_ns: "-1000", hi_ns: "1000" } });
  });
  it("leave the interval at an instant unknown beside a row that was set aside, and known elsewhere", async () => {
    const agent = await enrolled("beside");
    const rows = Array.from({ length: 10 }, (_, row) => ({ realtime: T0 + BigInt(row) * S, lo: -1000n, hi: 1000n }));
    const text = JSON.stringify(batchOf(agent.id, rows)).replace(
      '"lo_ns":{"base":"-1000","d":[0,0,0,0,',
      '"lo_ns":{"base":"-1000","d":[0,0,0,5000,',
    );
    await agent.send(text);
    const at = async (second: string) =>
      (await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:00:${second}Z`)).body.status;
    expect([await at("01.5"), await at("02.5"), await at("03.5"), await at("04.5")]).toEqual(["proven", "unknown", "unknown", "proven"]);
  });
});

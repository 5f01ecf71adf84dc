import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import { StampAnswer, type StampRow, validator } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openText } from "../src/adapters/case-file.ts";
import { pastPorts } from "../src/adapters/postgres/past-ports.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { tellPast } from "../src/past/tell-past.ts";
import { quiet } from "./database.ts";
import { batchOf, call, FakeAgent, type Row } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
let pool: pg.Pool;
let folder: string;
beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  folder = mkdtempSync(join(tmpdir(), "truebound-stamps-"));
  await steady("exact", 0n);
  await steady("wide", 80_000n, 40_000n);
  await steady("off", 3n * S);
});
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const at = (ns: bigint) => formatUtc(utc(T0 + ns));

/** A host so much behind UTC, known to `width`, that reported every ten seconds for an hour. */
async function steady(name: string, offset: bigint, width = 1000n): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  const rows = Array.from({ length: 361 }, (_, index): Row => {
    const second = BigInt(index) * 10n;
    return { realtime: T0 + second * S - offset, raw: second * S, lo: offset - width, hi: offset + width };
  });
  const batches = Array.from({ length: 73 }, (_, n) => batchOf(agent.id, rows.slice(5 * n, 5 * n + 5)));
  expect((await agent.sendAll(batches)).status).toBe(200);
  return agent;
}

const post = (query: string, file: string, type = "text/csv") =>
  call("POST", `${tested.server.peopleUrl}/api/v1/stamps${query}`, { "content-type": type }, file);

describe("a file of stamps", () => {
  it("is answered row by row, in its order, whatever is wrong with some of them", async () => {
    const file = [
      "timestamp,id,host",
      `${at(600n * S)},t1,exact`,
      `${at(600n * S)},t2,wide`,
      `${at(597n * S)},t3,off`,
      "yesterday,t4,exact",
      `${at(600n * S)},t5,nobody`,
      `${at(600n * S)},"t6, quoted`,
      `${T0 + 610n * S},t7,exact`,
      `${at(-86_400n * S)},t8,exact`,
    ].join("\n");
    const { status, body } = await post("?limit=100us", file);
    expect(status).toBe(200);
    expect(validator(StampAnswer).accepts(body)).toBe(true);
    expect(body).toMatchObject({ limit_ns: "100000", profile: null, next: null });
    const items = body.items as StampRow[];
    expect(items.map(({ line, id, inside, error }) => [line, id, inside, error === null])).toEqual([
      [2, "t1", "yes", true],
      [3, "t2", "not_provable", true],
      [4, "t3", "no", true],
      [5, "t4", null, false],
      [6, "t5", null, false],
      [7, "", null, false],
      [8, "t7", "yes", true],
      [9, "t8", "not_provable", true],
    ]);
    expect(items[2]).toMatchObject({
      earliest: at(600n * S - 1000n),
      latest: at(600n * S + 1000n),
      status: "proven",
      // Local less UTC: it was behind.
      divergence_lo_ns: (-3n * S - 1000n).toString(),
      divergence_hi_ns: (-3n * S + 1000n).toString(),
      evidence: { epoch: 1, seq: expect.any(Number) },
    });
    expect(items[4]?.error).toBe('No host has the id or name "nobody"');
    expect(items[7]).toMatchObject({ status: "unknown", reason: "before_first_evidence", earliest: null });
  });
  it("is answered as CSV where that is asked for", async () => {
    const { bytes, headers } = await post("?format=csv", `exact,${at(600n * S)},"a,b"\n`);
    expect(headers["content-type"]).toContain("text/csv");
    expect(bytes.toString().split("\n")).toEqual([
      "line,id,host,timestamp,earliest,latest,status,reason,divergence_lo_ns,divergence_hi_ns,app_error_ns,inside,evidence,simulated,error",
      `1,"a,b",exact,${at(600n * S)},${at(600n * S - 1000n)},${at(600n * S + 1000n)},proven,,-1000,1000,0,,1/13,false,`,
      "",
    ]);
  });
  it.each([
    ["?profile=cockroachdb", "text/csv", 400, "difference between two clocks"],
    ["?limit=1", "text/csv", 400, "such as 100us"],
    ["?format=xml", "text/csv", 400, "json or csv"],
    ["?limt=1ms", "text/csv", 400, "did you mean limit?"],
    ["", "application/json", 400, "text/csv"],
  ])("%s as %s is refused", async (query, type, status, words) => {
    expect(await post(query, type === "text/csv" ? "exact,17,\n" : "{}", type)).toMatchObject({
      status,
      body: { detail: expect.stringContaining(words) },
    });
  });
  it("of thousands of rows is answered as each row is alone", async () => {
    const rows = Array.from({ length: 12_000 }, (_, n) => {
      const host = ["exact", "wide", "off", "nobody"][n % 4] as string;
      return `${host},${T0 + BigInt((n * 7919) % 3500) * S + BigInt(n)},${n}`;
    });
    const { body } = await post("?limit=1ms", rows.join("\n"));
    const items = body.items as StampRow[];
    expect(items.map(({ id }) => id)).toEqual(rows.map((_, n) => String(n)));
    for (const n of [0, 1, 2, 3, 4999, 5000, 7001, 11_998]) {
      const alone = (await post("?limit=1ms", `\n`.repeat(n) + rows[n])).body.items[0];
      expect(items[n]).toEqual(alone);
    }
  }, 60_000);
});

describe("truebound order and stamp", () => {
  const tell = async (request: Parameters<typeof tellPast>[1]) => {
    const written: string[] = [];
    const write = async (text: string) => void written.push(text);
    const told = await tellPast({ ...pastPorts(pool, null), open: openText, write }, request);
    return { ...told, written: written.join("") };
  };

  it("say in words which event came first, and when", async () => {
    const { code, out } = await tell({ do: "order", a: `off@${at(597n * S)}`, b: `exact@${at(601n * S)}`, json: false });
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "before: a came first, at least 999998000 ns earlier",
      `a  off@${at(597n * S)}: UTC ${at(600n * S - 1000n)} to ${at(600n * S + 1000n)} (proven); evidence 1/12 1/13`,
      `b  exact@${at(601n * S)}: UTC ${at(601n * S - 1000n)} to ${at(601n * S + 1000n)} (proven); evidence 1/13`,
      "",
    ]);
    expect(await tell({ do: "order", a: `off@${at(597n * S)}`, b: `exact@${at(600n * S)}`, json: false })).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^undecidable: either may have come first\n/),
    });
    expect(await tell({ do: "order", a: "exact", b: "off", json: true })).toMatchObject({
      code: 1,
      err: expect.stringContaining("HOST@TIME"),
    });
  });
  it("write what the API answers to a file, and name one that is not there", async () => {
    const file = join(folder, "trades.csv");
    const text = `exact,${at(600n * S)},t1\nnobody,17,t2\n`;
    writeFileSync(file, text);
    const { code, written, err } = await tell({ do: "stamp", file, wish: { limit: "1ms", format: "csv" } });
    expect([code, written]).toEqual([1, (await post("?limit=1ms&format=csv", text)).bytes.toString()]);
    expect(err).toMatch(/^1 of 2 lines not answered; line 2: .*nobody/);
    writeFileSync(file, `exact,${at(600n * S)},t1\nexact,17,t2\n`);
    expect(await tell({ do: "stamp", file, wish: { limit: "1ms", format: "csv" } })).toMatchObject({ code: 0, err: "" });
    writeFileSync(file, "host,timestamp,id\nnobody,17,t1\nexact,noon,t2\n");
    expect(await tell({ do: "stamp", file, wish: { limit: "1ms", format: "json" } })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^None of 2 lines answered; line 2: /),
      written: expect.stringContaining("t2"),
    });
    const missing = join(folder, "missing.csv");
    expect(await tell({ do: "stamp", file: missing, wish: {} })).toMatchObject({
      code: 1,
      err: expect.stringContaining(`Cannot read ${missing}`),
    });
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import type { StampRow } from "@truebound/wire";
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, call, FakeAgent, get, type Row } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
/** By a name of its own: roles are of the whole cluster, which other tests may share. */
const ROLE = readFileSync(join(import.meta.dirname, "../../deploy/grafana/role.sql"), "utf8").replaceAll("grafana_reader", "tb_reader");
let reader: pg.Client;
beforeAll(async () => {
  await ask(tested.url, ROLE);
  reader = new pg.Client({ connectionString: tested.url });
  await reader.connect();
  await reader.query("set role tb_reader");
});
afterAll(async () => {
  await reader?.end();
  await ask(tested.url, "drop owned by tb_reader");
  await ask(tested.url, "drop role tb_reader");
});

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;

async function host(name: string, rows: readonly Row[]): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  const batches = Array.from({ length: Math.ceil(rows.length / 20) }, (_, n) => batchOf(agent.id, rows.slice(20 * n, 20 * n + 20)));
  expect((await agent.sendAll(batches)).status).toBe(200);
  return agent;
}
const row = (second: bigint, offset: bigint, width = 1000n, more: Partial<Row> = {}): Row => ({
  realtime: T0 + second * S - offset,
  raw: second * S,
  lo: offset - width,
  hi: offset + width,
  ...more,
});

interface SqlInterval {
  readonly earliest_ns: bigint | null;
  readonly latest_ns: bigint | null;
  readonly status: string;
}
/** As the role that dashboards ask as. */
const intervalOf = async (name: string, stamp: bigint): Promise<SqlInterval> => {
  const { rows } = await reader.query("select * from tb_interval($1, $2)", [name, stamp]);
  const [{ earliest_ns, latest_ns, status }] = rows;
  const bigintOf = (text: string | null) => (text === null ? null : BigInt(text));
  return { earliest_ns: bigintOf(earliest_ns), latest_ns: bigintOf(latest_ns), status };
};

interface History {
  readonly rows: readonly Row[];
  readonly stamps: readonly bigint[];
}

/** What a clock did until its next reading, so many seconds later. */
const leg = fc.record({
  seconds: fc.constantFrom(5n, 10n, 10n, 20n, 20n, 30n, 50n, 90n, 400n),
  slew: fc.bigInt(-2_000_000n, 2_000_000n),
  step: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.bigInt(-400n * S, 400n * S) }),
  isBounded: fc.integer({ min: 0, max: 15 }).map((drawn) => drawn > 0),
});

const histories: fc.Arbitrary<History> = fc
  .tuple(
    fc.array(fc.noBias(leg), { minLength: 5, maxLength: 30 }),
    fc.bigInt(-3n * S, 3n * S),
    fc.array(fc.noBias(fc.integer({ min: 0, max: 10_000 })), { minLength: 12, maxLength: 12 }),
  )
  .map(([legs, start, places]) => {
    let [second, offset, wasBounded] = [0n, start, true];
    const rows: Row[] = [row(0n, offset)];
    for (const { seconds, slew, step, isBounded } of legs) {
      const before = offset;
      second += seconds;
      offset += slew + (step ?? 0n);
      const [least, most] = before < offset ? [before, offset] : [offset, before];
      const throughout = step === null && wasBounded ? ([least - 1000n, most + 1000n] as const) : null;
      const realtime = T0 + second * S - offset;
      rows.push(isBounded ? { ...row(second, offset), throughout } : { realtime, raw: second * S, lo: null, hi: null });
      wasBounded = isBounded;
    }
    const length = Number(second) + 60;
    return { rows, stamps: places.map((place) => T0 - start + BigInt(place * length) * 100_000n) };
  });

describe("tb_before", () => {
  it("decides as the API does, by the ends of two intervals", async () => {
    const interval = fc.tuple(fc.bigInt(-20n, 20n), fc.bigInt(0n, 10n)).map(([from, width]) => [from, from + width] as const);
    await fc.assert(
      fc.asyncProperty(interval, interval, async (a, b) => {
        const [{ found } = { found: null }] = await ask<{ found: boolean | null }>(
          tested.url,
          "select tb_before($1, $2, $3, $4) as found",
          [...a, ...b],
        );
        expect(found).toBe(a[1] < b[0] ? true : b[1] < a[0] ? false : null);
      }),
      { numRuns: 200 },
    );
  });
  it.each([["null, 5, 7, 8"], ["1, null, 7, 8"], ["1, 5, null, null"], ["5, 1, 7, 8"]])("knows nothing of tb_before(%s)", async (numbers) =>
    expect(await ask(tested.url, `select tb_before(${numbers}) as found`)).toEqual([{ found: null }]),
  );
});

describe("tb_interval", () => {
  it("holds what the evidence says of each stamp, and names the worst status of its minutes", async () => {
    const rows = Array.from({ length: 61 }, (_, index) =>
      row(BigInt(index) * 10n, BigInt(index) * 1000n, 1000n, index === 20 ? { status: "holdover" } : {}),
    );
    const agent = await host("holding", rows);
    for (const second of [5n, 59n, 60n, 61n, 200n, 300n, 590n]) {
      const stamp = T0 + second * S;
      const { body } = await get(`${tested.server.peopleUrl}/api/v1/order?a=holding@${stamp}&b=holding@${stamp}`);
      const found = await intervalOf("holding", stamp);
      const [earliest, latest] = [found.earliest_ns, found.latest_ns] as [bigint, bigint];
      expect(formatUtc(utc(earliest)) <= body.a.earliest && body.a.latest <= formatUtc(utc(latest))).toBe(true);
    }
    expect((await intervalOf(agent.id, T0 + 200n * S)).status).toBe("holdover");
    expect((await intervalOf(agent.id, T0 + 300n * S)).status).toBe("proven");
  });
  it("finds a clock far from UTC, and both places of a stamp that it showed twice", async () => {
    const hour = 3600n * S;
    await host("far", [
      ...Array.from({ length: 30 }, (_, index) => row(BigInt(index) * 10n, 0n)),
      ...Array.from({ length: 390 }, (_, index) => row(300n + BigInt(index) * 10n, hour, 1000n, index === 0 ? { throughout: null } : {})),
    ]);
    const stamp = T0 + 150n * S;
    expect(await intervalOf("far", stamp)).toEqual({ earliest_ns: stamp - 1000n, latest_ns: stamp + hour + 1000n, status: "proven" });
  });
  it("says unknown where a minute has no bound or is not there, and of hosts that it cannot tell apart", async () => {
    await host("holes", [
      row(10n, 0n),
      row(50n, 0n),
      { realtime: T0 + 70n * S, raw: 70n * S, lo: null, hi: null },
      row(130n, 0n),
      row(170n, 0n),
    ]);
    const unknown = { earliest_ns: null, latest_ns: null, status: "unknown" };
    expect((await intervalOf("holes", T0 + 25n * S)).status).toBe("proven");
    for (const second of [90n, 60n, 59n, 300n, -90n])
      expect({ second, ...(await intervalOf("holes", T0 + second * S)) }).toEqual({ second, ...unknown });
    // The minute after it is missing: at its edge the stamp may lie in that one.
    expect(await intervalOf("holes", T0 + 180n * S - 500n)).toEqual(unknown);
    expect(await intervalOf("nobody", T0)).toEqual(unknown);
    const twoRows = [row(10n, 0n), row(20n, 0n)];
    const first = await host("again", twoRows);
    await ask(tested.url, "update host set state = 'retired', retired_at = clock_timestamp() where id = $1", [first.id]);
    await host("again", twoRows);
    expect(await intervalOf("again", T0 + 15n * S)).toEqual(unknown);
    expect((await intervalOf(first.id, T0 + 15n * S)).status).toBe("proven");
    // Before the first reading and after the last nothing is known.
    for (const second of [9n, 21n]) expect(await intervalOf(first.id, T0 + second * S)).toEqual(unknown);
  });
  it("has room for what the clock did between two readings", async () => {
    const slewed = { throughout: [-40_000n, 1000n] } as const;
    await host(
      "slewed",
      [0n, 10n, 20n, 30n, 40n].map((second) => row(second, 0n, 1000n, second === 20n ? slewed : {})),
    );
    const stamp = T0 + 15n * S;
    expect(await intervalOf("slewed", stamp)).toEqual({ earliest_ns: stamp - 40_000n, latest_ns: stamp + 1000n, status: "proven" });
    await host(
      "set",
      [0n, 10n, 20n, 30n, 40n].map((second) => row(second, 0n, 1000n, second === 20n ? { throughout: null } : {})),
    );
    expect((await intervalOf("set", stamp)).status).toBe("unknown");
    expect((await intervalOf("set", T0 + 35n * S)).status).toBe("proven");
  });
  it("knows nothing of a stamp that may lie after the last reading, where the clock was set before", async () => {
    const known = { lo: -1000n, hi: 1000n };
    const behind = { lo: 75_905_209_577n, hi: 75_905_211_577n };
    await host("set back", [
      row(0n, 0n),
      { ...known, realtime: T0 + 25n * S, raw: 25n * S, throughout: [-1000n, 1000n] },
      { ...behind, realtime: T0 - 45_905_210_577n, raw: 30n * S, throughout: null },
      { ...behind, realtime: T0 - 15_905_210_577n, raw: 60n * S, throughout: [behind.lo, behind.hi] },
    ]);
    expect((await intervalOf("set back", T0 + 45_096_000_000n)).status).toBe("unknown");
    const hour = 3600n * S;
    await host("shows it again", [
      ...Array.from({ length: 12 }, (_, n) => row(BigInt(n) * 10n, 0n)),
      row(120n, hour, 1000n, { throughout: null }),
      row(130n, hour),
    ]);
    expect((await intervalOf("shows it again", T0 + 30n * S)).status).toBe("unknown");
  });
  it("holds all that the evidence says of every stamp, whatever the clock did, or says nothing", async () => {
    let made = 0;
    let known = 0;
    await fc.assert(
      fc.asyncProperty(histories, async ({ rows, stamps }) => {
        const name = `drawn-${made++}`;
        await host(name, rows);
        const body = stamps.map((stamp) => `${name},${stamp},1`).join("\n");
        const answer = await call("POST", `${tested.server.peopleUrl}/api/v1/stamps`, { "content-type": "text/csv" }, body);
        for (const [index, stamp] of stamps.entries()) {
          const found = await intervalOf(name, stamp);
          if (found.earliest_ns === null || found.latest_ns === null) continue;
          known++;
          const { earliest, latest, status } = answer.body.items[index] as StampRow;
          expect({ stamp, status }).toEqual({ stamp, status: expect.not.stringMatching("unknown") });
          expect(formatUtc(utc(found.earliest_ns)) <= (earliest ?? "") && (latest ?? "") <= formatUtc(utc(found.latest_ns))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
    expect(known).toBeGreaterThan(20);
  }, 120_000);
  it("is for roles that are told to ask it, and lets them read no table", async () => {
    await expect(reader.query("select * from host_minute")).rejects.toThrow("permission denied");
    await ask(tested.url, "create role tb_stranger");
    await reader.query("reset role; set role tb_stranger");
    await expect(reader.query("select * from tb_interval('far', 1)")).rejects.toThrow("permission denied");
    await reader.query("reset role; set role tb_reader");
    await ask(tested.url, "drop role tb_stranger");
    expect((await reader.query("select host, lo_ns from tb_minute where host = 'far' order by minute_ns limit 1")).rows).toEqual([
      { host: "far", lo_ns: "-1000" },
    ]);
  });
});

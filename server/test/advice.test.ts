import { formatUtc, parseUtc, utc } from "@truebound/time";
import type { Advice } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();

const MINUTE = 60_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;
const at = (minutes: number) => formatUtc(utc(T0 + BigInt(minutes) * MINUTE));
const US = 1000n;

/** A host that belonged to the fleet since long ago, with minutes as a test has them. */
async function host(name: string, labels: Record<string, string>): Promise<string> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name);
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  return agent.id;
}

async function minutes(id: string, bounds: readonly (readonly [bigint, bigint] | null)[], status = "proven"): Promise<void> {
  for (const [index, bound] of bounds.entries())
    if (bound !== null)
      await ask(
        tested.url,
        "insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked) values ($1, $2, $3, $4, 1, $5, false)",
        [id, T0 + BigInt(index) * MINUTE, bound[0], bound[1], status],
      );
}

const advice = async (query: string): Promise<Advice> => {
  const { status, body } = await get(`${tested.server.peopleUrl}/api/v1/advice?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body as Advice;
};
const hour = (to = 60) => `from=${at(0)}&to=${at(to)}`;

describe("advice", () => {
  it("is twice the greatest worst error of few minutes, and how far two clocks were apart in any of them", async () => {
    const [a, b] = [await host("pair-a", { role: "pair" }), await host("pair-b", { role: "pair" })];
    await minutes(
      a,
      Array.from({ length: 60 }, (_, n) => (n === 7 ? [-10n * US, 40n * US] : [-10n * US, 10n * US])),
    );
    await minutes(
      b,
      Array.from({ length: 60 }, (_, n) => (n === 9 ? [-50n * US, 10n * US] : [-10n * US, 10n * US])),
    );
    const found = await advice(`labels=role=pair&${hour()}`);
    expect(found).toMatchObject({
      minutes: 120,
      minutes_unknown: 0,
      worst_error_p999_ns: "50000",
      commit_wait_ns: "100000",
      // The greatest is not the sum of both: they were never so far off at once.
      max_offset_p999_ns: "60000",
      hosts: [
        { name: "pair-a", worst_error_p999_ns: "40000", minutes: 60, minutes_unknown: 0 },
        { name: "pair-b", worst_error_p999_ns: "50000" },
      ],
    });
    expect(found.profiles.filter(({ inside }) => !inside).map(({ id }) => id)).toEqual(["5g-tdd"]);
    expect(found.says[0]).toMatch(/^Wait 100 µs before a commit is told/);
  });
  it("of one host allows for another just like it", async () => {
    const id = await host("one", {});
    await minutes(
      id,
      Array.from({ length: 60 }, () => [-1_000n * US, 6_000n * US] as const),
    );
    const found = await advice(`host=one&${hour()}`);
    expect(found).toMatchObject({ commit_wait_ns: "12000000", max_offset_p999_ns: "12000000" });
    expect(found.profiles.filter(({ inside }) => !inside).map(({ id }) => id)).toEqual(["5g-tdd", "ydb", "cassandra"]);
  });
  it("counts minutes without a bound, and those in which nobody was heard, as unknown and never leaves them out", async () => {
    const id = await host("gaps", {});
    await minutes(
      id,
      Array.from({ length: 60 }, (_, n) => (n === 30 ? null : ([-10n * US, 10n * US] as const))),
    );
    expect(await advice(`host=${id}&${hour()}`)).toMatchObject({
      minutes: 60,
      minutes_unknown: 1,
      worst_error_p999_ns: null,
      commit_wait_ns: null,
      max_offset_p999_ns: null,
      needs_minutes: 1000,
      known_at: null,
      says: expect.arrayContaining([
        expect.stringContaining("Nothing can be advised"),
        "It takes 1000 minutes, and there are 60; waiting does not help, since the period ends before that",
      ]),
    });
    expect(await advice(`host=${id}&${hour(30)}`)).toMatchObject({ minutes: 30, minutes_unknown: 0, commit_wait_ns: "20000" });
  });
  it("leaves one unknown minute in a thousand to chance, and not two", async () => {
    const id = await host("long", {});
    await ask(
      tested.url,
      `insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked)
       select $1, $2 + n * 60000000000, -n, n, 1, 'proven', false from generate_series(1, 1999) n where n not in (500, 501)`,
      [id, T0],
    );
    expect(await advice(`host=long&from=${at(1)}&to=${at(2000)}`)).toMatchObject({
      minutes: 1999,
      minutes_unknown: 2,
      worst_error_p999_ns: null,
    });
    await ask(
      tested.url,
      "insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked) values ($1, $2, 0, 0, 1, 'proven', false)",
      [id, T0 + 501n * MINUTE],
    );
    expect(await advice(`host=long&from=${at(1)}&to=${at(2000)}`)).toMatchObject({ minutes_unknown: 1, worst_error_p999_ns: "1999" });
  });
  it("says when it will be known, where the period goes on", async () => {
    const id = await host("begins", {});
    await ask(tested.url, `update host set enrolled_at = date_trunc('minute', clock_timestamp()) - interval '3 minutes' where id = $1`, [
      id,
    ]);
    const found = await advice("host=begins");
    // The clock may have come a minute further meanwhile.
    expect([3, 4]).toContain(found.minutes);
    expect(found).toMatchObject({ minutes_unknown: found.minutes, needs_minutes: 1000 * found.minutes, commit_wait_ns: null });
    const wait = (parseUtc(String(found.known_at)) as bigint) - (parseUtc(found.to) as bigint);
    expect(wait).toBe(BigInt(999 * found.minutes) * MINUTE);
    expect(found.says[1]).toContain(`known in ${999 * found.minutes} minutes at the latest, at ${found.known_at}`);
  });
  it("takes no minute for known in which sources contradicted each other or one stood alone", async () => {
    const id = await host("doubtful", {});
    await minutes(id, [[-1n, 1n]], "conflict");
    await ask(tested.url, "update host_minute set status = 'unverified' where host_id = $1", [id]);
    expect(await advice(`host=doubtful&${hour(1)}`)).toMatchObject({ minutes: 1, minutes_unknown: 1 });
    await ask(tested.url, "update host_minute set status = 'holdover' where host_id = $1", [id]);
    expect(await advice(`host=doubtful&${hour(1)}`)).toMatchObject({ minutes: 1, minutes_unknown: 0 });
  });
  it("counts a host from when it was enrolled, whole minutes only", async () => {
    const id = await host("young", {});
    await minutes(
      id,
      Array.from({ length: 60 }, (_, n) => (n < 31 ? null : ([-1n, 1n] as const))),
    );
    await ask(tested.url, "update host set enrolled_at = $2::timestamptz where id = $1", [id, at(30).replace(/:00\.0*Z/, ":20Z")]);
    expect(await advice(`host=young&${hour()}`)).toMatchObject({ minutes: 29, minutes_unknown: 0, commit_wait_ns: "2" });
  });
  it("does not let a host that came in the middle of a minute stand for one that is missing in it", async () => {
    const [there, missing, new_] = [
      await host("there", { trio: "1" }),
      await host("missing", { trio: "1" }),
      await host("new", { trio: "1" }),
    ];
    await minutes(there, [[-1n, 1n]]);
    await minutes(new_, [[-1n, 1n]]);
    await ask(tested.url, "update host set enrolled_at = $2::timestamptz where id = $1", [new_, at(0).replace(/:00\.0*Z/, ":20Z")]);
    expect(await advice(`labels=trio=1&${hour(1)}`)).toMatchObject({ minutes: 2, minutes_unknown: 1, max_offset_p999_ns: null });
    await minutes(missing, [[-3n, 1n]]);
    expect(await advice(`labels=trio=1&${hour(1)}`)).toMatchObject({ minutes: 2, minutes_unknown: 0, max_offset_p999_ns: "4" });
  });
  it.each([
    ["host=nobody", 404],
    ["host=one&labels=a=b", 400],
    ["labels=a", 400],
    ["from=now-93d", 400],
    ["from=x", 400],
  ])("%s is refused", async (query, status) =>
    expect((await get(`${tested.server.peopleUrl}/api/v1/advice?${query}`)).status).toBe(status),
  );
  it("of nobody says so", async () =>
    expect(await advice(`labels=role=none&${hour()}`)).toMatchObject({
      minutes: 0,
      hosts: [],
      commit_wait_ns: null,
      says: expect.arrayContaining([expect.stringContaining("No host")]),
    }));
});

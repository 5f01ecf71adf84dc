import { formatUtc, utc } from "@truebound/time";
import { type Batch, packColumn, type StampRow } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { type Answer, batchOf, call, FakeAgent, get, type Row } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const at = (ns: bigint) => formatUtc(utc(T0 + ns));

/** As it was declared at an instant, which people cannot say. */
const declare = (name: string, body: object, when: string) =>
  ask(
    tested.url,
    `begin; set local session_replication_role = replica;
     insert into audit_scope (name, body, who, at) values ('${name}', '${JSON.stringify(body)}', 'test', '${when}'); commit`,
  );

const SCOPE = {
  profile: "us-cat-participant",
  hosts: { desk: "equities" },
  calendar: null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "2500",
  horizon_ns: (30n * S).toString(),
  counts_unverified: false,
  minimum_proven_ppm: null,
};

async function host(name: string, labels: Record<string, string>, offset: bigint, more: Partial<Row> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name);
  const rows = Array.from({ length: 61 }, (_, index): Row => {
    const second = BigInt(index) * 10n;
    return { realtime: T0 + second * S - offset, raw: second * S, lo: offset - 1000n, hi: offset + 1000n, ...more };
  });
  expect((await agent.sendAll([rows.slice(0, 30), rows.slice(30)].map((part) => batchOf(agent.id, part)))).status).toBe(200);
  return agent;
}

beforeAll(async () => {
  await declare("trading", SCOPE, "2025-01-01T00:00:00Z");
  await declare("unverified", { ...SCOPE, app_error_ns: "0", counts_unverified: true }, "2025-01-01T00:00:00Z");
  await declare("later", SCOPE, "2025-06-01T00:00:00Z");
  await declare("changed", SCOPE, "2025-01-01T00:00:00Z");
  await declare("changed", { ...SCOPE, app_error_ns: "40000" }, at(300n * S));
  await host("near", { desk: "equities" }, 0n);
  await host("edge", { desk: "equities" }, 97_000n);
  await host("alone", { desk: "equities" }, 0n, { status: "unverified" });
  await host("other", { desk: "bonds" }, 0n);
});

const judged = async (query: string, file: string): Promise<StampRow[]> => {
  const { status, body } = await call("POST", `${tested.server.peopleUrl}/api/v1/stamps${query}`, { "content-type": "text/csv" }, file);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.items as StampRow[];
};
const one = async (query: string, name: string, ns: bigint): Promise<StampRow> =>
  (await judged(query, `${name},${at(ns)},1`))[0] as StampRow;
const order = (query: string): Promise<Answer> => get(`${tested.server.peopleUrl}/api/v1/order?${query}`);

describe("stamps of a scope", () => {
  it("are widened by the error of its application at both ends, and held against its profile", async () => {
    expect(await one("?scope=trading", "near", 305n * S)).toMatchObject({
      earliest: at(305n * S - 3500n),
      latest: at(305n * S + 3500n),
      divergence_lo_ns: "-3500",
      divergence_hi_ns: "3500",
      app_error_ns: "2500",
      inside: "yes",
      simulated: false,
    });
    // 98 µs by the clock alone, and 100.5 µs with what the application adds.
    expect((await one("?limit=100us", "edge", 305n * S)).inside).toBe("yes");
    expect((await one("?scope=trading", "edge", 305n * S)).inside).toBe("not_provable");
  });
  it("are judged by the form that the scope had then", async () => {
    expect((await one("?scope=changed", "near", 100n * S)).app_error_ns).toBe("2500");
    expect((await one("?scope=changed", "near", 400n * S)).app_error_ns).toBe("40000");
    expect((await one("?scope=changed", "near", 300n * S)).app_error_ns).toBe("40000");
    expect(await one("?scope=later", "near", 305n * S)).toMatchObject({ inside: null, reason: "scope_not_in_force", app_error_ns: "0" });
    expect(await one("?scope=trading", "other", 305n * S)).toMatchObject({ inside: null, reason: "host_not_in_scope" });
  });
  it("count what audits of it count", async () => {
    expect((await one("?scope=trading", "alone", 305n * S)).inside).toBe("not_provable");
    expect((await one("?scope=unverified", "alone", 305n * S)).inside).toBe("yes");
  });
  it("count the bound after the last reading no longer than its horizon", async () => {
    expect((await one("?limit=1s", "near", 629n * S)).inside).toBe("yes");
    expect(await one("?limit=1s", "near", 631n * S)).toMatchObject({ inside: "not_provable", status: "holdover" });
  });
  it("refuse a scope that is not there, or a limit beside it", async () => {
    const post = (query: string) =>
      call("POST", `${tested.server.peopleUrl}/api/v1/stamps${query}`, { "content-type": "text/csv" }, "near,17,1");
    expect(await post("?scope=nobody")).toMatchObject({ status: 400, body: { detail: expect.stringContaining("truebound scope list") } });
    expect(await post("?scope=trading&limit=1ms")).toMatchObject({ status: 400 });
  });
  it("that a simulated clock made are judged like others, and marked", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "simulated");
    const rows = [0n, 10n].map((second): Row => ({ realtime: T0 + second * S, raw: second * S, lo: -1000n, hi: 1000n }));
    const batch = batchOf(agent.id, rows);
    const bounds: Batch["bounds"] = { ...batch.bounds, injected_ns: packColumn([0n, 0n]) };
    expect((await agent.sendAll([{ ...batch, bounds }])).status).toBe(200);
    expect(await one("?limit=100us", "simulated", 5n * S)).toMatchObject({ inside: "yes", simulated: true });
    const { body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/simulated/interval?at=${at(5n * S)}`);
    expect(body).toMatchObject({ status: "proven", simulated: true, counts: null });
  });
  it("need documents where the profile demands them", async () => {
    await declare("documented", { ...SCOPE, profile: "eu-2017-574-hft" }, "2025-01-01T00:00:00Z");
    expect(await one("?scope=documented", "near", 305n * S)).toMatchObject({ inside: "not_provable", reason: "not_traceable" });
  });
});

describe("order and interval of a scope", () => {
  it("are widened at both ends", async () => {
    const [a, b] = [`near@${at(305n * S)}`, `edge@${at(305n * S)}`];
    const asked = `a=${a}&b=${b}`;
    expect((await order(asked)).body).toMatchObject({ result: "before", margin_ns: "95000", a: { app_error_ns: "0" } });
    expect((await order(`${asked}&scope=trading`)).body).toMatchObject({
      result: "before",
      margin_ns: "90000",
      a: { app_error_ns: "2500", latest: at(305n * S + 3500n), guaranteed: { lo_ns: "-3500", hi_ns: "3500" } },
    });
    expect(await order(`a=other@${at(305n * S)}&b=${b}&scope=trading`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("not in it") },
    });
    const { body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/near/interval?at=${at(305n * S)}&scope=trading`);
    expect(body).toMatchObject({ guaranteed: { lo_ns: "-3500", hi_ns: "3500" }, app_error_ns: "2500", counts: true });
    const alone = (await get(`${tested.server.peopleUrl}/api/v1/hosts/alone/interval?at=${at(305n * S)}&scope=trading`)).body;
    expect([alone.status, alone.counts]).toEqual(["unverified", false]);
  });
});

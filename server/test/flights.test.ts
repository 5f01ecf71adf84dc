import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { FLIGHT_PATH, Flight, MAX_FLIGHT_BYTES, unpackColumn, validator } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { inflateFlight, pemOf, writeFolder } from "../src/adapters/flight-files.ts";
import { parseLossless } from "../src/adapters/lossless-json.ts";
import { recordStore } from "../src/adapters/postgres/flight-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { explainBoundCase } from "../src/explain/bound.ts";
import { lastPublished } from "../src/flight/flight-case.ts";
import { writeRecords } from "../src/flight/incident-record.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { type SimulatedHost, simulatedHost } from "./simulated-host.ts";
import { until } from "./until.ts";

/** What a host recorded of the minutes around an incident: from the receipt that asks for it to the files of a person who checks it. */
const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "truebound-flights-"));
const isFlight = validator(Flight);
let pool: ReturnType<typeof openPool>;
let host: SimulatedHost | null = null;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  for (const source of host?.sources.slice(0, 2) ?? []) source.close();
  await pool.end();
  rmSync(folder, { recursive: true, force: true });
});

const want = (name: string, incident: number) =>
  ask(tested.url, "update host_state set flight_wanted = $2 where host_id = (select id from host where name = $1)", [name, incident]);
const wanted = async (name: string) =>
  (
    await ask<{ flight_wanted: bigint | null }>(
      tested.url,
      "select flight_wanted from host_state where host_id = (select id from host where name = $1)",
      [name],
    )
  )[0]?.flight_wanted;
const ports = () => ({
  records: recordStore(pool),
  crypto: nodeCrypto,
  sha256: nodeCrypto.sha256,
  inflate: inflateFlight,
  pem: pemOf,
  write: writeFolder,
});

describe("the record of a flight", () => {
  it("comes when the agent stops, holds the truth, verifies by its files alone, and is explained", async () => {
    host = await simulatedHost(tested.server, { folder, name: "flown", net: 61 });
    const { running, logged } = host;
    const replies = () => running.agent.monitor.probes.map((probe) => probe.replies);
    await until(
      "exchanges with all sources",
      () => replies().every((count) => count > 3) && running.agent.monitor.current?.status === "proven",
    );
    await until("a state of the host", async () => (await wanted("flown")) !== undefined);
    await want("flown", 77);
    // The last source falls silent: what is refused is recorded too.
    host.sources[2]?.close();
    await until("a refused exchange", () => (running.agent.monitor.probes[2]?.troubles.size ?? 0) > 0);
    const receipts = await until("a report after that", async () => {
      const [row] = await ask<{ seq: bigint }>(
        tested.url,
        "select seq from host_state where host_id = (select id from host where name = 'flown')",
      );
      return row?.seq;
    });
    await until("two more reports", async () => {
      const [row] = await ask<{ seq: bigint }>(
        tested.url,
        "select seq from host_state where host_id = (select id from host where name = 'flown')",
      );
      return (row?.seq ?? 0n) > receipts + 1n;
    });
    await running.stop();
    expect(logged.find((line) => line.includes("record of incident 77"))).toMatch(/^sent the record of incident 77: \d+ bytes$/);
    expect(await wanted("flown")).toBeNull();

    const out = join(folder, "out");
    const told = await writeRecords(ports(), { incident: "77", out });
    expect(told).toEqual({ code: 0, out: "flown: as its host signed it\n", err: "" });
    const file = (name: string) => readFileSync(join(out, "flown", name));
    const base = file("signature-base.txt").toString();
    expect(verify(null, Buffer.from(base), createPublicKey(file("key.pem")), file("signature.bin"))).toBe(true);
    const digest = createHash("sha256").update(file("flight.deflated")).digest("base64");
    expect(base).toContain(`"content-digest": sha-256=:${digest}:`);
    expect(inflateSync(file("flight.deflated")).toString()).toBe(file("flight.json").toString().trimEnd());

    const flight = JSON.parse(file("flight.json").toString()) as Flight;
    expect(isFlight.errors(flight)).toEqual([]);
    expect(flight).toMatchObject({ incident: "77", missing: { readings: 0, exchanges: 0 } });
    expect(flight.readings.status.length).toBeGreaterThan(5);
    expect(flight.refusals.reason.length).toBeGreaterThan(0);
    expect(new Set(flight.exchanges.source)).toEqual(new Set([0, 1, 2]));
    const { injected_ns, realtime_ns, raw_ns } = flight.readings;
    const [injected, realtime, raw] = [injected_ns, realtime_ns, raw_ns].map((column) => (column ? unpackColumn(column) : []));

    const explained = explainBoundCase(parseLossless(file("case.json").toString()) as never);
    if (explained.kind !== "explained") throw new Error(explained.problems.join("\n"));
    expect(explained.ignored).toEqual([]);
    const { fused } = explained.answer as { fused: { guaranteed: { lo_ns: string; hi_ns: string }; need: number } };
    const published = lastPublished(flight);
    if (published === null) throw new Error("There is no bound in the record");
    const { lo, hi, at } = published;
    expect(BigInt(fused.guaranteed.lo_ns)).toBeLessThanOrEqual(lo);
    expect(BigInt(fused.guaranteed.hi_ns)).toBeGreaterThanOrEqual(hi);
    const row = raw?.indexOf(at) ?? -1;
    const truth = (realtime?.[row] as bigint) - at + (injected?.[row] as bigint);
    expect(lo <= truth && truth <= hi).toBe(true);
    // Not by being wide as a barn door: what it says is of the same size.
    expect(BigInt(fused.guaranteed.hi_ns) - BigInt(fused.guaranteed.lo_ns)).toBeLessThan(4n * (hi - lo) + 1_000_000n);

    expect(await writeRecords(ports(), { incident: "78", out })).toMatchObject({ code: 1, err: expect.stringContaining("there are none") });
    expect(await writeRecords(ports(), { incident: "77", out })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Cannot write the record of flown: .* holds some already; name another directory, or an empty one\n$/),
    });
  });
  it("is given with its signature and key, to whoever asks by the host's name", async () => {
    const { status, body } = await get(`${tested.server.peopleUrl}/api/v1/incidents/77/flights/flown`);
    expect(status).toBe(200);
    expect(
      nodeCrypto.verifyEd25519(Buffer.from(body.public_key, "base64url"), body.signature_base, Buffer.from(body.signature, "base64url")),
    ).toBe(true);
    for (const path of ["77/flights/nobody", "78/flights/flown", "x/flights/flown", "9999999999999999999/flights/flown"])
      expect((await get(`${tested.server.peopleUrl}/api/v1/incidents/${path}`)).status).toBe(404);
  });
  it("is refused where nobody asked for it, or it is none, and is taken once", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "sending");
    await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: 0n, hi: 1n }]));
    const [row] = await ask<{ body: Buffer }>(tested.url, "select body from flight where incident_id = 77");
    const flown = JSON.parse(inflateSync(row?.body ?? Buffer.alloc(0)).toString()) as Flight;
    const send = (content: object | Buffer) =>
      agent.postBytes(FLIGHT_PATH, Buffer.isBuffer(content) ? content : deflateSync(JSON.stringify(content)));
    const own = { ...flown, agent: agent.id, incident: "5" };
    expect((await send(own)).body).toMatchObject({ code: "not_found", detail: "Nobody asked this host for a record of incident 5" });
    expect((await send({ ...own, incident: "9999999999999999999" })).body).toMatchObject({ code: "not_found" });
    expect((await send(flown)).body).toMatchObject({ code: "malformed" });
    await want("sending", 5);
    expect((await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_401_000_000_000n, lo: 0n, hi: 1n }]))).body.flight).toBe("5");
    expect((await send(Buffer.from("no flight"))).body).toMatchObject({ code: "malformed" });
    expect((await send({ ...own, version: 2 })).body).toMatchObject({ code: "malformed" });
    expect((await send(Buffer.alloc(MAX_FLIGHT_BYTES + 1))).body).toMatchObject({ code: "too_large" });
    for (let time = 0; time < 2; time++) expect((await send(own)).body).toEqual({ version: 1, incident: "5", state: "kept" });
    expect((await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_402_000_000_000n, lo: 0n, hi: 1n }]))).body.flight).toBeUndefined();
    expect(await ask(tested.url, "select count(*) as n from flight where incident_id = 5")).toEqual([{ n: 1n }]);
  });
});

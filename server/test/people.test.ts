import { get as httpGet } from "node:http";
import { startTcpRelay } from "@truebound/testkit";
import { formatUtc, utc } from "@truebound/time";
import type { HostSummary } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../src/query/routes.ts";
import { ask } from "./database.ts";
import { batchOf, call, FakeAgent, get, type Row, source } from "./fake-agent.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();

const T0 = 1_740_830_400_000_000_000n;
const S = 1_000_000_000n;
const MS = 1_000_000n;
const at = (second: number, ns = 0n) => formatUtc(utc(T0 + BigInt(second) * S + ns));
const row = (second: number, lo: bigint | null, hi: bigint | null, more: Partial<Row> = {}): Row => ({
  realtime: T0 + BigInt(second) * S,
  lo,
  hi,
  ...more,
});
const METHODS = { get: ["GET", "HEAD"], post: ["POST"] } as const;
const api = (path: string, headers: Record<string, string> = {}) => get(`${tested.server.peopleUrl}${path}`, headers);

async function enrolled(name: string, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name)).status).toBe(200);
  return agent;
}

const listed = (name: string) =>
  until(`${name} in the list`, async () =>
    ((await api(`/api/v1/hosts?q=${name}`)).body.items as HostSummary[]).find(
      (host) => host.name === name && host.last_received_at !== null,
    ),
  );

describe("hosts", () => {
  it("are listed with what is unknown first, then worst first, page by page", async () => {
    const bounds: [string, bigint | null, bigint | null][] = [
      ["list-small", -1000n, 1000n],
      ["list-large", 3n * MS, 4n * MS],
      ["list-unknown", null, null],
      ["list-middle", -2n * MS, 1n * MS],
    ];
    for (const [name, lo, hi] of bounds) {
      const agent = await enrolled(name);
      await agent.send(batchOf(agent.id, [row(0, lo, hi)]));
    }
    for (const [name] of bounds) await listed(name);
    const pages: string[] = [];
    let after = "";
    for (;;) {
      const { body } = await api(`/api/v1/hosts?q=LIST-&limit=3${after}`);
      pages.push(...(body.items as HostSummary[]).map((host) => host.name));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(pages).toEqual(["list-unknown", "list-large", "list-middle", "list-small"]);
    expect(await listed("list-large")).toMatchObject({
      status: "proven",
      worst_error_ns: "4000000",
      guaranteed: { lo_ns: "3000000", hi_ns: "4000000" },
      tight: null,
      words: "3.5 ms behind UTC, at most 4 ms",
      as_of: at(0, 3_500_000n),
    });
    expect(await listed("list-unknown")).toMatchObject({
      status: "unknown",
      guaranteed: null,
      worst_error_ns: null,
      words: "unknown: no source has ever given a usable answer",
      as_of_marked: true,
    });
  });
  it("refuse a bad limit, a foreign cursor and a repeated parameter", async () => {
    for (const query of ["limit=0", "limit=10001", "limit=x", "after=zzz", "limit=1&limit=2"])
      expect(await api(`/api/v1/hosts?${query}`)).toMatchObject({ status: 400, body: { code: "bad_request" } });
  });
  it("are found by id and by name, and explained with the sources that trouble them", async () => {
    const agent = await enrolled("detail host/1");
    const sources = [
      source("a.example:123"),
      source("b.example:123", {
        state: "never_answered",
        refusals: { timeout: 9, refused: 1 },
        polls: 10,
        replies: 0,
        stratum: null,
        refid: null,
        lo_ns: null,
        hi_ns: null,
      }),
      source("c.example:123", { state: "falseticker", stratum: 1, refid: 0x47505300, lo_ns: "5000000", hi_ns: "6000000" }),
    ];
    await agent.send(batchOf(agent.id, [row(0, -1000n, 3000n, { status: "unverified", reason: "one_vote" })], { sources }));
    const byName = await api(`/api/v1/hosts/${encodeURIComponent("detail host/1")}`);
    const byId = await api(`/api/v1/hosts/${agent.id}`);
    expect(byName.body).toEqual(byId.body);
    expect(byId.body.sources.map((one: { refid: string | null; why: string }) => [one.refid, one.why])).toEqual([
      ["192.0.2.7", "agrees with the bound"],
      [null, "has never given a usable answer (10 tries, mostly timeout)"],
      ["GPS", "disagrees with the others: it is 5 ms or more away from what they allow"],
    ]);
    for (const word of [
      "a.example:123 agrees",
      "b.example:123 has never",
      "timeout",
      "c.example:123 disagrees",
      "only one independent source",
    ])
      expect(byId.body.explanation).toContain(word);
    expect(byId.body.evidence).toEqual({ epoch: 1, seq: 1 });
    for (const missing of ["nobody", "%00", "00000000-0000-4000-8000-000000000000"])
      expect(await api(`/api/v1/hosts/${missing}`)).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
});

describe("the interval at an instant", () => {
  it("covers the stretch between two readings, grows after the last one, and is unknown elsewhere", async () => {
    const agent = await enrolled("interval");
    await agent.send(
      batchOf(agent.id, [
        row(0, 1000n, 2000n),
        row(10, 1500n, 2500n, { since: [500n, 2600n], throughout: [-249_500n, 252_600n], tight: [1600n, 2400n] }),
      ]),
    );
    await agent.send(batchOf(agent.id, [row(20, 1000n, 2000n, { tight: [1100n, 1900n] })]));
    const ask = async (query: string) => (await api(`/api/v1/hosts/interval/interval${query}`)).body;
    // What the host says of every instant since the row before, not only of its readings.
    expect(await ask(`?at=${at(5)}`)).toMatchObject({
      status: "proven",
      guaranteed: { lo_ns: "-249500", hi_ns: "252600" },
      earliest: at(5, -252_600n),
      latest: at(5, 249_500n),
      evidence: { epoch: 1, seq: 1 },
      assumptions: { slew_ppm: 500 },
    });
    expect(await ask(`?at=${at(15)}`)).toMatchObject({
      guaranteed: { lo_ns: "1000", hi_ns: "2500" },
      tight: { lo_ns: "1000", hi_ns: "2500" },
      evidence: { epoch: 1, seq: 2 },
    });
    const later = await ask(`?at=${at(30)}`);
    expect(later).toMatchObject({ status: "holdover", reason: "after_the_last_record", evidence: { epoch: 1, seq: 2 } });
    expect(BigInt(later.guaranteed.lo_ns)).toBe(1000n - 7_000_000n);
    expect(await ask(`?at=${at(86_400)}`)).toMatchObject({
      status: "unknown",
      reason: "wider_than_a_second",
      guaranteed: null,
      earliest: null,
    });
    expect(await ask(`?at=${at(-60)}`)).toMatchObject({ status: "unknown", reason: "before_first_evidence", guaranteed: null });
    expect(await ask("")).toMatchObject({
      at: at(20, 1500n),
      status: "proven",
      guaranteed: { lo_ns: "1000", hi_ns: "2000" },
      evidence: { epoch: 1, seq: 2 },
    });
    expect((await api("/api/v1/hosts/interval/interval?at=yesterday")).body.code).toBe("bad_request");
    for (const far of ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
      expect((await api(`/api/v1/hosts/interval/interval?at=${far}`)).status).toBe(400);
  });
});

describe("the interval between batches", () => {
  it("goes across a batch without readings, but not across one that could not be read", async () => {
    const agent = await enrolled("across");
    agent.boottime = 10n * S;
    const boottime = (second: bigint) => ({ sealed_boottime_ns: (second * S).toString() });
    const now = BigInt((await ask<{ ns: bigint }>(tested.url, "select utc_ns(clock_timestamp()) as ns"))[0]?.ns ?? 0n);
    const near = (second: bigint): Row => ({ realtime: now + second * S, lo: 0n, hi: 0n, raw: (10n + second) * S });
    await agent.send(batchOf(agent.id, [near(-8n)]));
    await agent.send(batchOf(agent.id, [], boottime(4n)));
    await agent.send(batchOf(agent.id, [near(-4n)]));
    await agent.send("unreadable");
    await agent.send(batchOf(agent.id, [near(0n)]));
    const status = async (second: bigint) =>
      (await api(`/api/v1/hosts/across/interval?at=${formatUtc(utc(now + second * S))}`)).body.reason;
    expect([await status(-6n), await status(-2n)]).toEqual([null, "no_evidence"]);
  });
});

describe("a series", () => {
  it("shows every reading of a short range, and gaps as gaps", async () => {
    const agent = await enrolled("series");
    await agent.send(batchOf(agent.id, [row(0, 1000n, 2000n), row(5, null, null), row(10, 1500n, 2500n, { since: [0n, 9000n] })]));
    await agent.send(batchOf(agent.id, [row(600, 1n, 3n)]));
    const { body } = await api(`/api/v1/hosts/series/series?from=${at(-10)}&to=${at(700)}`);
    expect(body.resolution).toBe("evidence");
    expect(body.points.map((point: Record<string, string | null>) => [point.lo_ns, point.hi_ns, point.mid_ns, point.status])).toEqual([
      ["1000", "2000", "1500", "proven"],
      [null, null, null, "unknown"],
      ["0", "9000", "4500", "proven"],
      [null, null, null, "unknown"],
      ["1", "3", "2", "proven"],
    ]);
  });
  it("comes from minutes over a long range", async () => {
    const { body } = await api(`/api/v1/hosts/series/series?from=${at(-7200)}&to=${at(7200)}`);
    expect(body.resolution).toBe("minute");
    expect(body.points.map((point: { t: string; lo_ns: string | null; status: string }) => [point.t, point.lo_ns, point.status])).toEqual([
      [at(-7200), null, "unknown"],
      [at(0), null, "unknown"],
      [at(300, 0n), null, "unknown"],
      [at(600), "1", "proven"],
    ]);
  });
  it("keeps to its number of points and takes ranges in words", async () => {
    const agent = await enrolled("many");
    for (let part = 0; part < 4; part++)
      await agent.send(
        batchOf(
          agent.id,
          Array.from({ length: 500 }, (_, i) => row(part * 500 + i, BigInt(-i), BigInt(i))),
        ),
      );
    const { body } = await api(`/api/v1/hosts/many/series?from=${at(0)}&to=${at(2000)}&points=50`);
    expect(body.points.length).toBeLessThanOrEqual(50);
    expect(body.points.length).toBeGreaterThan(20);
    expect((await api("/api/v1/hosts/many/series?from=now-6h")).body).toMatchObject({ resolution: "minute", points: [] });
    for (const query of ["from=now&to=now-1h", "from=x", "points=0", "points=2001"])
      expect((await api(`/api/v1/hosts/many/series?${query}`)).status).toBe(400);
  });
});

describe("the events of a host", () => {
  it("come newest first, page by page", async () => {
    const agent = await enrolled("eventful");
    const event = (second: number, kind: "suspended" | "clock_stepped", detail = {}) => ({
      kind,
      raw_ns: "0",
      realtime_ns: "0",
      boottime_ns: (T0 - 1_700_000_000_000_000_000n + BigInt(second) * S).toString(),
      source: null,
      detail,
    });
    await agent.send(
      batchOf(agent.id, [row(0, 0n, 0n)], {
        events: [event(1, "suspended"), event(2, "clock_stepped", { by_ns: "-250000000" }), event(3, "suspended")],
      }),
    );
    const first = (await api("/api/v1/hosts/eventful/events?limit=2")).body;
    expect(first.items.map((one: { at: string; words: string }) => [one.at, one.words])).toEqual([
      [at(3), "the machine was suspended"],
      [at(2), "the clock was set back by 250 ms"],
    ]);
    const second = (await api(`/api/v1/hosts/eventful/events?limit=2&after=${first.next}`)).body;
    expect([second.items.map((one: { at: string }) => one.at), second.next]).toEqual([[at(1)], null]);
    expect((await api(`/api/v1/hosts/eventful/events?from=${at(2)}&to=${at(2, 1n)}`)).body.items).toHaveLength(1);
  });
});

describe("a question with a parameter that means nothing", () => {
  it.each([
    ["hosts/series/interval?att=now", "did you mean at?"],
    ["hosts?status=proven", "there is no such one"],
    ["hosts/series?at=now", "this takes none"],
  ])("%s is refused, not answered as if it were another", async (path, says) => {
    const { status, body } = await api(`/api/v1/${path}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(says)]);
  });
});

describe("server-sent events", () => {
  it("tell of a host as soon as it reports, and after a break what was missed", async () => {
    const agent = await enrolled("streamed");
    const heard = await listenTo();
    await agent.send(batchOf(agent.id, [row(0, 5n, 7n)]));
    const event = await until("the event", () =>
      heard.events.find((one) => one.data.name === "streamed" && one.data.guaranteed?.lo_ns === "5"),
    );
    expect(heard.head).toMatchObject({ "content-type": "text/event-stream; charset=utf-8" });
    expect(heard.head["content-encoding"]).toBeUndefined();
    expect(event.event).toBe("host");
    heard.close();
    await agent.send(batchOf(agent.id, [row(1, 6n, 8n)]));
    await until("the watcher", async () => (await listed("streamed")).guaranteed?.lo_ns === "6");
    const again = await listenTo({ "last-event-id": event.id, "accept-encoding": "gzip" });
    await until("the missed event", () => again.events.find((one) => one.data.name === "streamed" && one.data.guaranteed?.lo_ns === "6"));
    again.close();
  });
});

interface Heard {
  readonly head: Record<string, unknown>;
  readonly events: { id: string; event: string; data: HostSummary }[];
  close(): void;
}

function listenTo(headers: Record<string, string> = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpGet(`${tested.server.peopleUrl}/api/v1/events`, { headers, agent: false }, (res) => {
      const events: Heard["events"] = [];
      let text = "";
      res.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const fields = Object.fromEntries(
            text
              .slice(0, end)
              .split("\n")
              .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
          );
          if (fields.event !== undefined)
            events.push({ id: fields.id ?? "", event: fields.event, data: JSON.parse(fields.data ?? "null") });
          text = text.slice(end + 2);
        }
      });
      res.on("error", () => {});
      resolve({ head: res.headers, events, close: () => request.destroy() });
    });
    request.on("error", reject);
  });
}

describe("the people's listener", () => {
  it("answers only to the names of this machine", async () => {
    const port = new URL(tested.server.peopleUrl).port;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST"])
      expect([host, (await api("/livez", { host })).status]).toEqual([host, 200]);
    for (const host of ["evil.example", `127.0.0.1.evil.example:${port}`, "localhost.evil.example", "0.0.0.0", "localhost:1:2"])
      expect(await api("/api/v1/hosts", { host })).toMatchObject({ status: 403, body: { code: "forbidden_host" } });
  });
  it("tells a kubelet, which asks an address, how it is, and nothing else; a token counts for nothing where nobody signs in", async () => {
    const host = "10.42.0.7:8123";
    for (const probe of ["/livez", "/readyz"]) expect([probe, (await api(probe, { host })).status]).toEqual([probe, 200]);
    for (const path of ["/metrics", "/livez/", "/"]) expect([path, (await api(path, { host })).status]).toEqual([path, 403]);
    expect(await api("/api/v1/hosts", { host, authorization: "Bearer tb_none" })).toMatchObject({ status: 403 });
  });
  it("lets no page of another origin change anything", async () => {
    const write = (headers: Record<string, string>) => call("POST", `${tested.server.peopleUrl}/api/v1/hosts`, headers);
    for (const origin of ["http://evil.example", "null", "https://127.0.0.1"])
      expect(await write({ origin })).toMatchObject({ status: 403, body: { code: "forbidden_origin" } });
    expect((await write({ origin: tested.server.peopleUrl })).body.code).toBe("bad_method");
    expect((await api("/api/v1/hosts", { origin: "http://evil.example" })).status).toBe(200);
  });
  it("answers a path that is nothing with a problem, and runs only its own scripts", async () => {
    expect(await api("/api/v1/nothing")).toMatchObject({ status: 404, body: { code: "not_found", status: 404 } });
    const answer = await fetch(`${tested.server.peopleUrl}/`);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(answer.headers.get("content-security-policy")).not.toMatch(/script-src|unsafe/);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("not built")]);
    expect((await api("/api/v1/hosts/%E0%A4%A")).status).toBe(400);
  });
  it("deflates what goes by a proxy, and nothing that stays on this machine", async () => {
    const asked = async (headers: Record<string, string>) =>
      (await fetch(`${tested.server.peopleUrl}/api/openapi.json`, { headers })).headers.get("content-encoding");
    expect(await asked({})).toBeNull();
    for (const name of ["forwarded", "x-forwarded-for", "via"]) expect(await asked({ [name]: "203.0.113.9" })).toBe("gzip");
  });
  it("gives an ETag and answers 304 to it", async () => {
    const first = await fetch(`${tested.server.peopleUrl}/api/openapi.json`);
    expect((await api("/api/openapi.json", { "if-none-match": first.headers.get("etag") ?? "" })).status).toBe(304);
  });
  it("describes every route, and every route that it describes is there", async () => {
    const { body } = await api("/api/openapi.json");
    expect(body.openapi).toMatch(/^3\.1/);
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual(ROUTES.map((route) => `${route.method} ${route.path}`).sort());
    for (const { listener, method, path } of ROUTES) {
      // It never ends.
      if (path === "/api/v1/events") continue;
      const base = listener === "people" ? tested.server.peopleUrl : tested.server.agentsUrl;
      const { status, body: answer } = await call(method.toUpperCase(), `${base}${path.replace("{id}", "series")}`, {});
      expect([path, method, Object.keys(body.paths[path][method].responses)]).toEqual([
        path,
        method,
        expect.arrayContaining([String(status)]),
      ]);
      // What is not there may be said of a thing, but not of the path.
      expect([path, JSON.stringify(answer)]).toEqual([path, expect.not.stringMatching(/nothing at this path|is not built here/)]);
    }
  });
  it("says which methods a path takes, where it is asked by another", async () => {
    for (const { listener, path } of ROUTES) {
      const base = listener === "people" ? tested.server.peopleUrl : tested.server.agentsUrl;
      const { status, body, headers } = await call("DELETE", `${base}${path.replace("{id}", "series")}`, {});
      const allow = [...new Set(ROUTES.filter((route) => route.path === path).flatMap((route) => METHODS[route.method]))].join(", ");
      expect([path, status, body.code, headers.allow]).toEqual([path, 405, "bad_method", allow]);
      expect(body.detail).toContain(allow);
    }
    expect((await call("HEAD", `${tested.server.peopleUrl}/livez`, {})).status).toBe(200);
  });
  it("is alive, and ready while the database answers with the right schema", async () => {
    expect((await api("/livez")).status).toBe(200);
    expect((await api("/readyz")).status).toBe(200);
    await ask(tested.url, "insert into pgmigrations (name, run_on) values ('9999-from-the-future', now())");
    expect(await api("/readyz")).toMatchObject({ status: 503, body: { code: "unavailable", detail: expect.stringContaining("newer") } });
    await ask(tested.url, "delete from pgmigrations where name like '9999%'");
  });
  it("is alive and not ready while the database is away or silent, says which, and is ready again by itself", async () => {
    const { hostname, port } = new URL(tested.url);
    const link = { isSilent: false, isAway: false };
    const relay = await startTcpRelay({
      targets: () => (link.isAway ? [] : [{ host: hostname, port: Number(port) }]),
      pace: { tickMs: 1, bytesPerTick: 1_000_000, isLost: () => link.isSilent },
    });
    const url = new URL(tested.url);
    url.host = `127.0.0.1:${relay.port}`;
    const server = await serverOn(url.href);
    const ready = async () => {
      const { status, body } = await get(`${server.peopleUrl}/readyz`);
      return [status, body?.detail ?? null];
    };
    expect(await ready()).toEqual([200, null]);
    link.isSilent = true;
    expect(await ready()).toEqual([503, "The database does not answer: no answer within 5 s"]);
    expect((await get(`${server.peopleUrl}/livez`)).status).toBe(200);
    link.isSilent = false;
    await until("it to be ready again", async () => (await ready())[0] === 200);
    link.isAway = true;
    relay.cut();
    expect(await ready()).toEqual([503, expect.stringMatching(/^The database does not answer: (E[A-Z]+|the connection is lost)$/)]);
    link.isAway = false;
    await until("it to be ready once more", async () => (await ready())[0] === 200);
    await server.stop();
    await relay.close();
  });
});

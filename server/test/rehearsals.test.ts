import { formatUtc, utc } from "@truebound/time";
import { type Batch, packColumn, type Rehearsal } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { rehearsalStore } from "../src/adapters/postgres/rehearsal-store.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

/** What becomes of reports that a host made under a declared fault, and how one is asked for. */
const tested = serverForTests();
let pool: ReturnType<typeof openPool>;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool.end());

const MINUTE = 60_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;
const STEP: Rehearsal = { id: "r1", fault: "step", for_s: 60, by_ns: "250000000", who: "A. Tester" };

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

/** A reading every ten seconds of a minute. */
const minuteOf = (agent: FakeAgent, minute: bigint, more: Partial<Batch> = {}, by = 0n) =>
  batchOf(
    agent.id,
    [0n, 1n, 2n, 3n, 4n, 5n].map((index) => ({
      realtime: T0 + minute * MINUTE + index * 10_000_000_000n + by,
      lo: -1000n - by,
      hi: 1000n - by,
    })),
    more,
  );
const rehearsed = (agent: FakeAgent, minute: bigint, more: Partial<Batch> = {}) =>
  minuteOf(agent, minute, { rehearsal: STEP, ...more }, 250_000_000n);
const api = async (path: string) => (await get(`${tested.server.peopleUrl}/api/v1/${path}`)).body;
const at = (ns: bigint) => encodeURIComponent(formatUtc(utc(T0 + ns)));
const state = async ({ id }: FakeAgent) =>
  (
    await ask<{ wanted: unknown; now: unknown }>(
      tested.url,
      "select rehearsal_wanted as wanted, rehearsal as now from host_state where host_id = $1",
      [id],
    )
  )[0];

describe("a rehearsal that is asked for", () => {
  it("goes out with every receipt until the host takes it up, and is the host's until a report is real again", async () => {
    const agent = await enrolled("taking");
    const store = rehearsalStore(pool);
    await agent.send(minuteOf(agent, 0n));
    expect(await store.ask(agent.id, STEP, 60)).toMatch(/^\d{4}-.*Z$/);
    expect(await store.ask(agent.id, { ...STEP, id: "r2" }, 60)).toBeNull();
    expect((await agent.send(minuteOf(agent, 1n))).body.rehearsal).toEqual(STEP);
    expect((await agent.send(rehearsed(agent, 2n))).body.rehearsal).toBeUndefined();
    expect(await state(agent)).toEqual({ wanted: null, now: STEP });
    expect(await store.ask(agent.id, { ...STEP, id: "r2" }, 60)).toBeNull();
    const shown = await until("the host's rehearsal", async () => {
      const host = await api("hosts/taking");
      return host.rehearsal && host;
    });
    expect(shown).toMatchObject({ rehearsal: STEP, words: expect.stringMatching(/^rehearsal of a step by 250 ms; /) });
    expect(shown.explanation).toMatch(/^A\. Tester rehearses a step by 250 ms on this host, for 60 s: what follows is made up/);
    await agent.send(minuteOf(agent, 3n));
    expect(await state(agent)).toEqual({ wanted: null, now: null });
    expect((await api("hosts/taking")).rehearsal).toBeUndefined();
  });
  it("is over when the host refuses it, is taken back, or nobody took it up in time", async () => {
    const agent = await enrolled("refusing");
    const store = rehearsalStore(pool);
    await store.ask(agent.id, STEP, 60);
    const refusal = { kind: "rehearsal_refused" as const, raw_ns: "1", realtime_ns: T0.toString(), boottime_ns: "1", source: null };
    const detail = { id: "r1", fault: "step", who: "A. Tester", why: "TRUEBOUND_REHEARSALS=1 does" };
    expect((await agent.send(minuteOf(agent, 0n, { events: [{ ...refusal, detail }] }))).body.rehearsal).toBeUndefined();
    const question = { host: agent.id, id: "r1", findings: ["host_silent"] as const, after: "2026-01-01T00:00:00Z", channel: null };
    expect(await store.look(question)).toEqual({ takenAt: null, refused: detail.why, incident: null, delivered: false, status: "proven" });
    await store.ask(agent.id, { ...STEP, id: "r3" }, 60);
    await store.withdraw(agent.id, "r1");
    expect((await agent.send(minuteOf(agent, 1n))).body.rehearsal?.id).toBe("r3");
    await store.withdraw(agent.id, "r3");
    expect((await agent.send(minuteOf(agent, 2n))).body.rehearsal).toBeUndefined();
    expect(await store.ask(agent.id, { ...STEP, id: "r4" }, -1)).not.toBeNull();
    expect((await agent.send(minuteOf(agent, 3n))).body.rehearsal).toBeUndefined();
    expect(await store.ask(agent.id, { ...STEP, id: "r5" }, 60)).not.toBeNull();
  });
});

describe("what was reported under a rehearsal", () => {
  it("enters no minute, no series, no interval and no statement, and its events say so", async () => {
    const agent = await enrolled("made-up");
    const stepped = { kind: "clock_stepped" as const, raw_ns: "1", realtime_ns: T0.toString(), boottime_ns: "1", source: null };
    const began = { ...stepped, kind: "rehearsal_began" as const, detail: { id: "r1" } };
    const events = [began, { ...stepped, detail: { by_ns: "250000000", kernel_notice: false } }];
    const spans = { ...minuteOf(agent, 1n).spans, ...SPAN, spans_signature: undefined };
    await agent.send(minuteOf(agent, 0n));
    await agent.send(rehearsed(agent, 1n, { events, spans: spans as Batch["spans"] }));
    await agent.send(minuteOf(agent, 2n));
    const minutes = await ask<{ lo_ns: bigint; status: string; unbounded: boolean; rows: number }>(
      tested.url,
      "select lo_ns, status, unbounded, rows from host_minute where host_id = $1 order by minute_ns",
      [agent.id],
    );
    expect(minutes).toEqual([
      { lo_ns: -1000n, status: "proven", unbounded: false, rows: 6 },
      { lo_ns: null, status: "unknown", unbounded: true, rows: 6 },
      { lo_ns: -1000n, status: "proven", unbounded: false, rows: 6 },
    ]);
    const { points } = await api(`hosts/made-up/series?from=${at(0n)}&to=${at(3n * MINUTE)}`);
    const reasons = points.map(({ lo_ns, reason }: { lo_ns: string | null; reason?: string }) => lo_ns ?? reason);
    expect(reasons).toEqual([...Array(6).fill("-1000"), ...Array(6).fill("rehearsal"), ...Array(6).fill("-1000")]);
    const asked = await api(`hosts/made-up/interval?at=${at(MINUTE + 25_000_000_000n)}`);
    expect(asked).toMatchObject({ status: "unknown", reason: "rehearsal", guaranteed: null });
    expect(await api(`hosts/made-up/interval?at=${at(2n * MINUTE + 25_000_000_000n)}`)).toMatchObject({ status: "proven" });
    expect((await api(`hosts/made-up/spans?from=${at(0n)}&to=${at(3n * MINUTE)}`)).items).toEqual([]);
    const told = (await api("hosts/made-up/events")).items as { kind: string; detail: object }[];
    expect(told.find(({ kind }) => kind === "clock_stepped")?.detail).toMatchObject({ rehearsal: "r1" });
  });
  it("is found by whoever asked, as far as people were told of it", async () => {
    const agent = await enrolled("told");
    const store = rehearsalStore(pool);
    const after = (await store.ask(agent.id, STEP, 60)) as string;
    const began = {
      kind: "rehearsal_began" as const,
      raw_ns: "1",
      realtime_ns: T0.toString(),
      boottime_ns: (T0 - 1_700_000_000_000_000_000n).toString(),
      source: null,
      detail: { id: "r1" },
    };
    await agent.send(rehearsed(agent, 0n, { events: [began] }));
    const question = { host: agent.id, id: "r1", findings: ["proved_outside_limit"] as const, after, channel: "pager" };
    expect(await store.look(question)).toMatchObject({
      takenAt: "2025-03-01T11:59:59.750000Z",
      incident: null,
      delivered: false,
    });
    // A real incident of the same host is not what was rehearsed.
    await alertOf(agent, "host:real", false);
    expect(await store.look(question)).toMatchObject({ incident: null });
    const incident = await alertOf(agent, "host:rehearsed", true);
    expect(await store.look(question)).toMatchObject({ incident, delivered: false });
    await deliver(incident, "chat");
    expect(await store.look(question)).toMatchObject({ incident, delivered: false });
    expect(await store.look({ ...question, channel: null })).toMatchObject({ delivered: true });
    await deliver(incident, "pager");
    expect(await store.look(question)).toMatchObject({ incident, delivered: true });
  });
  it("was not told by what was told before it was asked, or of another alert", async () => {
    const agent = await enrolled("told twice");
    const store = rehearsalStore(pool);
    const first = await alertOf(agent, "host:twice", true);
    await deliver(first, "pager");
    const after = (await store.ask(agent.id, STEP, 60)) as string;
    const question = { host: agent.id, id: "r1", findings: ["proved_outside_limit"] as const, after, channel: "pager" };
    expect(await store.look(question)).toMatchObject({ incident: null, delivered: false });
    await ask(tested.url, "update alert set subject = subject || ' before', ended_at = clock_timestamp() where incident_id = $1", [first]);
    await alertIn(first, agent, "host:twice");
    expect(await store.look(question)).toMatchObject({ incident: first, delivered: false });
    await deliver(first, "pager", []);
    expect(await store.look(question)).toMatchObject({ incident: first, delivered: false });
    await deliver(first, "pager");
    expect(await store.look(question)).toMatchObject({ incident: first, delivered: true });
  });
});

const SPAN = {
  from_raw_ns: packColumn([1n]),
  from_realtime_ns: packColumn([T0 + MINUTE]),
  to_raw_ns: packColumn([2n]),
  to_realtime_ns: packColumn([T0 + MINUTE + 1n]),
  lo_ns: packColumn([-1n]),
  hi_ns: packColumn([1n]),
  readings: [2],
  status: ["proven"],
};

async function alertOf(agent: FakeAgent, key: string, rehearsal: boolean): Promise<string> {
  const [made] = await ask<{ id: string }>(
    tested.url,
    `insert into incident (cause_kind, cause_key, cause_name, title, severity, certainty, rules, alerts, hosts, rehearsal)
     values ('host', $1, 'told', 'title', 'critical', 'proved_outside', '{proved_outside_limit}', 1, 1, $2) returning id::text`,
    [key, rehearsal],
  );
  await alertIn(made?.id ?? "", agent, key);
  return made?.id ?? "";
}

const alertIn = (incident: string, { id }: FakeAgent, key: string) =>
  ask(
    tested.url,
    `insert into alert (incident_id, rule, finding, about_host, host_name, host_labels, subject, severity, certainty, words, labels, runbook)
     values ($1, 'proved_outside_limit', 'proved_outside_limit', $2, 'told', '{}', $3, 'critical', 'proved_outside', 'words', '{}', 'runbook')`,
    [incident, id, key],
  );

const goingOn = async (incident: string): Promise<string[]> =>
  (await ask<{ id: string }>(tested.url, "select id::text from alert where incident_id = $1 and ended_at is null", [incident])).map(
    ({ id }) => id,
  );

async function deliver(incident: string, channel: string, alerts?: readonly string[]): Promise<void> {
  const content = { alerts: (alerts ?? (await goingOn(incident))).map((id) => ({ id })), more: 0 };
  const [made] = await ask<{ id: string; ordinal: number }>(
    tested.url,
    `insert into notice (incident_id, ordinal, kind, content)
     select $1, coalesce(max(ordinal), 0) + 1, 'opened', $2 from notice where incident_id = $1 returning id::text, ordinal`,
    [incident, JSON.stringify(content)],
  );
  await ask(
    tested.url,
    "insert into delivery (notice_id, channel, incident_id, ordinal, state, delivered_at) values ($1, $2, $3, $4, 'delivered', clock_timestamp())",
    [made?.id, channel, incident, made?.ordinal],
  );
}

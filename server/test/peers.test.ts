import type { PairProfile } from "@truebound/audit";
import type { MeshMember, PairView, PeersView } from "@truebound/wire";
import { PeersCase as CaseSchema, PairView as PairSchema, PeersView as PeersSchema } from "@truebound/wire";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseLossless } from "../src/adapters/lossless-json.ts";
import { peerStore } from "../src/adapters/postgres/peer-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { explainPeersCase } from "../src/explain/peers.ts";
import type { Judgement, Sighting } from "../src/peer/conflict-watch.ts";
import { SimMesh } from "../src/peer/simulated-mesh.fixture.ts";
import { ask, quiet } from "./database.ts";
import { get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { SimulatedAgents } from "./simulated-agents.ts";
import { until } from "./until.ts";

const tested = serverForTests(() => ({
  pairProfiles: { pairProfilesInForce: () => [profile("wide", "A second", 1_000_000_000n), profile("narrow", "A nanosecond", 1n)] },
}));
const profile = (id: string, title: string, limit_ns: bigint): PairProfile => ({
  id,
  title,
  kind: "pair",
  limit_ns,
  limit_on: "two clocks of a test",
  valid_from: "1970-01-01",
  valid_to: null,
  jurisdiction: null,
  source: { text: "a test", url: null },
  verified: true,
  note: "none",
});
const TARGET = "3f0f8a0e-0000-4000-8000-0000000000ff";
const ELSEWHERE = "3f0f8a0e-0000-4000-8000-0000000000fe";
const TARGET_ERROR = 7_000_000n;
const made: { agents?: SimulatedAgents; pool?: ReturnType<typeof openPool> } = {};
const api = (path: string, headers: Record<string, string> = {}) => get(`${tested.server.peopleUrl}${path}`, headers);
const agents = () => made.agents as SimulatedAgents;
const store = () => peerStore(made.pool as ReturnType<typeof openPool>);

const addTarget = (id: string, name: string, domain: string) =>
  ask(tested.url, "insert into target (id, name, address, port, domain, labels) values ($1, $2, '192.0.2.9', 123, $3, '{}')", [
    id,
    name,
    domain,
  ]);

beforeAll(async () => {
  made.pool = openPool(tested.url, quiet);
  expect((await api("/api/v1/peers")).body).toMatchObject({
    as_of: null,
    members: [],
    words: expect.stringMatching(/^No host is in a mesh/),
  });
  await tested.server.setPolicy({ fleet: "peers" }, { mesh: { domain: "lan", port: 8126 } });
  await addTarget(TARGET, "switch", "lan");
  await addTarget(ELSEWHERE, "grandmaster", "wan");
  const mesh = new SimMesh(40, 6, [], 4);
  made.agents = await SimulatedAgents.enrol(tested.server, mesh, "peers");
  await made.agents.report(
    200,
    [0, 1].map((index) => mesh.sighted(index, TARGET, TARGET_ERROR, 200)),
  );
});
afterAll(() => made.pool?.end());

const solved = () =>
  until("the mesh to be solved with all six hosts", async () => {
    const view = (await api("/api/v1/peers")).body as PeersView;
    return view.members.filter(({ guaranteed }) => guaranteed !== null).length === 7 && view;
  });
type Answer = {
  readonly nodes: Readonly<Record<string, { readonly clock_minus_utc: { readonly lo_ns: string; readonly hi_ns: string } }>>;
};
const holds = (bound: { lo_ns: string; hi_ns: string } | null, value: bigint) =>
  bound !== null && BigInt(bound.lo_ns) <= value && value <= BigInt(bound.hi_ns);
const errorOf = ({ name }: MeshMember): bigint => agents().mesh.hosts[Number(name.split("-")[1])]?.error ?? TARGET_ERROR;

describe("the mesh", () => {
  it("is told with each host's bound, which holds its true offset, and each pair's, in the shape of the contract", async () => {
    const view = await solved();
    expect([...Value.Errors(PeersSchema, view)]).toEqual([]);
    expect(view.members.map(({ name }) => name)).toEqual(["grandmaster", ...[0, 1, 2, 3, 4, 5].map((index) => `peers-${index}`), "switch"]);
    for (const member of view.members.filter(({ id }) => id !== ELSEWHERE)) {
      expect(holds(member.guaranteed, -errorOf(member)) && holds(member.tight, -errorOf(member)), member.name).toBe(true);
      expect(member.standing).toBe("unaccused");
      // What the simulated hosts claim has its truth anywhere: by that their sources are uneven, and it may be said.
      expect(member.remark ?? "").toMatch(/^$|a hint, in no bound/);
    }
    const by = new Map(view.members.map((member) => [member.id, member]));
    for (const { a, b, ...bound } of view.pairs)
      expect(holds(bound, errorOf(by.get(b) as MeshMember) - errorOf(by.get(a) as MeshMember)), `${a} ${b}`).toBe(true);
    expect([view.pairs.length, view.all_pairs, view.conflicts, view.words]).toEqual([
      21,
      true,
      [],
      "Nothing that hosts claim and measure contradicts itself",
    ]);
    const worst = view.pairs.map(({ worst_ns }) => Number(worst_ns));
    expect(worst).toEqual(worst.toSorted((a, b) => b - a));
    expect(view.closure?.greatest).toBeLessThanOrEqual(1);
  });
  it("says of a target that nobody measures that nobody does", async () => {
    await solved();
    const { members, pairs } = (await api("/api/v1/peers?domain=wan")).body as PeersView;
    expect(members).toMatchObject([{ id: ELSEWHERE, guaranteed: null, remark: "no agent has measured it in the last 90 s" }]);
    expect(pairs).toEqual([]);
  });
  it("is handed out as a case, which explain peers solves to the very bounds that are told", async () => {
    const { members } = await solved();
    for (const tier of ["guaranteed", "tight"] as const) {
      const { body, bytes } = await api(`/api/v1/peers/case?tier=${tier}`);
      expect([...Value.Errors(CaseSchema, body)]).toEqual([]);
      const explained = explainPeersCase(parseLossless(bytes.toString()));
      const nodes = explained.kind === "explained" ? (explained.answer as Answer).nodes : {};
      const told = (await api("/api/v1/peers")).body.members as MeshMember[];
      expect(Object.keys(nodes)).toHaveLength(members.filter(({ guaranteed }) => guaranteed !== null).length);
      for (const member of told.filter(({ id }) => id !== ELSEWHERE)) {
        const { lo_ns = "", hi_ns = "" } = nodes[member.id]?.clock_minus_utc ?? {};
        expect(member[tier]).toEqual({ lo_ns: (-BigInt(hi_ns)).toString(), hi_ns: (-BigInt(lo_ns)).toString() });
      }
    }
    expect(await api("/api/v1/peers/case?tier=other")).toMatchObject({ status: 400 });
  });
  it("is told by domain, gives an ETag, and refuses a parameter that it does not know", async () => {
    await solved();
    expect(((await api("/api/v1/peers?domain=nowhere")).body as PeersView).members).toEqual([]);
    expect(await api("/api/v1/peers?tier=tight")).toMatchObject({ status: 400 });
    expect((await api("/api/v1/peers")).headers.etag).toMatch(/^W\//);
  });
});

describe("a pair", () => {
  it("is bounded with the way that each end comes by, and judged by what is asked of it", async () => {
    await solved();
    const { body, status } = await api("/api/v1/peers/peers-0/peers-1");
    const pair = body as PairView;
    expect([status, [...Value.Errors(PairSchema, pair)]]).toEqual([200, []]);
    const truth = errorOf(pair.b) - errorOf(pair.a);
    expect(holds(pair.guaranteed, truth) && holds(pair.tight, truth)).toBe(true);
    for (const path of [pair.guaranteed?.above, pair.guaranteed?.below, pair.tight?.above])
      expect([path?.[0], path?.at(-1)].sort()).toEqual([pair.a.id, pair.b.id].sort());
    for (const one of pair.direct) expect(holds(one, one.from === pair.a.id ? truth : -truth)).toBe(true);
    expect(pair.verdicts.map(({ profile, verdict }) => [profile, verdict])).toEqual([
      ["narrow", expect.stringMatching(/^(outside|not_provable)$/)],
      ["wide", "inside"],
    ]);
    expect(pair.why).toBeNull();
  });
  it("is judged by a profile that people set, while it is in force", async () => {
    await solved();
    const own = { ...profile("own", "Ours", 3_600_000_000_000n), limit_ns: "3600000000000" };
    const old = { ...own, id: "old", valid_to: "2001-01-01" };
    await ask(
      tested.url,
      "insert into alert_object (kind, name, body, origin, who) select 'profile', one->>'id', one, 'file', 'test' from json_array_elements($1) one",
      [JSON.stringify([own, old])],
    );
    const { verdicts } = (await api("/api/v1/peers/peers-0/peers-1")).body as PairView;
    expect(verdicts.map(({ profile, verdict }) => [profile, verdict]).at(-1)).toEqual(["own", "inside"]);
    await ask(tested.url, "delete from alert_object");
  });
  it("is the other way round with its signs turned", async () => {
    await solved();
    const [there, back] = await Promise.all(
      ["peers-2/switch", "switch/peers-2"].map(async (pair) => (await api(`/api/v1/peers/${pair}`)).body),
    );
    expect([back.guaranteed.lo_ns, back.guaranteed.hi_ns]).toEqual(
      [there.guaranteed.hi_ns, there.guaranteed.lo_ns].map((end: string) => (-BigInt(end)).toString()),
    );
  });
  it("that nothing joins has no bound, says why, and is not provable", async () => {
    await solved();
    expect((await api("/api/v1/peers/peers-0/grandmaster")).body).toMatchObject({
      guaranteed: null,
      tight: null,
      why: "grandmaster: no agent has measured it in the last 90 s",
      verdicts: [{ verdict: "not_provable" }, { verdict: "not_provable" }],
    });
  });
  it("of a stranger, or of one clock, is refused", async () => {
    await solved();
    expect(await api("/api/v1/peers/peers-0/nobody")).toMatchObject({ status: 404, body: { detail: expect.stringContaining('"nobody"') } });
    expect(await api("/api/v1/peers/peers-0/peers-0")).toMatchObject({ status: 400 });
  });
});

describe("what is stored of conflicts", () => {
  const A = "3f0f8a0e-0000-4000-8000-00000000000a";
  const sighting = (suspects: readonly string[]): Sighting => ({
    tier: "tight",
    suspects,
    flagged: suspects,
    cleared: [],
    leastLiars: 1,
    cycles: [{ nodes: ["UTC", A], weight_ns: "-5" }],
    evidence: new Set(),
  });
  const judgement = (more: Partial<Judgement>): Judgement => ({ begun: [], goingOn: [], ended: [], ...more });
  const stored = async () => (await store().conflicts()).filter(({ suspects }) => suspects.includes(A));

  it("is begun once, whoever else saw it, goes on and ends", async () => {
    expect(await store().record(judgement({ begun: [sighting([A])] }))).toEqual(["tight"]);
    expect(await store().record(judgement({ begun: [sighting([A])] }))).toEqual([]);
    const [first] = await stored();
    expect(first).toMatchObject({
      suspects: [A],
      flagged: [A],
      leastLiars: 1,
      endedAt: null,
      cycles: [{ nodes: ["UTC", A], weight_ns: "-5" }],
    });
    const id = first?.id ?? -1n;
    await store().record(judgement({ goingOn: [id] }));
    const [seen] = await stored();
    expect(seen && first && seen.lastSeen > first.lastSeen).toBe(true);
    expect(await store().record(judgement({ begun: [sighting([A, agents().ids([0])[0] as string])], ended: [id] }))).toEqual(["tight"]);
    expect((await stored()).map(({ endedAt }) => endedAt === null)).toEqual([true, false]);
  });
  it("of a host stands among its events, page by page, and says how that host stands in it", async () => {
    const [host = ""] = agents().ids([0]);
    const page = (await api(`/api/v1/hosts/${host}/events?limit=1`)).body;
    expect(page.items).toMatchObject([
      {
        kind: "bounds_inconsistent",
        at_marked: true,
        words: expect.stringMatching(
          /^its neighbours' measurements accuse it, by the tight bounds: of 2 suspects at least 1 must be wrong; it /,
        ),
        detail: { tier: "tight", standing: "flagged", suspects: 2, least_liars: 1 },
      },
    ]);
  });
  it("is left to whoever holds the lock", async () => {
    const client = await (made.pool as ReturnType<typeof openPool>).connect();
    try {
      await client.query("select pg_advisory_lock(hashtext('truebound peer conflicts'))");
      expect(await store().record(judgement({ goingOn: [1n] }))).toBeNull();
    } finally {
      await client.query("select pg_advisory_unlock(hashtext('truebound peer conflicts'))");
      client.release();
    }
  });
});

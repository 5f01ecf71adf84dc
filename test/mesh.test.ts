import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ReferenceServer, runningTime, startReferenceServer } from "@truebound/testkit";
import type { HostDetail, MeshMember, PairView, PeersView } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent, temporaryFolder } from "../agent/test/helpers.ts";
import { type TestDatabases, testDatabases } from "../server/test/database.ts";
import { get } from "../server/test/fake-agent.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";

/**
 * Real agents on real clocks, real sockets, a real server: all on one machine, so the difference of any two clocks is nothing, and
 * whoever's sources say otherwise is lied to.
 */
const HONEST = ["mesh-1", "mesh-2", "mesh-3", "mesh-4"];
const NAMES = [...HONEST, "mesh-lonely", "mesh-misled"];
const LIE_NS = 50_000_000n;
const PATIENCE_MS = 150_000;
/** Of a run that was cut off agents may be left. */
const PORT = 12_400 + (process.pid % 1_000);

let databases: TestDatabases;
let server: Awaited<ReturnType<typeof serverOn>>;
let folder: ReturnType<typeof temporaryFolder>;
let sources: ReferenceServer[] = [];
const agents: ChildProcess[] = [];

const named = (places: readonly ReferenceServer[]) => places.map(({ address, port }) => `${address}:${port}`).join(",");
const peers = async () => (await get(`${server.peopleUrl}/api/v1/peers`)).body as PeersView;
const memberOf = (view: PeersView, name: string) => view.members.find((member) => member.name === name) as MeshMember;

beforeAll(async () => {
  databases = await testDatabases();
  server = await serverOn(await databases.create());
  folder = temporaryFolder();
  const truth = runningTime();
  const serve = (network: number, error: bigint) =>
    Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.${network}.${last}`, truth, error: () => error })));
  const [right, wrong] = [await serve(101, 0n), await serve(102, LIE_NS)];
  sources = [...right, ...wrong];
  await server.setPolicy({}, { probe_interval_s: 2, report_interval_s: 2, mesh: { domain: "here", port: PORT } });
  for (const [index, name] of NAMES.entries()) {
    const token = join(folder.path, `token-${name}`);
    writeFileSync(token, await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });
    const from = name === "mesh-misled" ? named(wrong) : name === "mesh-lonely" ? "127.0.103.1:9" : named(right);
    agents.push(
      startAgent({
        TRUEBOUND_AGENT_DATA_DIR: join(folder.path, name),
        TRUEBOUND_HOST_NAME: name,
        TRUEBOUND_SOURCES: from,
        TRUEBOUND_SERVER_URL: server.agentsUrl,
        TRUEBOUND_TOKEN_FILE: token,
        TRUEBOUND_PEER_LISTEN: `127.0.104.${index + 1}:${PORT}`,
      }),
    );
  }
});
afterAll(async () => {
  for (const agent of agents) agent.kill("SIGKILL");
  for (const source of sources) source.close();
  await server?.stop();
  await databases?.stop();
  folder?.remove();
});

describe("agents that measure each other", () => {
  it("prove who is lied to, and accuse nobody else", { timeout: PATIENCE_MS }, async () => {
    const view = await until(
      "the misled host is flagged",
      async () => {
        const now = await peers();
        return now.members.length === NAMES.length && memberOf(now, "mesh-misled").standing === "flagged" && now;
      },
      PATIENCE_MS,
    );
    expect(view.members.filter(({ standing }) => standing !== "cleared").map(({ name }) => name)).toEqual(["mesh-misled"]);
    const conflict = await until(
      "the guaranteed tier shows it too",
      async () => (await peers()).conflicts.find(({ tier, ended_at }) => tier === "guaranteed" && ended_at === null),
      PATIENCE_MS,
    );
    expect(conflict).toMatchObject({ flagged: [memberOf(view, "mesh-misled").id], suspects: conflict.flagged, least_liars: 1 });
    const events = ((await get(`${server.peopleUrl}/api/v1/hosts/mesh-misled`)).body as HostDetail).events;
    expect(events.map(({ kind }) => kind)).toContain("bounds_inconsistent");
  });

  it("bound the difference of any two, which is nothing here, by the way that they name", { timeout: PATIENCE_MS }, async () => {
    const pair = await until(
      "two are joined",
      async () => {
        const found = (await get(`${server.peopleUrl}/api/v1/peers/mesh-1/mesh-3`)).body as PairView;
        return found.guaranteed !== null && found.tight !== null && found.direct.length > 0 && found;
      },
      PATIENCE_MS,
    );
    for (const bound of [pair.guaranteed, pair.tight, ...pair.direct])
      expect(bound !== null && BigInt(bound.lo_ns) <= 0n && BigInt(bound.hi_ns) >= 0n, JSON.stringify(bound)).toBe(true);
    expect([pair.guaranteed?.above[0], pair.guaranteed?.above.at(-1)].sort()).toEqual([pair.a.id, pair.b.id].sort());
    expect(pair.verdicts.length).toBeGreaterThan(5);
  });

  it("bound a host that reaches no source, and say by what", { timeout: PATIENCE_MS }, async () => {
    const host = await until(
      "the lonely host is bounded",
      async () => {
        const found = (await get(`${server.peopleUrl}/api/v1/hosts/mesh-lonely`)).body as HostDetail;
        return found.guaranteed !== null && found;
      },
      PATIENCE_MS,
    );
    expect(host.status).toBe("unverified");
    expect(["one_vote", "peers_only"]).toContain(host.reason);
    const member = memberOf(await peers(), "mesh-lonely");
    expect(member.claim).toBeNull();
    expect(member.trouble).toBeNull();
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetStore } from "../../src/adapters/postgres/fleet-store.ts";
import { peerStore } from "../../src/adapters/postgres/peer-store.ts";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import { FleetWatcher } from "../../src/fleet/watcher.ts";
import { PeerKeeper } from "../../src/peer/peer-keeper.ts";
import { type Lie, SimMesh } from "../../src/peer/simulated-mesh.fixture.ts";
import { ask, quiet } from "../database.ts";
import { get } from "../fake-agent.ts";
import { serverForTests } from "../server-under-test.ts";
import { SimulatedAgents } from "../simulated-agents.ts";
import { until } from "../until.ts";

/** R29: hosts that claim ±1 ms and are off by more. Twelve hosts each, six neighbours, seconds of the simulation. */
const FLEETS: readonly { readonly name: string; readonly lies: readonly Lie[] }[] = [
  { name: "by-50-ms", lies: [{ host: 3, by: 50_000_000n }] },
  { name: "by-5-s", lies: [{ host: 7, by: -5_000_000_000n }] },
  { name: "two-alike", lies: [2, 9].map((host) => ({ host, by: 50_000_000n })) },
  { name: "honest", lies: [] },
];
const [FIRST, STEP, WITHIN] = [200, 10, 180];

const tested = serverForTests();
const fleets: { readonly liars: readonly string[]; readonly agents: SimulatedAgents }[] = [];
const made: { pool?: ReturnType<typeof openPool> } = {};

beforeAll(async () => {
  for (const [seed, { name, lies }] of FLEETS.entries()) {
    await tested.server.setPolicy({ fleet: name }, { mesh: { domain: name, port: 8126 } });
    const agents = await SimulatedAgents.enrol(tested.server, new SimMesh(seed + 20, 12, lies), name);
    fleets.push({ agents, liars: agents.ids(lies.map(({ host }) => host)) });
  }
  made.pool = openPool(tested.url, quiet);
});
afterAll(() => made.pool?.end());

const flaggedIn = async (where: string): Promise<string[]> =>
  (await ask<{ id: string }>(tested.url, `select distinct unnest(flagged)::text as id from peer_conflict where ${where}`))
    .map(({ id }) => id)
    .sort();

describe("hosts that lie of their clocks", () => {
  it("are flagged within three minutes, those that lie alike too, and no honest host ever is", async () => {
    const pool = made.pool as ReturnType<typeof openPool>;
    const watcher = new FleetWatcher(fleetStore(pool));
    const keeper = new PeerKeeper({
      store: peerStore(pool),
      fleet: watcher,
      leaps: () => [],
      monotonic: () => performance.now(),
      pause: async () => {},
      begun: () => {},
    });
    const liars = fleets.flatMap((fleet) => fleet.liars).sort();
    let took: number | null = null;
    for (let second = FIRST; second <= FIRST + WITHIN; second += STEP) {
      for (const { agents } of fleets) await agents.report(second);
      await watcher.look(() => performance.now());
      await keeper.look();
      const flagged = await flaggedIn("tier = 'guaranteed' and ended_at is null");
      if (took === null && flagged.join() === liars.join()) took = second - FIRST;
    }
    console.info(`All ${liars.length} liars were flagged ${took} s after the first report of the simulation`);
    expect(took).not.toBeNull();
    expect(await flaggedIn("ended_at is null and tier = 'guaranteed'")).toEqual(liars);
    expect(await flaggedIn("true")).toEqual(liars);
  });

  it("are said to be so in the list of hosts, on their page, in the API of peers and in the metrics", async () => {
    const [liar = ""] = fleets[0]?.liars ?? [];
    const api = async (path: string) => (await get(`${tested.server.peopleUrl}${path}`)).body;
    const listed = await until("the server's own look at the mesh", async () => {
      const host = (await api("/api/v1/hosts?limit=1000")).items.find(({ id }: { id: string }) => id === liar);
      return host?.peer_standing === "flagged" && host;
    });
    expect(listed.words).toMatch(/; its neighbours prove it wrong$/);
    const page = await api(`/api/v1/hosts/${liar}`);
    expect(page.explanation).toContain("Its neighbours' measurements accuse this host");
    expect(page.events.find(({ kind }: { kind: string }) => kind === "bounds_inconsistent")).toMatchObject({
      detail: { standing: "flagged", suspects: 1, least_liars: 1 },
    });
    const { members, conflicts, words } = await api("/api/v1/peers?domain=by-50-ms");
    expect(members).toHaveLength(12);
    expect(members.find(({ id }: { id: string }) => id === liar)).toMatchObject({ standing: "flagged", guaranteed: null });
    expect(conflicts.every(({ flagged }: { flagged: string[] }) => flagged.join() === liar)).toBe(true);
    expect(words).toContain("cannot be true");
    expect(await api("/metrics")).toContain(`truebound_peer_flagged{host="by-50-ms-3",tier="guaranteed"} 1`);
  });
});

import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { administer } from "../src/admin/admin.ts";
import { parseCommand } from "../src/command-line.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { meshPart } from "./mesh-part.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
let pool: pg.Pool;

beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  await tested.server.setPolicy({}, { faults: 2 });
  for (const [name, labels] of [
    ["a", { site: "fra" }],
    ["b", { site: "fra", role: "db" }],
    ["c", { site: "ams" }],
    ["d", { site: "fra" }],
  ] as const) {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
    const mesh = name === "a" ? answering : name === "b" ? trouble : undefined;
    await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: -1n, hi: 1n }], mesh && { mesh }));
  }
});
afterAll(async () => {
  await pool?.end();
});

const peer = (index: number) => ({ peer: `00000000-0000-4000-8000-00000000000${index}`, raw: 1n });
const answering = meshPart([peer(1), peer(2)], {
  assignment: "v1",
  requests: { answered: 9, stranger: 1, not_a_request: 0, over_limit: 2, unsent: 0 },
});
const trouble = meshPart([], { answers: null, trouble: "Cannot answer on UDP port 8126: it is in use" });

async function truebound(...args: string[]) {
  const command = parseCommand(args);
  if (command.name !== "admin") throw new Error(JSON.stringify(command));
  return administer({ store: { ...adminStore(pool), ...enrolStore(pool) }, crypto: nodeCrypto, server: "", pins: [] }, command.request);
}
const blocks = async () =>
  Object.fromEntries(
    (await ask<{ selector: string; block: object }>(tested.url, "select selector::text as selector, block from policy")).map((row) => [
      row.selector,
      row.block,
    ]),
  );
const SOON = "Agents follow with their next report";

describe("truebound mesh", () => {
  it("says that there is none", async () => {
    expect(await truebound("mesh", "show")).toEqual({ code: 0, out: "", err: "No rule makes a mesh: truebound mesh set does\n" });
    expect((await truebound("mesh", "list")).err).toBe("No host has a mesh: truebound mesh show says which rules there are\n");
    expect(await truebound("mesh", "redraw")).toMatchObject({
      code: 1,
      err: "Cannot redraw: no rule makes a mesh; truebound mesh set does\n",
    });
  });
  it("is switched on by labels, beside what else a rule says, and tells whom that concerns", async () => {
    expect((await truebound("mesh", "set", "--domain", "eu", "--port", "8126")).err).toBe(
      `4 hosts have the mesh "eu" on UDP port 8126. ${SOON}; let UDP port 8126 through between these hosts\n`,
    );
    const fra = ["mesh", "set", "--domain", "fra", "--port", "8127", "--spread-by", "rack", "--label", "site=fra"];
    expect((await truebound(...fra)).err).toMatch(/^3 hosts have the mesh "fra" on UDP port 8127, spread over the values of rack\. /);
    expect((await truebound("mesh", "off", "--label", "role=db", "--label", "site=fra")).err).toBe(`1 host has no mesh now. ${SOON}\n`);
    expect((await truebound(...fra)).err).toMatch(/^2 hosts have the mesh "fra" .*; for 1 host with these labels another rule counts\. /);
    expect((await truebound("mesh", "off", "--label", "site=lhr")).err).toBe(
      `0 hosts have no mesh now; no host carries these labels so far. ${SOON}\n`,
    );
    expect(await blocks()).toEqual({
      "{}": { faults: 2, mesh: { domain: "eu", port: 8126 } },
      '{"site": "fra"}': { mesh: { domain: "fra", port: 8127, spread_by: "rack" } },
      '{"role": "db", "site": "fra"}': { mesh: null },
      '{"site": "lhr"}': { mesh: null },
    });
  });
  it("shows its rules, and the hosts one by one with what hinders them", async () => {
    expect((await truebound("mesh", "show")).out.split("\n").sort()).toEqual([
      "",
      'everyone  the mesh "eu" on UDP port 8126  (1 host, 0 answer)',
      'site=fra  the mesh "fra" on UDP port 8127, spread over the values of rack  (2 hosts, 1 answer)',
    ]);
    expect(JSON.parse((await truebound("mesh", "show", "--json")).out).items).toContainEqual({
      selector: {},
      mesh: { domain: "eu", port: 8126 },
      hosts: 1,
      answering: 0,
    });
    await truebound("mesh", "set", "--domain", "fra", "--port", "8127", "--label", "role=db", "--label", "site=fra");
    const { out } = await truebound("mesh", "list");
    expect(out.split("\n")).toEqual([
      'a  "fra"  answers at 127.0.0.1:8126; hears 2 of 2 peers, answered 9, refused 3',
      'b  "fra"  does not answer: Cannot answer on UDP port 8126: it is in use; hears 0 of 0 peers, answered 0, refused 0',
      expect.stringMatching(/^c {2}"eu" {2}does not answer: its agent says nothing of a mesh: .*; hears 0 of 0 peers$/),
      expect.stringMatching(/^d {2}"fra"/),
      "",
    ]);
    expect(JSON.parse((await truebound("mesh", "list", "--json")).out).items[0]).toMatchObject({
      name: "a",
      domain: "fra",
      assignment: "v1",
      answers: { address: "127.0.0.1", port: 8126 },
      peers: 2,
      peers_heard: 2,
    });
  });
  it("says of a host that fell silent that what it lists is old", async () => {
    const aged = (minutes: number) =>
      pool.query(
        "update host_state set received_at = clock_timestamp() - $1 * interval '1 minute' from host where id = host_id and name = 'a'",
        [minutes],
      );
    await aged(5);
    expect((await truebound("mesh", "list")).out).toMatch(/^a {2}"fra" {2}silent for 30\d s, and before that: answers at /);
    await aged(0);
    expect((await truebound("mesh", "list")).out).toMatch(/^a {2}"fra" {2}answers at /);
  });
  it("is drawn anew by another word, which stays when a rule is set again", async () => {
    const versions = () => ask<{ version: bigint }>(tested.url, "select version from policy where selector = '{}'");
    const [before] = await versions();
    expect((await truebound("mesh", "redraw")).err).toBe("All hosts get other neighbours, each with its next report\n");
    const drawn = (await blocks())["{}"] as { mesh: { draw: string } };
    expect(drawn.mesh.draw).toMatch(/^[0-9a-f]{8}$/);
    expect((await blocks())['{"site": "lhr"}']).toEqual({ mesh: null });
    expect((await versions())[0]?.version).toBeGreaterThan(before?.version as bigint);
    await truebound("mesh", "set", "--domain", "all", "--port", "9000");
    expect((await blocks())["{}"]).toEqual({ faults: 2, mesh: { domain: "all", port: 9000, draw: drawn.mesh.draw } });
  });
});

describe("truebound target", () => {
  it("adds what the hosts of a domain measure, shows it, and takes it away", async () => {
    expect((await truebound("target", "list")).err).toBe("There is no target: truebound target add makes one\n");
    const added = await truebound("target", "add", "sw-1", "10.0.0.1", "--domain", "fra", "--label", "rack=7");
    const id = added.out.trim();
    expect(added).toMatchObject({
      code: 0,
      err: `Added sw-1 (${id}) at 10.0.0.1:123; up to three hosts of "fra" measure it from their next reports on\n`,
    });
    expect((await truebound("target", "add", "gm", "[fd00::1]:319", "--domain", "nowhere")).err).toContain(
      'at [fd00::1]:319; nobody measures it yet: no rule makes a mesh of the domain "nowhere", truebound mesh set does\n',
    );
    expect(await truebound("target", "add", "sw-1", "10.0.0.9", "--domain", "fra")).toMatchObject({
      code: 1,
      err: "Cannot add sw-1: there is a target of this name; truebound target remove sw-1 takes it away\n",
    });
    await ask(
      tested.url,
      "insert into peer_edge (host_id, peer_id, received_at, from_ruler, raw_ns, lo_ns, hi_ns) values (gen_random_uuid(), $1, clock_timestamp(), 1, 1, 1, 2)",
      [id],
    );
    expect((await truebound("target", "list")).out).toMatch(
      /^\S{36} {2}gm {2}\[fd00::1\]:319 {2}"nowhere" {2}no host heard it in the last 90 s\n\S{36} {2}sw-1 {2}10\.0\.0\.1:123 {2}"fra" {2}measured by 1 host rack=7\n$/,
    );
    const listed = JSON.parse((await truebound("target", "list", "--json")).out);
    expect(listed.items[1]).toMatchObject({ id, name: "sw-1", address: "10.0.0.1", port: 123, domain: "fra", labels: { rack: "7" } });
    const { status, body } = await get(`${tested.server.peopleUrl}/api/v1/targets`);
    expect([status, body]).toEqual([200, listed]);
    expect((await truebound("target", "remove", id)).err).toBe("Removed sw-1: nobody measures it any more\n");
    expect(await truebound("target", "remove", "sw-1")).toMatchObject({
      code: 1,
      err: expect.stringContaining("no target has this name or id"),
    });
    expect((await truebound("target", "add", "sw-1", "10.0.0.2", "--domain", "fra")).code).toBe(0);
    expect((await get(`${tested.server.peopleUrl}/api/v1/targets`)).body.items.map(({ address }: { address: string }) => address)).toEqual([
      "fd00::1",
      "10.0.0.2",
    ]);
  });
});

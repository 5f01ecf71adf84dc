import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { reportPorts } from "../src/adapters/report-wiring.ts";
import { verifyPorts } from "../src/adapters/verify/verify-ports.ts";
import { type ReadHosts, readInTurn } from "../src/report/read-host.ts";
import { makeBundle } from "../src/report/report-command.ts";
import type { Watching } from "../src/report/request.ts";
import { ask, quiet, receiptKeyFile } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { apart, MINUTE, T0 } from "./signed-minutes.ts";
import { until } from "./until.ts";

/** Threads run what is built. */
const BUILT = new URL("../dist/adapters/report/hosts-on-threads.js", import.meta.url).href;
const BUILD = new URL("../../bin/build.js", import.meta.url).pathname;
const HOSTS = ["thread-a", "thread-b", "thread-c", "thread-d"];
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800_000_000_000n), taiMinusUtc: 37 }] };

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "report-threads-"));
let pool: pg.Pool;
let onThreads: (most: number, url?: string) => ReadHosts;

beforeAll(async () => {
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const { hostsOnThreads } = (await import(BUILT)) as typeof import("../src/adapters/report/hosts-on-threads.ts");
  onThreads = (most, url = tested.url) => hostsOnThreads(url, { most, worthNs: 1n });
  pool = openPool(tested.url, quiet);
  for (const [index, name] of HOSTS.entries()) await filled(name, 40 - 8 * index);
});
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Of different lengths, so that later hosts are read before earlier ones. */
async function filled(name: string, minutes: number): Promise<void> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  for (let minute = 0; minute < minutes; minute += 4) await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)));
}

const WATCHING: Watching = { progress: () => undefined, signal: new AbortController().signal };
const REQUEST = { from: utc(T0 + 5n * MINUTE), to: utc(T0 + 35n * MINUTE), profiles: ["us-cat-member", "cockroachdb"], hosts: HOSTS };

function create(name: string, readHosts: ReadHosts, watching = WATCHING) {
  const ports = reportPorts({ pool, archive: null, signer: openReceiptKey(receiptKeyFile), leaps: () => LEAPS, render: async () => [] });
  return makeBundle(bundleFolder(join(folder, name)), (sink) => ({ ...ports(sink), readHosts }), REQUEST, watching);
}

/** The evidence of all hosts, file by file. */
const evidenceOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(folder, name, "evidence"))
      .sort()
      .map((file) => [file, readFileSync(join(folder, name, "evidence", file), "utf8")]),
  );
/** All that does not say which report it is and when it was made. */
const said = (manifest: string): object => {
  const { id, created_at, previous, log, ...rest } = JSON.parse(manifest) as Record<string, unknown>;
  expect([id, created_at, previous, log].filter((one) => one === undefined)).toEqual([]);
  return rest;
};

describe("a report whose hosts are read on threads", () => {
  it("says the same as one after the other, whatever their number, and holds", async () => {
    const inTurn = await create("in-turn", readInTurn);
    for (const most of [1, 2, 3]) {
      const name = `on-${most}`;
      const made = await create(name, onThreads(most));
      expect(made.resultsSha256).toBe(inTurn.resultsSha256);
      expect(said(made.manifest)).toEqual(said(inTurn.manifest));
      expect(evidenceOf(name)).toEqual(evidenceOf("in-turn"));
    }
    expect(Object.keys(evidenceOf("on-3"))).toHaveLength(HOSTS.length);
    expect(await verifyBundle({ ...verifyPorts, files: bundleFiles(join(folder, "on-2")) })).toMatchObject({ kind: "holds" });
  });

  it("tells its progress host by host, in their order", async () => {
    const told: string[] = [];
    await create("told", onThreads(2), { ...WATCHING, progress: (done, of, name) => void told.push(`${done}/${of} ${name}`) });
    expect(told).toHaveLength(HOSTS.length);
    expect(told.map((one) => one.slice(0, 3))).toEqual(["1/4", "2/4", "3/4", "4/4"]);
    expect(told.map((one) => one.slice(4)).sort()).toEqual(HOSTS);
  });

  it("is given up in the middle, and leaves nothing", async () => {
    const stop = new AbortController();
    const watching = { progress: () => stop.abort(), signal: stop.signal };
    await expect(create("cancelled", onThreads(2), watching)).rejects.toThrow("Cancelled after 1 of 4 hosts; nothing is left of it");
    expect(existsSync(join(folder, "cancelled")) || existsSync(join(folder, "cancelled.partial"))).toBe(false);
  });

  it("is given up at once while a query of a thread hangs", { timeout: 25_000 }, async () => {
    const stop = new AbortController();
    const holder = await pool.connect();
    try {
      const hanging: ReadHosts = async function* (ports, terms, hosts, signal) {
        await holder.query("begin");
        await holder.query("lock table log_run in access exclusive mode");
        yield* onThreads(2)(ports, terms, hosts, signal);
      };
      const made = create("hanging", hanging, { ...WATCHING, signal: stop.signal });
      made.catch(() => {}); // told below
      const waiting =
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%log_run%' and datname = current_database()";
      await until("a thread to wait for the lock", async () => ((await ask(tested.url, waiting)).length > 0 ? true : null));
      stop.abort();
      // Longer than a query may last, were it waited for: the lock is not let go of before.
      await expect(made).rejects.toThrow("Cancelled after 0 of 4 hosts; nothing is left of it");
      expect(existsSync(join(folder, "hanging.partial"))).toBe(false);
      await holder.query("rollback");
    } finally {
      holder.release(true);
    }
  });

  it("fails with the reason of a thread that fails, and leaves nothing", async () => {
    const nowhere = "postgres://nobody@127.0.0.1:1/none";
    await expect(create("broken", onThreads(2, nowhere))).rejects.toThrow("ECONNREFUSED");
    expect(existsSync(join(folder, "broken.partial"))).toBe(false);
  });

  it.each([
    ["in turn", () => readInTurn],
    ["on threads", () => onThreads(2)],
  ])("says that it cannot be written where there is no room, and leaves nothing (%s)", async (how, readHosts) => {
    const name = `full ${how}`;
    const sink = bundleFolder(join(folder, name));
    writeFileSync(join(sink.draft as string, "evidence"), "in the way");
    const ports = reportPorts({ pool, archive: null, signer: openReceiptKey(receiptKeyFile), leaps: () => LEAPS, render: async () => [] });
    const making = makeBundle(sink, (one) => ({ ...ports(one), readHosts: readHosts() }), REQUEST, WATCHING);
    await expect(making).rejects.toThrow(
      /^Cannot write a report to .*full.*: (?:file already exists|not a directory); nothing is left of it/,
    );
    expect([existsSync(join(folder, name)), existsSync(join(folder, `${name}.partial`))]).toEqual([false, false]);
  });
});

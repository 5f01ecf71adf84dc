import { spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ReferenceServer, runningTime, startReferenceServer } from "@truebound/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CLOCKS_OFF, FAKETIME, withClockOff, withClockOffAs } from "../agent/test/false-clock.ts";
import { startAgent, temporaryFolder } from "../agent/test/helpers.ts";
import { ask, type TestDatabases, testDatabases } from "../server/test/database.ts";
import { get } from "../server/test/fake-agent.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";

/** R37: a host whose clock is years off is the very host that must be let in, must report, and must be shown as what it is. */
describe.skipIf(FAKETIME === undefined)("an agent whose clock is wrong (skipped: libfaketime not found)", () => {
  const BOUND_MS = 60_000;
  let folder: ReturnType<typeof temporaryFolder>;
  let databases: TestDatabases;
  let url: string;
  let server: Awaited<ReturnType<typeof serverOn>>;
  let references: ReferenceServer[] = [];
  let running: ReturnType<typeof startAgent>[] = [];
  const path = (name: string) => join(folder.path, name);

  beforeAll(async () => {
    folder = temporaryFolder();
    const [certFile, keyFile] = [path("server.crt"), path("server.key")];
    const args = [
      "req",
      "-x509",
      "-newkey",
      "ed25519",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=truebound",
      "-keyout",
      keyFile,
      "-out",
      certFile,
    ];
    const made = spawnSync("openssl", args, { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr);
    databases = await testDatabases();
    url = await databases.create();
    server = await serverOn(url, { tls: { certFile, keyFile, nextKeyFile: null } });
    const truth = runningTime();
    references = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.9.${last}`, truth })));
  });
  afterAll(async () => {
    for (const reference of references) reference.close();
    await server?.stop();
    await databases?.stop();
    folder?.remove();
  });
  afterEach(() => {
    for (const child of running) child.kill("SIGKILL");
    running = [];
  });

  interface Running {
    readonly name: string;
    readonly stop: () => Promise<void>;
    readonly said: () => string;
  }
  /** The same host each time that it has the same name: its folder is its own. */
  function run(name: string, clock: Record<string, string>): Running {
    const child = startAgent({
      TRUEBOUND_AGENT_DATA_DIR: path(name),
      TRUEBOUND_HOST_NAME: name,
      TRUEBOUND_SOURCES: references.map(({ address, port }) => `${address}:${port}`).join(","),
      TRUEBOUND_PROBE_INTERVAL: "1s",
      TRUEBOUND_SERVER_URL: server.agentsUrl,
      TRUEBOUND_TOKEN_FILE: path(`${name}.token`),
      ...clock,
    });
    running.push(child);
    let text = "";
    child.stderr?.on("data", (data) => (text += String(data)));
    child.once("exit", (code, signal) => (text += `exit ${code} ${signal}`));
    const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const stop = () => {
      child.kill("SIGTERM");
      return ended;
    };
    return { name, stop, said: () => text };
  }

  const allow = async (name: string) =>
    writeFileSync(path(`${name}.token`), await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });

  interface Host {
    readonly id: string;
    readonly status: string;
    readonly boot_id: string;
    readonly guaranteed: { readonly lo_ns: string; readonly hi_ns: string } | null;
    readonly evidence: { readonly epoch: number; readonly seq: number } | null;
    readonly events: readonly { readonly kind: string }[];
  }
  const host = async (name: string) => (await get(`${server.peopleUrl}/api/v1/hosts/${name}`)).body as Host;

  /** Resolves once the host reports after `seq`, and what it reports says that its clock is off by so much, to a second. */
  async function shows(agent: Running, seconds: number, seq: number): Promise<Host> {
    let seen: Host | null = null;
    const look = async () => {
      seen = await host(agent.name);
      if ((seen.evidence?.seq ?? 0) <= seq || !seen.guaranteed) return null;
      const [lo, hi] = [Number(seen.guaranteed.lo_ns) / 1e9, Number(seen.guaranteed.hi_ns) / 1e9];
      return seen.status === "proven" && Math.abs(lo + seconds) <= 1 && Math.abs(hi + seconds) <= 1 ? seen : null;
    };
    try {
      return await until(`${agent.name} is shown ${seconds} s off`, look, BOUND_MS);
    } catch (cause) {
      throw new Error(`After ${seq}: ${JSON.stringify(seen)}. The agent said: ${agent.said()}`, { cause });
    }
  }
  const identity = (name: string) => JSON.parse(readFileSync(path(`${name}/identity.json`), "utf8")) as { agent: string; epoch: number };

  it.each(
    CLOCKS_OFF.map(([words, seconds], index) => [words, seconds, CLOCKS_OFF[(index + 2) % CLOCKS_OFF.length]?.[1] as number] as const),
  )(
    "%s is let in, reports and is shown so, and is the same host with another wrong clock",
    async (words, seconds, otherwise) => {
      const name = words.replaceAll(" ", "-");
      await allow(name);
      const first = run(name, withClockOff(seconds));
      const { id, evidence } = await shows(first, seconds, 0);
      await first.stop();
      const second = run(name, withClockOff(otherwise));
      const later = await shows(second, otherwise, (evidence?.seq ?? 0) + 1);
      await second.stop();
      expect([later.id, later.evidence?.epoch, identity(name)]).toMatchObject([id, 1, { agent: id, epoch: 1 }]);
      expect(first.said() + second.said()).not.toContain("cannot");
      expect(await ask(url, "select count(*) as n from host where name like $1", [`${name}%`])).toEqual([{ n: 1n }]);
    },
    200_000,
  );

  it("that is stepped by hours five times a second goes on reporting, as the same host", async () => {
    await allow("stepping");
    const file = path("faketime");
    const set = (text: string) => {
      writeFileSync(`${file}.new`, `${text}\n`);
      renameSync(`${file}.new`, file);
    };
    // False from the start: libfaketime cannot reach the kernel's stamps, and with a right clock they would pass the self-test.
    set("+36000");
    const agent = run("stepping", withClockOffAs(file));
    const { id, evidence } = await shows(agent, 36_000, 0);
    let flips = 0;
    const flipping = setInterval(() => {
      flips += 1;
      set(flips % 2 === 0 ? "+36000" : "+0");
    }, 200);
    const seq = evidence?.seq ?? 0;
    await until(
      "three reports and twenty steps",
      async () => flips > 20 && ((await host("stepping")).evidence?.seq ?? 0) > seq + 3,
      BOUND_MS,
    );
    clearInterval(flipping);
    set("-36000");
    const settled = await shows(agent, -36_000, seq + 3);
    await agent.stop();
    expect([settled.id, settled.evidence?.epoch]).toEqual([id, 1]);
    expect(settled.events.some(({ kind }) => kind === "clock_stepped")).toBe(true);
  }, 200_000);
});

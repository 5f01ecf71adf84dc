import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import { request as tlsRequest } from "node:https";
import { join } from "node:path";
import { Chronyc } from "@truebound/agent";
import { ClockClient, decodeStamp, encodeStamp, stampOf } from "@truebound/client";
import {
  chronydPath,
  freePort,
  freeTcpPort,
  promtool,
  promtoolPath,
  type ReferenceServer,
  runningTime,
  startChronyd,
  startReferenceServer,
} from "@truebound/testkit";
import { parseUtc } from "@truebound/time";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chronyPage } from "../src/metrics/chrony-page.ts";
import { loggedIn, runAgent, startAgent, temporaryFolder } from "./helpers.ts";

const folder = temporaryFolder();
const truth = runningTime();
let servers: ReferenceServer[] = [];
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  servers = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.25.${last}`, truth })));
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => {
  for (const server of servers) server.close();
  folder.remove();
});

interface Started {
  readonly port: number;
  readonly log: () => string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function start(env: Record<string, string> = {}): Promise<Started> {
  const port = await freeTcpPort();
  const child = startAgent({
    TRUEBOUND_AGENT_DATA_DIR: join(folder.path, String(port)),
    TRUEBOUND_SOURCES: servers.map((server) => `${server.address}:${server.port}`).join(","),
    TRUEBOUND_PROBE_INTERVAL: "1s",
    TRUEBOUND_AGENT_HTTP_PORT: String(port),
    ...env,
  });
  let log = "";
  child.stderr?.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
  };
  ends.push(stop);
  return { port, log: () => log, pid: child.pid as number, stop };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; tls?: boolean } = {},
): Promise<Answer | null> {
  const { tls = false, ...rest } = options;
  return new Promise((resolve) => {
    const open = tls ? tlsRequest : request;
    const req = open({ host: "127.0.0.1", port, path, rejectUnauthorized: false, ...rest }, (res) => {
      let text = "";
      res.on("data", (chunk: Buffer) => (text += chunk.toString()));
      res.on("end", () => resolve({ status: res.statusCode as number, type: String(res.headers["content-type"]), text }));
    });
    req.on("error", () => resolve(null)).end();
  });
}

const LONG = { timeout: 45_000, interval: 50 };
const metrics = async (port: number) => (await ask(port, "/metrics"))?.text ?? "";

describe("an agent's own page", () => {
  it("has the bound and its sources by the server's names, without a host", async () => {
    const { port } = await start();
    await expect.poll(() => metrics(port), LONG).toMatch(/^truebound_clock_status\{status="proven"\} 1$/m);
    const page = await metrics(port);
    const value = (series: string) =>
      Number(
        page
          .split("\n")
          .find((line) => line.startsWith(`${series} `))
          ?.split(" ")[1],
      );
    const [lower, upper] = ["lower", "upper"].map((end) => value(`truebound_clock_offset_${end}_bound_seconds{tier="guaranteed"}`)) as [
      number,
      number,
    ];
    expect(lower).toBeLessThan(upper);
    expect(Math.max(Math.abs(lower), Math.abs(upper))).toBeCloseTo(value('truebound_clock_error_bound_seconds{tier="guaranteed"}'), 12);
    expect(page).toContain(`truebound_source_state_info{source="127.0.25.1:${servers[0]?.port}",state="agrees"} 1`);
    expect(value("truebound_agent_reading_age_seconds")).toBeLessThan(10);
    expect(page).toMatch(/^truebound_agent_info\{version="[\d.]+",stamp_mode="\w+"\} 1$/m);
    expect(page).not.toMatch(/host="|limit_seconds \d/);
    expect(await ask(port, "/metrics", { headers: { accept: "application/openmetrics-text" } })).toMatchObject({
      type: "application/openmetrics-text; version=1.0.0; charset=utf-8",
      text: expect.stringMatching(/\n# EOF\n$/),
    });
  });
  it.skipIf(promtoolPath() === null)("passes promtool's check (skipped: promtool not found)", async () => {
    const { port } = await start({ TRUEBOUND_CHRONY_METRICS: "1" });
    await expect.poll(() => metrics(port), LONG).toMatch(/^truebound_clock_status\{status="proven"\} 1$/m);
    // chrony_exporter names ppm as it does: what promtool says of that is said of it, and of nothing of ours.
    const said = promtool(["check", "metrics"], await metrics(port)) ?? "";
    expect(said.split("\n").filter((line) => line !== "" && !line.startsWith("chrony_"))).toEqual([]);
  });
  it("answers only as this machine, and only what is here", async () => {
    const { port } = await start();
    await expect.poll(() => ask(port, "/livez"), LONG).toMatchObject({ status: 200, text: "ok\n" });
    expect(await ask(port, "/metrics", { headers: { host: "evil.example" } })).toMatchObject({ status: 403 });
    expect(await ask(port, "/metrics", { method: "POST" })).toMatchObject({ status: 405 });
    expect(await ask(port, "/")).toMatchObject({ status: 404, text: expect.stringContaining("/metrics and /livez") });
    for (const strange of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }])
      expect(await ask(port, "/now", { headers: { host: `localhost:${port}`, ...strange } })).toMatchObject({ status: 403 });
  });
  it("tells the time to commands, by its port and by its socket, and limits how often", async () => {
    const socket = join(folder.path, "agent.sock");
    const { port, stop } = await start({ TRUEBOUND_AGENT_SOCKET: socket });
    const asked = { TRUEBOUND_AGENT_HTTP_PORT: String(port) };
    expect((await runAgent(["wait", "--timeout", "45s", "--bound", "50ms"], asked)).code).toBe(0);
    const before = truth.startUtc + truth.elapsed();
    const { code, stdout } = await runAgent(["now", "--json"], { TRUEBOUND_AGENT_SOCKET: socket });
    const after = truth.startUtc + truth.elapsed();
    const said = JSON.parse(stdout) as Record<string, string>;
    expect([code, said.status, said.id]).toEqual([0, "proven", null]);
    // True time, as the servers keep it, passed through the interval between question and answer.
    expect(parseUtc(said.earliest as string)).toBeLessThanOrEqual(after);
    expect(parseUtc(said.latest as string)).toBeGreaterThanOrEqual(before);
    expect((await runAgent(["status"], asked)).stdout).toMatch(/127\.0\.25\.1:\d+ {2}agrees/);
    expect(await ask(port, "/ready?bound=50ms")).toMatchObject({ status: 200 });
    expect(await ask(port, "/ready?bound=1ns")).toMatchObject({ status: 503, text: expect.stringContaining("beyond 1 ns") });
    expect(await ask(port, "/ready?bund=1ms")).toMatchObject({ status: 400 });
    expect(await runAgent(["wait", "--timeout", "1s", "--bound", "1ns"], asked)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("in vain: the worst error is"),
    });
    const codes = new Set<number | undefined>();
    for (let batch = 0; batch < 15; batch++)
      for (const answer of await Promise.all(Array.from({ length: 20 }, () => ask(port, "/now")))) codes.add(answer?.status);
    expect(codes).toEqual(new Set([200, 429]));
    await stop();
    expect(await runAgent(["now", "--json"], asked)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"problem": "not_running"'),
    });
    expect(existsSync(socket)).toBe(false);
  });
  it("takes the place of a socket that an agent left which was killed, and of none that is in use", async () => {
    const socket = join(folder.path, "left.sock");
    const first = await start({ TRUEBOUND_AGENT_SOCKET: socket, TRUEBOUND_AGENT_HTTP_PORT: "0" });
    const now = () => runAgent(["now", "--json"], { TRUEBOUND_AGENT_SOCKET: socket });
    await expect.poll(async () => (await now()).stdout, LONG).toContain('"status"');
    const second = await start({ TRUEBOUND_AGENT_SOCKET: socket, TRUEBOUND_AGENT_HTTP_PORT: "0" });
    await expect.poll(second.log, LONG).toContain(`cannot serve metrics at ${socket}: the path is taken`);
    process.kill(first.pid, "SIGKILL");
    await first.stop();
    expect(existsSync(socket)).toBe(true);
    await start({ TRUEBOUND_AGENT_SOCKET: socket, TRUEBOUND_AGENT_HTTP_PORT: "0" });
    await expect.poll(async () => (await now()).stdout, LONG).toContain('"status"');
  });
  it.each([
    ["not_an_agent", (_: unknown, res: ServerResponse) => res.end("<html>")],
    ["refused", (_: unknown, res: ServerResponse) => res.writeHead(429).end("too often\n")],
    ["too_much", (_: unknown, res: ServerResponse) => res.end(Buffer.alloc(2_000_000, 32))],
    ["no_answer", () => undefined],
  ])("is told from whoever else has its port: %s", async (problem, answer) => {
    const port = await freeTcpPort();
    const other = createServer(answer).listen(port, "127.0.0.1");
    ends.push(
      async () => void other.closeAllConnections(),
      async () => void other.close(),
    );
    const { code, stdout } = await runAgent(["now", "--json"], { TRUEBOUND_AGENT_HTTP_PORT: String(port) });
    expect([code, JSON.parse(stdout)]).toEqual([1, { problem, says: expect.stringContaining(`127.0.0.1:${port}`) }]);
  });
  it("is a segment too, by which applications say what time it is, until it ends", async () => {
    const segment = join(folder.path, "segment");
    const { stop } = await start({ TRUEBOUND_SEGMENT: segment, TRUEBOUND_CLOCKBOUND_DIR: folder.path });
    const client = new ClockClient({ path: segment });
    const utc = () => truth.startUtc + truth.elapsed();
    await expect.poll(() => client.now().status, LONG).toBe("proven");
    for (let turn = 0; turn < 20; turn++) {
      const before = utc();
      const now = client.now();
      if (now.earliest === null) throw new Error(`${now.status} ${now.reason}`);
      // The truth of the servers is by hrtime, to which a daemon of this machine may do what it likes: it is that which they serve.
      expect(now.earliest <= utc() && before <= now.latest).toBe(true);
    }
    expect(await client.commitWait(utc())).toMatchObject({ kind: "past" });
    const stored = decodeStamp(encodeStamp(stampOf(client.now())));
    expect(stored).toMatchObject({ status: "proven", host: "0".repeat(32) });
    for (const [file, version] of [
      ["shm", 1],
      ["shm0", 2],
    ] as const) {
      const bytes = readFileSync(join(folder.path, file));
      expect([bytes.readUInt16LE(12), bytes.readInt32LE(version === 1 ? 64 : 68)]).toEqual([version, 1]);
    }
    await stop();
    await expect.poll(() => client.now(), LONG).toMatchObject({ status: "unknown", reason: "agent_stopped", earliest: null });
    client.close();
  });
  it("is off where its port is 0", async () => {
    const { log, pid } = await start({ TRUEBOUND_AGENT_HTTP_PORT: "0" });
    await expect.poll(log, LONG).toContain("status proven");
    expect(listeningPorts(pid)).toEqual([]);
  });
  it("costs one warning where its port is taken, and measuring goes on", async () => {
    const port = await freeTcpPort();
    const other: Server = createServer().listen(port, "127.0.0.1");
    ends.push(async () => void other.close());
    const { log } = await start({ TRUEBOUND_AGENT_HTTP_PORT: String(port) });
    await expect.poll(log, LONG).toContain("status proven");
    expect(loggedIn(log()).filter(({ said }) => said.includes("cannot serve metrics"))).toEqual([
      {
        level: "warn",
        said: `cannot serve metrics at 127.0.0.1:${port}: the port is taken; measuring goes on; choose another with TRUEBOUND_AGENT_HTTP_PORT, or 0 for none`,
      },
    ]);
  });
  it("leaves the loopback with TLS", async () => {
    const [keyFile, certFile] = [join(folder.path, "own.key"), join(folder.path, "own.crt")];
    const made = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=host", "-keyout", keyFile, "-out", certFile];
    execFileSync("openssl", made, { stdio: "ignore" });
    const files = { TRUEBOUND_AGENT_TLS_CERT_FILE: certFile, TRUEBOUND_AGENT_TLS_KEY_FILE: keyFile };
    const { port } = await start({ ...files, TRUEBOUND_AGENT_HTTP_ADDRESS: "0.0.0.0" });
    await expect.poll(() => ask(port, "/livez", { tls: true }), LONG).toMatchObject({ status: 200 });
    expect(await ask(port, "/metrics", { tls: true, headers: { host: "host.example" } })).toMatchObject({ status: 200 });
    expect(await ask(port, "/livez")).toBeNull();
    const own = { ...files, TRUEBOUND_AGENT_HTTP_ADDRESS: "0.0.0.0", TRUEBOUND_AGENT_HTTP_PORT: String(port) };
    await expect.poll(async () => (await runAgent(["now"], own)).stdout, LONG).toContain("proven");
    execFileSync("openssl", [...made.slice(0, -3), join(folder.path, "other.key"), "-out", join(folder.path, "other.crt")], {
      stdio: "ignore",
    });
    const other = { ...own, TRUEBOUND_AGENT_TLS_CERT_FILE: join(folder.path, "other.crt") };
    expect((await runAgent(["now"], other)).stderr).toContain("does not have the certificate");
  });
  it("says which file is wrong where TLS cannot be served, and measuring goes on", async () => {
    const files = { TRUEBOUND_AGENT_TLS_CERT_FILE: "/nonexistent.crt", TRUEBOUND_AGENT_TLS_KEY_FILE: "/nonexistent.key" };
    const { log } = await start(files);
    await expect.poll(log, LONG).toContain("status proven");
    expect(log()).toMatch(/cannot serve metrics.*\/nonexistent\.crt.*measuring goes on/);
  });
});

/** Of a process, by the kernel's own table. */
function listeningPorts(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return execFileSync("readlink", [`/proc/${pid}/fd/${fd}`], { encoding: "utf8" }).match(/socket:\[(\d+)\]/)?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  const rows = ["tcp", "tcp6"].flatMap((file) => readFileSync(`/proc/${pid}/net/${file}`, "utf8").trim().split("\n").slice(1));
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row[3] === "0A" && own.has(row[9] as string))
    .map((row) => row[1] as string);
}

describe("a file for node_exporter", () => {
  it("is whole at every moment, readable by others, and gone with the agent", async () => {
    const path = join(folder.path, "truebound.prom");
    const { stop } = await start({ TRUEBOUND_TEXTFILE: path, TRUEBOUND_AGENT_HTTP_PORT: "0" });
    await expect.poll(() => existsSync(path) && readFileSync(path, "utf8"), LONG).toContain("truebound_agent_info");
    expect(execFileSync("stat", ["-c", "%a", path], { encoding: "utf8" }).trim()).toBe("644");
    expect(readdirSync(folder.path).filter((name) => name.startsWith("truebound.prom"))).toEqual(["truebound.prom"]);
    if (promtoolPath() !== null) expect(promtool(["check", "metrics"], readFileSync(path, "utf8"))).toBeNull();
    await stop();
    expect(existsSync(path)).toBe(false);
  });
  it("that cannot be written costs one warning", async () => {
    const { log } = await start({ TRUEBOUND_TEXTFILE: "/nonexistent/truebound.prom", TRUEBOUND_AGENT_HTTP_PORT: "0" });
    await expect.poll(log, LONG).toContain("status proven");
    expect(log()).toMatch(/cannot write \/nonexistent\/truebound\.prom \(TRUEBOUND_TEXTFILE\): .*tried again each 15 s/);
  });
});

describe.skipIf(chronydPath() === null)("chrony_exporter's names, by a real chronyd (skipped: chronyd not found)", () => {
  const AHEAD_NS = 50_000_000n;
  let ahead: ReferenceServer;
  /** Another 50 ms ahead, and not followed: its samples stay what they are. */
  let further: ReferenceServer;
  let chronyd: ReturnType<typeof startChronyd>;
  let cmdport = 0;
  beforeAll(async () => {
    // It is right, and this machine's clock 50 ms behind it: so each sign is seen.
    ahead = await startReferenceServer({ address: "127.0.25.9", truth: runningTime(truth.startUtc + AHEAD_NS, truth.startsAt) });
    further = await startReferenceServer({ address: "127.0.25.8", truth: runningTime(truth.startUtc + 2n * AHEAD_NS, truth.startsAt) });
    cmdport = await freePort();
    chronyd = startChronyd(0, [
      `server ${ahead.address} port ${ahead.port} minpoll -4 maxpoll -4`,
      `server ${further.address} port ${further.port} minpoll -4 maxpoll -4 noselect`,
      "server 127.0.25.99 port 9 minpoll -4 maxpoll -4",
      `cmdport ${cmdport}`,
      "bindcmdaddress 127.0.0.1",
    ]);
  });
  afterAll(async () => {
    await chronyd?.stop();
    ahead?.close();
    further?.close();
  });

  const page = async (port = cmdport): Promise<Map<string, number>> => {
    const witness = new Chronyc({ host: "127.0.0.1", port });
    const text = chronyPage({ tracking: await witness.tracking(), sources: await witness.sources() }, "text");
    return new Map(
      text
        .split("\n")
        .filter((line) => line.startsWith("chrony_"))
        .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
    );
  };
  const source = (name: string, address = "127.0.25.9") => `chrony_sources_${name}{source_address="${address}",source_name="${address}"}`;

  it("show a clock that is behind with chronyd's own signs", async () => {
    await expect.poll(async () => (await page()).get(source("reachability_ratio")), LONG).toBe(1);
    const shown = await page();
    expect(shown.get("chrony_up")).toBe(1);
    expect(shown.get(source("last_sample_offset_seconds", "127.0.25.8"))).toBeLessThan(-0.02);
    expect(shown.get("chrony_tracking_system_time_seconds")).toBeGreaterThan(0.02);
    expect(shown.get("chrony_tracking_remote_reference")).toBe(1);
    expect(shown.get("chrony_tracking_stratum")).toBe(2);
    expect(shown.get(source("polling_interval_seconds"))).toBe(1 / 16);
    expect(shown.get(`chrony_tracking_info{tracking_address="127.0.25.9",tracking_name="127.0.25.9",tracking_refid="7F001909"}`)).toBe(1);
    const state = (address: string, said: string) =>
      shown.get(
        `chrony_sources_state_info{source_address="${address}",source_name="${address}",source_state="${said}",source_mode="client"}`,
      );
    expect([state("127.0.25.9", "sync"), state("127.0.25.99", "unreach")]).toEqual([1, 1]);
  });
  it("give a source that never answered no offset and no age", async () => {
    const shown = await page();
    expect(shown.get(source("reachability_success", "127.0.25.99"))).toBe(0);
    for (const name of ["last_sample_offset_seconds", "last_sample_age_seconds"])
      expect(shown.has(source(name, "127.0.25.99"))).toBe(false);
  });
  it("are only chrony_up 0 where nobody answers", async () => {
    expect([...(await page(await freePort()))]).toEqual([["chrony_up", 0]]);
  });
});

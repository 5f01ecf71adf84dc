import { type ChildProcess, execFile } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nonceSource, type RunningAgent, readConfig, rungs, startAgent as startInProcess } from "@truebound/agent";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runAgent, startAgent, temporaryFolder } from "../agent/test/helpers.ts";
import { signHostListFile } from "../server/src/adapters/host-list-file.ts";
import { ask, receiptKeyFile, type TestDatabases, testDatabases } from "../server/test/database.ts";
import { get } from "../server/test/fake-agent.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";

/** The real agent as it comes, goes, and comes again, against a real server. */
let databases: TestDatabases;
let server: Awaited<ReturnType<typeof serverOn>>;
let folder: ReturnType<typeof temporaryFolder>;
let running: Agent[] = [];

beforeAll(async () => {
  databases = await testDatabases();
  server = await serverOn(await databases.create());
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
});
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const { child } of running) child.kill("SIGKILL");
  running = [];
  folder.remove();
});

interface Agent {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** SIGTERM, and what follows. */
  readonly stop: () => Promise<void>;
}

function run(name: string, env: Record<string, string> = {}): Agent {
  const child = startAgent({
    TRUEBOUND_AGENT_DATA_DIR: join(folder.path, "agent"),
    TRUEBOUND_HOST_NAME: name,
    TRUEBOUND_SOURCES: "127.0.0.1:9",
    TRUEBOUND_SERVER_URL: server.agentsUrl,
    TRUEBOUND_TOKEN_FILE: join(folder.path, "token"),
    ...env,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (text += String(data)));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const agent = {
    child,
    said: () => text,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
  };
  running.push(agent);
  return agent;
}

const allow = async (more: { ephemeralHours?: number } = {}) =>
  writeFileSync(join(folder.path, "token"), await server.createToken({ uses: 1, ttlSeconds: 600, labels: {}, ...more }), { mode: 0o600 });

interface Host {
  readonly id: string;
  readonly liveness: string;
  readonly clone_suspected: boolean;
  readonly evidence: { readonly epoch: number; readonly seq: number } | null;
  readonly events: readonly { readonly kind: string; readonly detail: Record<string, unknown> }[];
}
const host = async (name: string) => (await get(`${server.peopleUrl}/api/v1/hosts/${name}`)).body as Host;
const reported = (name: string, epoch = 1) =>
  until(`${name} reports`, async () => (await host(name)).evidence?.epoch === epoch && (await host(name)));
const identity = () => JSON.parse(readFileSync(join(folder.path, "agent/identity.json"), "utf8")) as Record<string, unknown>;

describe("an ephemeral agent", () => {
  it("says goodbye when it stops, and comes back as the same host with another token", async () => {
    await allow({ ephemeralHours: 24 });
    const first = run("short-lived");
    const { id } = await reported("short-lived");
    await first.stop();
    expect(first.said()).toContain("this ephemeral host is retired there");
    expect(identity()).toMatchObject({ agent: id, ephemeral: true, retired: true });
    const { events } = await until("it is seen as retired", async () => {
      const seen = await host(id);
      return seen.liveness === "retired" && seen;
    });
    expect(events).toContainEqual(expect.objectContaining({ kind: "host_retired", detail: { why: "goodbye" } }));

    await allow();
    const second = run("short-lived");
    await until("it reports again", async () => ((await host(id)).evidence?.epoch ?? 0) > 1);
    await until("it is seen as reporting", async () => (await host(id)).liveness === "reporting");
    await second.stop();
    expect(second.said()).not.toContain("goodbye");
  });
});

it("lets an agent in by a join token alone, which names the server; and tells of one that is none", async () => {
  writeFileSync(join(folder.path, "token"), "no token", { mode: 0o600 });
  const without = run("by-token", { TRUEBOUND_SERVER_URL: "" });
  await until("it says so", () => without.said().includes("measuring without reporting to anybody"));
  expect(without.said()).toContain("Cannot read the join token in");
  await without.stop();
  await allow();
  const agent = run("by-token", { TRUEBOUND_SERVER_URL: "" });
  await reported("by-token");
  await agent.stop();
});

it("tells an agent whose name another host has by what name it is known", async () => {
  await allow();
  const first = run("wanted");
  await reported("wanted");
  await first.stop();
  rmSync(join(folder.path, "agent"), { recursive: true });
  await allow();
  const socket = join(folder.path, "socket");
  const second = run("wanted", { TRUEBOUND_AGENT_SOCKET: socket });
  await reported("wanted-2");
  const { stdout } = await runAgent(["now", "--json"], { TRUEBOUND_AGENT_SOCKET: socket, TRUEBOUND_AGENT_HTTP_PORT: "0" });
  expect(JSON.parse(stdout)).toMatchObject({ id: (await host("wanted-2")).id, name: "wanted-2" });
  await second.stop();
  expect(second.said()).toContain("another host has the name that it asked for, so this one is known as wanted-2");
});

describe("an agent that is told to rotate", () => {
  it("signs by its next key from then on, and by that alone after a start", async () => {
    await allow();
    const first = run("rotating");
    await reported("rotating");
    const before = readFileSync(join(folder.path, "agent/key.pem"), "utf8");
    const rotate = await runAgent(["rotate"], { TRUEBOUND_AGENT_DATA_DIR: join(folder.path, "agent") });
    expect(rotate).toMatchObject({ code: 0, stdout: expect.stringContaining("Made the next key") });
    await until("the key is changed", () => first.said().includes("signs by another key from now on"));
    expect(readFileSync(join(folder.path, "agent/key.pem"), "utf8")).not.toBe(before);
    expect(existsSync(join(folder.path, "agent/key.next.pem"))).toBe(false);
    await first.stop();
    const { evidence } = await host("rotating");
    const second = run("rotating");
    await until("it reports by the new key", async () => ((await host("rotating")).evidence?.seq ?? 0) > (evidence?.seq ?? 0));
    expect(second.said()).not.toContain("bad_signature");
    await second.stop();
  });
});

describe("an agent in an image", () => {
  const machine = (digit: string) => ({ machineId: digit.repeat(64), instanceId: null });

  /** In this process, for a machine of its own cannot be given to another one. */
  async function runOn(
    which: ReturnType<typeof machine>,
    dataDir: string,
    tokenFile: string | null,
    told: string[] = [],
  ): Promise<RunningAgent> {
    const rung = rungs()
      .find(({ mode }) => mode === "process_clock")
      ?.build();
    if (rung === undefined) throw new Error("There is no rung that needs nothing");
    const config = {
      ...readConfig({ TRUEBOUND_AGENT_DATA_DIR: dataDir, TRUEBOUND_HOST_NAME: "golden", TRUEBOUND_SOURCES: "127.0.0.1:9" }),
      server: tokenFile === null ? null : new URL(server.agentsUrl),
      tokenFile,
    };
    return startInProcess(config, rung, nonceSource(), (_, message) => told.push(message), undefined, undefined, which);
  }

  it("enrols anew on the machine that was made of the image, and neither is taken for the other", async () => {
    const [original, copy] = [join(folder.path, "original"), join(folder.path, "copy")];
    await allow();
    const first = await runOn(machine("a"), original, join(folder.path, "token"));
    const { id } = await reported("golden");
    await first.stop();
    cpSync(original, copy, { recursive: true });

    const again = await runOn(machine("a"), original, join(folder.path, "token"));
    await allow();
    const told: string[] = [];
    const second = await runOn(machine("b"), copy, join(folder.path, "token"), told);
    const other = await reported("golden-2");
    expect(other.id).not.toBe(id);
    expect(told.join()).toContain(`is not the one that was enrolled as ${id}`);
    const aside = readdirSync(copy).find((name) => name.startsWith("cloned-")) ?? "";
    expect(readdirSync(join(copy, aside))).toEqual(expect.arrayContaining(["identity.json", "key.pem", "spool"]));
    await Promise.all([again.stop(), second.stop()]);
    for (const name of ["golden", "golden-2"]) expect((await host(name)).clone_suspected).toBe(false);
  });
  it("measures and reports to nobody where it has no token", async () => {
    const dataDir = join(folder.path, "agent");
    await allow();
    const first = await runOn(machine("a"), dataDir, join(folder.path, "token"));
    const { id } = await reported("golden-3");
    await first.stop();
    const { evidence } = await host(id);
    const told: string[] = [];
    const second = await runOn(machine("b"), dataDir, null, told);
    expect(told.filter((line) => line.includes("measuring without reporting to anybody"))).toHaveLength(1);
    await second.stop();
    expect(existsSync(join(dataDir, "identity.json"))).toBe(false);
    expect((await host(id)).evidence).toEqual(evidence);
  });
});

describe("an agent without a person's token", () => {
  it("comes in by the operator's list, once that names its key", async () => {
    const [draft, list, operator] = ["draft.json", "hosts.json", "operator.pem"].map((name) => join(folder.path, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(operator, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const listed = (hosts: object[]) => {
      writeFileSync(draft, JSON.stringify({ version: 1, hosts }));
      const { text, publicKey } = signHostListFile(draft, operator);
      writeFileSync(list, text);
      return publicKey;
    };
    const key = listed([]);
    const own = await serverOn(await databases.create(), { hostList: { file: list, key } });
    const env = { TRUEBOUND_AGENT_DATA_DIR: join(folder.path, "agent"), TRUEBOUND_HOST_NAME: "listed-1" };
    const shown = await runAgent(["key"], env);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/) });
    const enroll = () => runAgent(["enroll", "--server", own.agentsUrl], env);
    expect(await enroll()).toMatchObject({ code: 1, stderr: expect.stringContaining("The host list does not name listed-1") });
    listed([{ name: "listed-1", public_key: shown.stdout.trim(), labels: { rack: "7" } }]);
    expect(await enroll()).toMatchObject({ code: 0, stdout: expect.stringContaining("Enrolled at") });
    await own.stop();
  });
  it("comes in as a pod, leaves the pod's token where it is, and goes when the pod goes", async () => {
    const cluster = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwksFile = join(folder.path, "jwks.json");
    writeFileSync(jwksFile, JSON.stringify({ keys: [{ ...cluster.publicKey.export({ format: "jwk" }), kid: "k" }] }));
    const subject = "system:serviceaccount:monitoring:truebound";
    const kubernetes = { jwksFile, issuer: "https://k", audience: "truebound", subjects: [subject] };
    const url = await databases.create();
    const own = await serverOn(url, { kubernetes });
    const [{ exp } = { exp: 0n }] = await ask<{ exp: bigint }>(url, "select extract(epoch from clock_timestamp())::bigint + 600 as exp");
    const claims = {
      iss: "https://k",
      aud: ["truebound"],
      sub: subject,
      exp: Number(exp),
      "kubernetes.io": { namespace: "monitoring", pod: { name: "truebound-x7", uid: "u-1" }, node: { name: "node-1" } },
    };
    const text = [{ alg: "ES256", kid: "k" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = sign("sha256", Buffer.from(text), { key: cluster.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
    writeFileSync(join(folder.path, "token"), `${text}.${signature}`, { mode: 0o600 });
    const pod = run("truebound-x7", { TRUEBOUND_SERVER_URL: own.agentsUrl });
    const seen = async () => (await get(`${own.peopleUrl}/api/v1/hosts/truebound-x7`)).body as { evidence: object | null; labels: object };
    await until("the pod reports", async () => (await seen()).evidence);
    expect((await seen()).labels).toMatchObject({ kubernetes_node: "node-1", kubernetes_pod: "truebound-x7" });
    await pod.stop();
    expect(existsSync(join(folder.path, "token"))).toBe(true);
    expect(pod.said()).toContain("this ephemeral host is retired there");
    await own.stop();
  });
  it("says what is missing and goes on measuring, where it has no token and there is no list", async () => {
    const lonely = run("lonely", { TRUEBOUND_TOKEN_FILE: "" });
    await until("it says so", () => lonely.said().includes("This enrolment carries no join token"));
    await lonely.stop();
    const early = run("early");
    await until("it says so", () => /cannot enrol at .*Cannot read the join token in .*token: ENOENT/.test(early.said()));
    await early.stop();
  });
});

describe("a host without a road", () => {
  const path = (name: string) => join(folder.path, name);
  const agentSays = (...args: string[]) => runAgent(args, { TRUEBOUND_AGENT_DATA_DIR: path("agent"), TRUEBOUND_HOST_NAME: "vault" });
  const serverSays = (url: string, ...args: string[]) => runServer(args, { DATABASE_URL: url, TRUEBOUND_RECEIPT_KEY_FILE: receiptKeyFile });

  it("hears in one line of a stick that is not there", async () => {
    const nowhere = path("no-such-folder/join");
    const line = (what: string) => new RegExp(`^\\S+ host-clock error Cannot ${what} ${nowhere}: ENOENT: [^\\n]*\\n$`);
    const cannot = (what: string) => ({ code: 1, stderr: expect.stringMatching(line(what)) });
    expect(await agentSays("enroll", "--request", nowhere)).toMatchObject(cannot("write"));
    expect(await agentSays("enroll", "--answer", nowhere)).toMatchObject(cannot("read"));
    expect(await agentSays("spool", "show", nowhere)).toMatchObject(cannot("read"));
    expect(await agentSays("spool", "exprt", nowhere)).toMatchObject({ code: 2, stderr: expect.stringContaining("say export, show or") });
  });
  it("is let in, and reports, by files that a person carries both ways; copies of them, old ones and torn ones do no harm", async () => {
    const url = await databases.create();
    const own = await serverOn(url);
    const asked = await agentSays("enroll", "--request", path("join"));
    expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining("vault asks to be let in by the key") });
    const admitted = await serverSays(url, "host", "admit", path("join"), "--answer", path("joined"), "--label", "site=vault");
    expect(admitted.stderr).toContain("Let in vault as ");
    const twice = await serverSays(url, "host", "admit", path("join"), "--answer", path("joined"));
    expect(twice.stderr).toBe(admitted.stderr);
    writeFileSync(path("forged"), readFileSync(path("joined"), "utf8").replace('"to":"', '"to":"A'));
    expect((await agentSays("enroll", "--answer", path("forged"))).code).toBe(1);
    expect(await agentSays("enroll", "--answer", path("joined"))).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("called vault"),
    });

    const agent = run("vault", { TRUEBOUND_SERVER_URL: "", TRUEBOUND_TOKEN_FILE: "" });
    const exported = await until("reports wait", async () => {
      const { stderr } = await agentSays("spool", "export", path("out"));
      return Number(/: (\d+) reports/.exec(stderr)?.[1] ?? 0) > 0 && stderr;
    });
    expect(await agentSays("spool", "show", path("out"))).toMatchObject({ code: 0, stdout: expect.stringContaining("1 to ") });
    const taken = await serverSays(url, "import", path("out"), "--answers", path("back"));
    expect(taken).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^vault: \d+ reports stored, its chain ends with \d+ of epoch 1$/m),
    });
    // The request is still on the stick: whoever lets it in once more must not end the epoch that the host goes on with.
    expect(await serverSays(url, "host", "admit", path("join"), "--answer", path("late"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("It let vault in before"),
    });
    expect((await serverSays(url, "import", path("out"))).stdout).toContain("0 reports stored, 1 deliveries had come before");
    const seen = async () => (await get(`${own.peopleUrl}/api/v1/hosts/vault`)).body as Host & { explanation: string; labels: object };
    const { explanation, labels } = await until("it is seen as carried", async () => {
      const body = await seen();
      return body.evidence !== null && body.liveness === "carried" && body;
    });
    expect([explanation, labels]).toEqual([expect.stringContaining("reports are carried here in files"), { site: "vault" }]);
    expect((await get(`${own.peopleUrl}/metrics`)).bytes.toString()).toContain(
      'truebound_host_liveness{host="vault",liveness="carried"} 1',
    );

    expect(await agentSays("spool", "acknowledge", path("back"))).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("was answered"),
    });
    const last = Number(/up to (\d+)/.exec(exported)?.[1]);
    await until("more reports wait", async () => /: [1-9]\d* reports/.test((await agentSays("spool", "export", path("more"))).stderr));
    const more = (await agentSays("spool", "show", path("more"))).stdout;
    expect(more).toContain(`, ${last + 1} to `);
    writeFileSync(path("torn"), readFileSync(path("more"), "utf8").slice(0, -10));
    expect(await serverSays(url, "import", path("torn"), "--answers", path("back2"))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/vault: [1-9]\d* reports stored/),
      stderr: expect.stringContaining("The file was cut short"),
    });
    await agentSays("spool", "acknowledge", path("back2"));
    expect(await agentSays("spool", "acknowledge", path("back"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("these are old"),
    });
    await agent.stop();
    expect(agent.said()).toContain("reports wait in the spool to be carried");
    await own.stop();
  }, 120_000);
});

/** Runs the built truebound to its end. */
function runServer(args: readonly string[], env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("TRUEBOUND_") && key !== "DATABASE_URL"));
  return new Promise((resolve) => {
    execFile(process.execPath, [SERVER, ...args], { env: { ...clean, ...env }, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const SERVER = join(import.meta.dirname, "../server/dist/main.js");

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { runScenario } from "@truebound/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { AGENT, loggedIn, temporaryFolder } from "../helpers.ts";
import { times } from "./scale.ts";

const POLLS = times(100, 1000);
const POLL_PLACES = join(import.meta.dirname, "../../../packages/testkit/dist/child/poll-places.js");
const runs = (program: string, ...args: string[]) => spawnSync(program, args, { timeout: 5000 }).status === 0;
/** A network of our own, as root or as whoever may be root in a namespace. */
const OWN_NETWORK = [
  ["unshare", "--net"],
  ["unshare", "--user", "--map-root-user", "--net"],
].find(([program = "", ...args]) => runs(program, ...args, "ip", "link", "set", "lo", "up"));

interface Place {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly trouble: string;
  readonly polls?: number;
}

/** Routes that refuse in each of the ways that Linux has, and a router behind a link that answers with ICMP, as fast as it is asked. */
const ROUTES = [
  "ip link set lo up",
  "ip route add unreachable 203.0.113.1",
  "ip route add prohibit 203.0.113.2",
  "ip link add down0 type veth",
  "ip addr add 198.51.100.1/24 dev down0",
];
const ROUTER = [
  "unshare --net sleep 600 & router=$!",
  "trap 'kill $router' EXIT",
  "for turn in $(seq 200); do [ $(readlink /proc/$router/ns/net) != $(readlink /proc/self/ns/net) ] && break; sleep 0.05; done",
  "ip link add near type veth peer name far netns $router",
  "ip addr add 192.0.2.1/24 dev near",
  "ip link set near up",
  "nsenter --target $router --net sh -c 'ip addr add 192.0.2.2/24 dev far; ip link set far up; ip route add unreachable 203.0.113.128/25; echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv4/icmp_ratelimit; echo 0 > /proc/sys/net/ipv4/icmp_ratemask'",
  "ip route add 203.0.113.128/25 via 192.0.2.2",
];

const PLACES: readonly Place[] = [
  { name: "closed port", address: "127.0.0.1", port: 9, trouble: "connection_refused" },
  { name: "unreachable route", address: "203.0.113.1", port: 123, trouble: "host_unreachable" },
  { name: "prohibited route", address: "203.0.113.2", port: 123, trouble: "not_permitted" },
  { name: "link that is down", address: "198.51.100.9", port: 123, trouble: "network_unreachable" },
  { name: "no route", address: "233.252.0.1", port: 123, trouble: "network_unreachable" },
  { name: "no route, IPv6", address: "2001:db8::1", port: 123, trouble: "network_unreachable" },
  { name: "storm of ICMP port unreachable", address: "192.0.2.2", port: 9, trouble: "connection_refused" },
  // Linux keeps what a router says of a host from a socket (it may pass): that is silence, and takes the whole second.
  { name: "storm of ICMP host unreachable", address: "203.0.113.200", port: 123, trouble: "timeout", polls: 3 },
];

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  /** Its exit code, once all that it said has been read. */
  readonly ended: Promise<number | null>;
}

/** Runs `command` in a network of its own; the child is the command itself, so that a signal reaches it. */
function inOwnNetwork(setUp: readonly string[], command: string): Run {
  const [program = "", ...args] = OWN_NETWORK ?? [];
  const child = spawn(program, [...args, "sh", "-c", `set -e; ${setUp.join("; ")}; ${command}`], { stdio: ["ignore", "pipe", "pipe"] });
  const run: Run = { child, stdout: "", stderr: "", ended: new Promise((resolve) => child.once("close", resolve)) };
  child.stdout.on("data", (text) => {
    run.stdout += text;
  });
  child.stderr.on("data", (text) => {
    run.stderr += text;
  });
  return run;
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
let agent: ChildProcess | null = null;
afterEach(() => {
  agent?.kill("SIGKILL");
  agent = null;
});

describe.skipIf(OWN_NETWORK === undefined)(
  "R9 where nothing can be reached (skipped: no network namespace can be made, or ip is missing)",
  () => {
    it("each way of being refused has its name, from the first poll on, and ends no process", { timeout: 300_000 }, async () => {
      const job = {
        places: PLACES.map(({ name, address, port, polls }) => ({ name, address, port, polls: polls ?? POLLS })),
        polls: POLLS,
        starve: true,
      };
      // Few descriptors, so that they are soon taken.
      const command = `ulimit -n 2000; ${quoted([process.execPath, POLL_PLACES, JSON.stringify(job)])}`;
      const run = inOwnNetwork([...ROUTES, ...ROUTER], command);
      const code = await run.ended;
      expect({ code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
      const said = run.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { mode: string; place: string; troubles: Record<string, number> });
      expect(said.length).toBeGreaterThanOrEqual(PLACES.length + 2);
      for (const { mode, place, troubles } of said) {
        const known = PLACES.find(({ name }) => name === place);
        const expected = known?.trouble ?? (place === "starved" ? "out_of_descriptors" : "connection_refused");
        const polls = known?.polls ?? (place.endsWith("again") ? 10 : POLLS);
        expect({ mode, place, troubles }).toEqual({ mode, place, troubles: { [expected]: polls } });
      }
    });

    it("the agent lives on among them, says so, and fills no log", { timeout: 120_000 }, async () => {
      const folder = temporaryFolder();
      const sources = [...PLACES.slice(0, 4).map(({ address, port }) => `${address}:${port}`), "nobody.example.test"].join(",");
      const settings = [`TRUEBOUND_AGENT_DATA_DIR=${folder.path}`, `TRUEBOUND_SOURCES=${sources}`, "TRUEBOUND_PROBE_INTERVAL=1s"];
      const seconds = times(8, 70);
      const run = inOwnNetwork(ROUTES, `exec env ${quoted([...settings, process.execPath, AGENT, "run"])}`);
      agent = run.child;
      const until = (condition: () => boolean, timeout: number) => expect.poll(condition, { timeout, interval: 50 }).toBe(true);
      await until(() => run.stderr.includes("status unknown (never_measured)"), 30_000);
      const since = performance.now();
      await until(() => performance.now() - since > seconds * 1000, 2 * seconds * 1000);
      expect(run.child.exitCode).toBeNull();
      run.child.kill("SIGTERM");
      expect(await run.ended).toBe(0);
      folder.remove();
      const lines = loggedIn(run.stderr)
        .map(({ said }) => said)
        .filter((line) => !line.startsWith("stamps by"));
      const classes = new Map<string, number>();
      for (const line of lines) classes.set(line.replace(/\d+/g, "N"), (classes.get(line.replace(/\d+/g, "N")) ?? 0) + 1);
      const most = 6 * Math.max(1, seconds / 60);
      expect([...classes].filter(([, count]) => count > most)).toEqual([]);
    });
  },
);

describe("R9 a source that is gone for an hour", () => {
  it("is held over, then unknown, then proven again, and never false", () => {
    const sources = [1, 2, 3].map((last) => ({
      address: `198.51.100.${last}:123`,
      thereMs: 4,
      backMs: 4,
      jitterMs: 1,
      silentFromS: 300,
      silentUntilS: 300 + 3700,
    }));
    const { rows, missed } = runScenario({
      name: "gone",
      seconds: 4300,
      seed: 9,
      clock: { driftPpb: 90_000, aheadNs: 2_000_000 },
      sources,
    });
    expect(missed).toEqual([]);
    const order = rows.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
    expect(order.slice(order.indexOf("proven"))).toEqual(["proven", "holdover", "unknown", "unverified", "proven"]);
  });
});

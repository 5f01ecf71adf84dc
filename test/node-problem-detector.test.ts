import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AgentFacts, agentPage } from "../agent/src/metrics/agent-page.ts";
import { present } from "../agent/src/metrics/present.fixture.ts";

const FOLDER = join(import.meta.dirname, "../deploy/kubernetes/node-problem-detector");
const SCRIPT = join(FOLDER, "truebound-clock.sh");
const MS = 1_000_000n;

let page = "";
let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

async function served(text: string): Promise<number> {
  page = text;
  server = createServer((req, res) => (req.url === "/metrics" ? res.end(page) : res.writeHead(404).end()));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** As the detector runs it: what it reads is the exit code and standard output. */
const plugin = (...args: readonly (string | number)[]): Promise<{ code: number; out: string }> =>
  new Promise((resolve) =>
    execFile(SCRIPT, args.map(String), { timeout: 20_000, env: { PATH: "/nowhere" } }, (error, out) =>
      resolve({ code: error === null ? 0 : Number(error.code), out }),
    ),
  );

const facts = (more: Partial<AgentFacts> = {}): AgentFacts => ({
  present: present({}),
  ageNs: 500_000_000n,
  limitNs: null,
  steps: 0,
  version: "0.1.0",
  ...more,
});
const said = (lo: bigint, hi: bigint) => agentPage(facts({ present: present({ offset: { lo, hi } }) }), "text");

describe("the plugin of node-problem-detector", () => {
  it.each([
    ["within", said(-1_000n, 3_000n), 0, 0, "Clock within 100 ms: 3 us at most, proven"],
    ["just within", said(-99n * MS, 99_999_997n), 0, 0, "Clock within 100 ms"],
    ["on both sides of the limit", said(-1n, 101n * MS), 2, 1, "101000 us at most"],
    ["beyond it", said(101n * MS, 102n * MS), 1, 1, "Clock proved over 100 ms off: 101000 us at least"],
    ["beyond it, ahead of UTC", said(-3_000n * MS, -2_000n * MS), 1, 1, "Clock proved over 100 ms off: 2000000 us at least"],
    ["at its edge", said(100n * MS, 102n * MS), 2, 1, "102000 us at most"],
    ["with no bound", agentPage(facts({ present: present({ offset: null, tight: null, status: "unknown" }) }), "text"), 2, 1, "unknown"],
    ["not read for long", agentPage(facts({ ageNs: 91_000_000_000n }), "text"), 2, 2, "has not read the clock for 91 s"],
    ["never read", agentPage(facts({ present: null }), "text"), 2, 2, "has not read the clock yet"],
    ["of which another program speaks", "up 1\n", 2, 2, "is no truebound-agent"],
  ])("says of a clock %s what is proved", async (_, text, outside, unproven, words) => {
    const port = await served(text);
    const found = [await plugin("outside", 100, port), await plugin("unproven", 100, port)];
    expect(found.map(({ code }) => code)).toEqual([outside, unproven]);
    expect(found.some(({ out }) => out.includes(words))).toBe(true);
    for (const { out } of found) expect(out).toMatch(/^[\x20-\x7e]{1,80}\n$/);
  });

  it("does not know where nobody answers, where the answer does not end, or what it is asked", async () => {
    const port = await served("");
    server?.close();
    expect(await plugin("outside", 100, port)).toEqual({ code: 2, out: `No truebound-agent answers on 127.0.0.1:${port}\n` });
    const mute = createTcpServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    expect(await plugin("unproven", 100, (mute.address() as AddressInfo).port)).toMatchObject({ code: 2 });
    mute.close();
    for (const args of [[], ["inside"], ["outside", "1ms"], ["outside", "0"], ["outside", "100", "x"]])
      expect([args, (await plugin(...args)).code]).toEqual([args, 2]);
  });

  it("is set up by a file of the detector's form, which gives it no less time than it takes", () => {
    const config = JSON.parse(readFileSync(join(FOLDER, "truebound-clock.json"), "utf8")) as {
      plugin: string;
      pluginConfig: { timeout: string; max_output_length: number };
      conditions: { type: string; reason: string; message: string }[];
      rules: { type: string; condition: string; reason: string; path: string; args: string[]; timeout: string }[];
    };
    expect([config.plugin, config.pluginConfig.max_output_length]).toEqual(["custom", 80]);
    const types = config.conditions.map(({ type }) => type);
    for (const { type, condition, reason, path, args, timeout } of config.rules) {
      expect([type, types.includes(condition), path.endsWith("/truebound-clock.sh"), timeout]).toEqual(["permanent", true, true, "10s"]);
      expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(["outside", "unproven"]).toContain(args[0]);
    }
    expect(statSync(SCRIPT).mode & 0o111).toBe(0o111);
  });
});

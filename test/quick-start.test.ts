import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@truebound/testkit";
import { afterAll, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { walkedCommands } from "./doc-commands.ts";

/** docs/quick-start.md, by its own commands: on another port, and with this machine in the place of the second one. */
const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs/quick-start.md");
const folder = mkdtempSync(join(tmpdir(), "truebound-quick-start-"));
chmodSync(folder, 0o711);
const children: ReturnType<typeof spawn>[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

it("lets a second host in by what the page says to type", async () => {
  const [page, agents] = [await freePort(), await freePort()];
  const [tools, here, there] = ["tools", "here", "there"].map((name) => join(folder, name)) as [string, string, string];
  for (const place of [tools, here, there]) mkdirSync(place);
  writeFileSync(join(tools, "npx"), `#!/bin/sh\nname="$1"; shift\nexec "${process.execPath}" "${ROOT}/bin/$name.js" "$@"\n`, {
    mode: 0o755,
  });
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("TRUEBOUND_") && key !== "DATABASE_URL");
  const common = {
    ...Object.fromEntries(inherited),
    PATH: `${tools}:${process.env.PATH}`,
    TRUEBOUND_SOURCES: "127.0.0.1:9",
    TRUEBOUND_AGENT_HTTP_PORT: "0",
  };
  const first = {
    ...common,
    TRUEBOUND_DATA_DIR: join(folder, "data"),
    TRUEBOUND_HTTP_PORT: String(page),
    TRUEBOUND_LISTEN: `127.0.0.1:${agents}`,
  };
  const second = { ...common, TRUEBOUND_AGENT_DATA_DIR: join(folder, "second"), TRUEBOUND_HOST_NAME: "second" };
  const walked = (name: string): string =>
    walkedCommands(PAGE, name).replaceAll("8125", String(agents)).replaceAll("10.0.0.5", "127.0.0.1").replaceAll("0.0.0.0", "127.0.0.1");
  const type = (commands: string, cwd: string, env: NodeJS.ProcessEnv): SpawnSyncReturns<string> =>
    spawnSync("sh", ["-ec", commands], { cwd, env, encoding: "utf8", timeout: 60_000 });
  const start = (commands: string, cwd: string, env: NodeJS.ProcessEnv) => {
    const child = spawn("sh", ["-ec", commands], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const said = { out: "", code: undefined as number | null | undefined };
    child.stdout.on("data", (data) => (said.out += String(data)));
    child.on("close", (code) => (said.code = code));
    return { child, said };
  };

  const hosts = async () =>
    (
      (await (await fetch(`http://127.0.0.1:${page}/api/v1/hosts`)).json()) as {
        items: { name: string; last_received_at: string | null }[];
      }
    ).items;
  const heard = async (name: (known: string) => boolean) => (await hosts()).find((host) => name(host.name))?.last_received_at ?? null;
  const isFirst = (name: string) => name !== "second";

  const alone = start("exec npx truebound up", here, first);
  const before = await until("a report of the first host", () => heard(isFirst).catch(() => null), 60_000);
  alone.child.kill("SIGTERM");
  await until("the end of the first start", () => alone.said.code !== undefined, 60_000);
  expect(type(walked("certificate"), here, first).status).toBe(0);
  const product = start(`${walked("listen")}exec npx truebound up`, here, first);
  await until(
    "the page",
    () => (product.said.code === undefined ? product.said.out.includes("is measuring this host") : product.said.out),
    60_000,
  );
  const looked = type(walked("look"), here, first);
  expect([looked.status, looked.stdout]).toEqual([0, expect.stringMatching(/stamps[\s\S]*active[\s\S]*database/)]);
  const made = type(`${walked("listen")}${walked("token")}`, here, first);
  expect([made.status, made.stderr]).toEqual([0, expect.stringContaining(`lets one host in at https://127.0.0.1:${agents} within 600 s`)]);
  execFileSync("mv", [join(here, "join.token"), there]);
  const enrolled = type(walked("enrol"), there, second);
  expect([enrolled.status, existsSync(join(there, "join.token")), enrolled.stderr]).toEqual([0, false, expect.any(String)]);
  const agent = start("exec npx truebound-agent run", there, second);
  await until("the second host", () => heard((name) => name === "second"), 60_000);
  await until("the first host, which enrolled before there was TLS", async () => (await heard(isFirst)) !== before, 60_000);
  for (const [name, { child, said }] of [
    ["agent", agent],
    ["product", product],
  ] as const) {
    child.kill("SIGTERM");
    const { code } = await until(`the end of the ${name}`, () => (said.code === undefined ? null : { code: said.code }), 60_000);
    expect([name, code]).toEqual([name, 0]);
  }
}, 300_000);

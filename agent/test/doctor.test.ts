import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { DEFAULT_POLICY } from "@truebound/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runAgent, temporaryFolder } from "./helpers.ts";

const HAS_SIX = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === "::1"));

describe("truebound-agent doctor", () => {
  let folder = temporaryFolder();
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const SOURCES = { TRUEBOUND_SOURCES: "192.0.2.1,198.51.100.1,203.0.113.1" };

  it("looks at this host and makes nothing", async () => {
    const { code, stdout } = await runAgent(["doctor", "--json"], { ...SOURCES, TRUEBOUND_DATA_DIR: join(folder.path, "new") });
    const { fit, checks } = JSON.parse(stdout) as { fit: boolean; checks: { id: string; verdict: string; says: string; do: string[] }[] };
    const ids = checks.map(({ id }) => id);
    for (const id of ["native_code", "stamps", "clocksource", "daemon", "slew_limits", "sources", "peers", "data_folder"])
      expect(ids).toContain(id);
    expect(checks.find(({ id }) => id === "sources")).toMatchObject({ verdict: "ok" });
    expect(checks.find(({ id }) => id === "data_folder")).toMatchObject({ verdict: "ok" });
    expect(code).toBe(fit ? 0 : 1);
  });

  it.each([["udp4", "127.0.0.1"], ["udp4", "0.0.0.0"], ...(HAS_SIX ? [["udp6", "::1"] as const] : [])] as const)(
    "says whether the port of the mesh is free: %s at %s has it",
    async (kind, address) => {
      const socket = createSocket(kind);
      socket.bind(0, address);
      await once(socket, "listening");
      const { port } = socket.address();
      const settings = { ...SOURCES, TRUEBOUND_DATA_DIR: folder.path };
      mkdirSync(join(folder.path, "agent"));
      writeFileSync(join(folder.path, "agent/policy.json"), JSON.stringify({ ...DEFAULT_POLICY, mesh: { domain: "ams", port } }));
      const taken = await runAgent(["doctor"], settings);
      socket.close();
      await once(socket, "close");
      const free = await runAgent(["doctor"], settings);
      const line = (end: string) => `mesh "ams": the agent answers on [::]:${port} whomever its server names; that port is ${end}`;
      expect([taken.stdout, free.stdout]).toEqual([expect.stringContaining(line("in use")), expect.stringContaining(line("free"))]);
    },
  );

  it("says in words what to mend, and fails for what is bad", async () => {
    writeFileSync(join(folder.path, "file"), "");
    const { code, stdout } = await runAgent(["doctor"], { ...SOURCES, TRUEBOUND_DATA_DIR: join(folder.path, "file") });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad +data_folder +.*is not a folder\n +do: set TRUEBOUND_DATA_DIR/m);
    expect(stdout).toContain("Not fit:");
  });

  it("explains itself, and refuses what it does not know", async () => {
    expect((await runAgent(["doctor", "--help"])).stdout).toContain("usage: truebound-agent doctor");
    expect(await runAgent(["doctor", "--jsn"])).toMatchObject({ code: 2 });
    expect((await runAgent(["help"])).stdout).toContain("doctor ");
  });
});

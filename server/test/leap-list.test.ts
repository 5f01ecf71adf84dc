import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../src/server.ts";
import { quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";

let databases: TestDatabases;
let folder: string;
let url: string;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  folder = mkdtempSync(join(tmpdir(), "truebound-leap-"));
});
afterAll(async () => {
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (leapFile: string | null) =>
  startServer({
    databaseUrl: url,
    httpPort: 0,
    agents: { host: "127.0.0.1", port: 0 },
    siteDir: "/nonexistent",
    receiptKeyFile,
    leapFile,
    log: quiet,
  });

describe("the leap list", () => {
  it("goes out with every policy, and its expiry is a metric", async () => {
    const server = await start(null);
    try {
      const agent = new FakeAgent(server.agentsUrl);
      const list = { leap_list: expect.stringMatching(/^#\$\t3992312697\n#@\t4023129600\n2272060800\t10\n/) };
      expect((await agent.enrol(await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "leap")).body).toMatchObject({
        policy: list,
      });
      expect((await agent.send(batchOf(agent.id, []))).body).toMatchObject({ verdict: "stored", policy: list });
      const { body } = await get(`${server.peopleUrl}/metrics`);
      expect(`${body}`).toMatch(/^truebound_leap_list_expiry_seconds -?\d+/m);
    } finally {
      await server.stop();
    }
  });
  it("that is damaged stops the start, with the path and what to do", async () => {
    const path = join(folder, "damaged.list");
    writeFileSync(path, "#$ 1\n#@ 2\n2272060800 10\n#h 1 2 3 4 5\n");
    await expect(start(path)).rejects.toMatchObject({ message: expect.stringContaining(`${path}: its #h line`), exitCode: 78 });
    await expect(start(join(folder, "none"))).rejects.toThrow("there is no such file, or unset TRUEBOUND_LEAP_FILE");
    await expect(start(folder)).rejects.toThrow("it is no file");
  });
});

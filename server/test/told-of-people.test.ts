import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { apply } from "../src/apply/apply.ts";
import { ask, quiet } from "./database.ts";
import { call } from "./fake-agent.ts";
import { withoutJudge, writeIncident } from "./incident-rows.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests(undefined, withoutJudge);
const heard: { alerts: { labels: Record<string, string>; annotations: Record<string, string> }[] }[] = [];
let receiver: Server;

beforeAll(async () => {
  receiver = createServer((req, res) => {
    let text = "";
    req.on("data", (part: Buffer) => (text += part.toString()));
    req.on("end", () => {
      heard.push(JSON.parse(text));
      res.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const file = `version: 1\nchannels: [{ name: hook, kind: webhook, url: "${url}", allow_private: true }, { name: guarded, kind: webhook, url: "${url}" }]`;
  const pool = openPool(tested.url, quiet);
  const done = await apply(
    { store: applyStore(pool), read: async () => file, parse: parseYaml },
    { file: "clocks.yaml", diff: false, dryRun: false, json: false },
  );
  await pool.end();
  expect(done.code).toBe(0);
});
afterAll(async () => {
  receiver?.closeAllConnections();
  await new Promise((resolve) => receiver?.close(resolve));
});

const post = (path: string, body: object) =>
  call("POST", `${tested.server.peopleUrl}/api/v1${path}`, { "content-type": "application/json" }, JSON.stringify(body));

describe("what people do on the API", () => {
  it("tests a channel of a file, and says what is wrong with one", async () => {
    expect(await post("/channels/hook/test", {})).toMatchObject({ status: 200, body: { delivered: true, error: null } });
    expect(heard).toHaveLength(1);
    expect(await post("/channels/guarded/test", {})).toMatchObject({
      status: 200,
      body: { delivered: false, error: expect.stringContaining("allow_private") },
    });
    expect(heard).toHaveLength(1);
  });
  it("is told to channels: an acknowledgement arrives", async () => {
    const id = await writeIncident(tested.url, { told: true, notices: 1, channels: ["hook"], alerts: [{ host: "web-1" }] });
    expect((await post(`/incidents/${id}/acknowledge`, { who: "Ada" })).status).toBe(200);
    await until("the acknowledgement", () => heard.length > 1);
    const [row] = await until("its delivery", async () => {
      const rows = await ask<{ state: string }>(tested.url, "select state from delivery where channel = 'hook'");
      return rows.some(({ state }) => state === "delivered") && rows;
    });
    expect([row?.state, JSON.stringify(heard.at(-1))]).toEqual(["delivered", expect.stringContaining("web-1")]);
  });
});

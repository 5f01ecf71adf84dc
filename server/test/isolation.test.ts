import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { deflateSync } from "node:zlib";
import { BATCH_DICTIONARY } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../src/server.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, call, FakeAgent } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";

/** R27: one agent, or whoever pretends to be many, takes nothing from the others. */
const QUOTA = {
  deliveriesPerSecond: 5,
  deliveriesAtOnce: 60,
  bytesPerSecond: 1e6,
  bytesAtOnce: 1e7,
  batchesPerSecond: 100,
  batchesAtOnce: 1_000,
  readingMsPerSecond: 50,
  readingMsAtOnce: 1_000,
};

let databases: TestDatabases;
let server: RunningServer;
let url: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url, { quota: QUOTA });
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
});

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const batch = (agent: FakeAgent, second = 0) => batchOf(agent.id, [{ realtime: T0 + BigInt(second) * S, lo: -1000n, hi: 1000n }]);

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

/** Reports of ten calm agents; every one of them must be taken. */
async function othersReport(agents: readonly FakeAgent[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(agents.map((agent) => agent.send(batch(agent, agent.seq))));
    expect(answers.map(({ status }) => status)).toEqual(agents.map(() => 200));
  }
}

describe("others are served, and whoever runs wild is told how long to wait", () => {
  it("while one agent sends a hundred times what it may", async () => {
    const wild = await enrolled("wild");
    const calm = await Promise.all(Array.from({ length: 10 }, (_, index) => enrolled(`calm-${index}`)));
    const { headers, body } = wild.signed(Buffer.from(JSON.stringify(batch(wild))));
    let [taken, refused] = [0, 0];
    const flood = async () => {
      for (let count = 0; count < 100; count++) {
        const { status, headers: said } = await call("POST", `${wild.url}/api/v1/batches`, headers, body);
        if (status === 200) taken += 1;
        else {
          expect([status, Number(said["retry-after"]) >= 1]).toEqual([429, true]);
          refused += 1;
        }
      }
    };
    await Promise.all([flood(), flood(), flood(), flood(), othersReport(calm, 20)]);
    expect(taken + refused).toBe(400);
    expect(refused).toBeGreaterThan(100);
    expect(await ask(url, "select count(*) as n from evidence where host_id = $1", [wild.id])).toEqual([{ n: 1n }]);
  });

  it("while one agent sends batches that take long to read, one of them twice and ten times", { timeout: 60_000 }, async () => {
    const wild = await enrolled("laborious");
    const calm = await Promise.all(Array.from({ length: 5 }, (_, index) => enrolled(`unhindered-${index}`)));
    const rows = Array.from({ length: 5_000 }, (_, index) => {
      const [lo, hi] = index % 160 === 7 ? [5n, -5n] : [-1_000n, 1_000n];
      return { realtime: T0 + BigInt(index) * 1_000_000n, lo, hi };
    });
    const content = deflateSync(JSON.stringify(batchOf(wild.id, rows)), { dictionary: Buffer.from(BATCH_DICTIONARY) });
    const { headers, body } = wild.signedAll(
      Array.from({ length: 8 }, () => content),
      null,
    );
    const answers: Awaited<ReturnType<typeof call>>[] = [];
    while (answers.length < 40 && answers.at(-1)?.status !== 429) {
      answers.push(await call("POST", `${wild.url}/api/v1/batches`, headers, body));
      await othersReport(calm, 1);
    }
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: "rate", detail: expect.stringContaining("takes long to read") } });
    expect(Number(answers.at(-1)?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    await othersReport(calm, 3);
  });

  /** Dials so often, and announces a mebibyte each time that never comes. Resolves with what was answered, once that is `least`. */
  async function announce(head: string, count: number, least: number): Promise<{ answers: string[]; end: () => void }> {
    const { hostname, port } = new URL(server.agentsUrl);
    const sockets: Socket[] = [];
    const answers: string[] = [];
    for (let one = 0; one < count; one++) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      socket.on("data", (data) => answers.push(data.toString("latin1")));
      socket.write(head);
      socket.write(randomBytes(100));
      sockets.push(socket);
    }
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(least);
    return { answers, end: () => sockets.forEach((socket) => void socket.destroy()) };
  }

  it("while hundreds of sockets that nobody signed for hold what they announce: they are turned away at once", async () => {
    const calm = await Promise.all(Array.from({ length: 5 }, (_, index) => enrolled(`beside-${index}`)));
    const { answers, end } = await announce("POST /api/v1/batches HTTP/1.1\r\nhost: x\r\ncontent-length: 1048000\r\n\r\n", 500, 500);
    expect(answers.every((text) => text.startsWith("HTTP/1.1 400 "))).toBe(true);
    await othersReport(calm, 5);
    end();
  });

  it("while one agent signs for hundreds of bodies that never come: it has what one agent may have", async () => {
    const [slow, ...calm] = await Promise.all(Array.from({ length: 5 }, (_, index) => enrolled(`slow-${index}`)));
    if (slow === undefined) throw new Error("nobody was enrolled");
    const { headers } = slow.signed(Buffer.from(JSON.stringify(batch(slow))));
    const { host } = new URL(server.agentsUrl);
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const whole = `POST /api/v1/batches HTTP/1.1\r\nhost: ${host}\r\n${head.join("")}content-length: 1048000\r\n\r\n`;
    const { answers, end } = await announce(whole, 200, 150);
    expect(answers.every((text) => text.startsWith("HTTP/1.1 429 ") && /retry-after: \d+/i.test(text))).toBe(true);
    await othersReport(calm, 5);
    end();
  });

  it("when a host brings a million labels, or a name of a megabyte", async () => {
    const agent = new FakeAgent(server.agentsUrl);
    const token = await server.createToken({ labels: {}, uses: 2, ttlSeconds: 600 });
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`l${index}`, "v"]));
    expect((await agent.enrol(token, "labelled", many)).body.code).toBe("malformed");
    const more = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`l${index}`, "v"]));
    expect((await agent.enrol(token, "labelled", more)).body.code).toBe("too_large");
  });

  it("when a delivery does not say how long it is", async () => {
    const agent = await enrolled("endless");
    const { headers, body } = agent.signed(Buffer.from(JSON.stringify(batch(agent))));
    const { hostname, port } = new URL(server.agentsUrl);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`POST /api/v1/batches HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${head.join("")}transfer-encoding: chunked\r\n\r\n`);
        socket.write(`${body.length.toString(16)}\r\n`);
      });
      socket.once("data", (data) => {
        resolve(data.toString("latin1"));
        socket.destroy();
      });
      socket.once("error", reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

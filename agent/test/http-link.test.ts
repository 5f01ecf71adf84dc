import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { DEFAULT_LIMITS, type ExchangeLimits } from "../src/adapters/exchange-limits.ts";
import { HttpLink } from "../src/adapters/http-link.ts";
import { startAgent, temporaryFolder } from "./helpers.ts";

/** How long the agent waits for a server whose answer does not end, or comes slowly. */
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const REQUEST = { agent: "a", epoch: 1, seq: 1, prev: "", head: "", contentDigest: "", sent: "" };
const LIMITS: ExchangeLimits = { ...DEFAULT_LIMITS, answerMs: 400 };

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function linked(listener: RequestListener, limits: ExchangeLimits, ending?: AbortSignal): Promise<HttpLink> {
  const signer = { publicKey: "", sign: () => new Uint8Array(64) };
  const trust = { receiptKey: () => null, pins: () => [], despite: () => undefined, ...(ending && { ending }) };
  const link = new HttpLink(new URL(await listening(listener)), signer, trust, limits);
  closers.push(() => link.close());
  return link;
}

/** A byte each 50 ms, without end or until so many were sent. */
const dripping =
  (count: number, begun: () => void = () => undefined): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(200, { "content-length": String(count) });
    let left = count;
    const timer = setInterval(() => response.write(left-- > 1 ? " " : "1", () => begun()), 50);
    response.on("close", () => clearInterval(timer));
  };

it("gives up an answer that drips, whole or not, when its time is over", async () => {
  const link = await linked(dripping(1_000_000), LIMITS);
  const began = performance.now();
  const answer = await link.postBatches(REQUEST, new Uint8Array(3));
  expect(answer).toMatchObject({ kind: "no_answer", reason: expect.stringMatching(/^no whole answer from 127.0.0.1:\d+ within 0.4 s$/) });
  expect(performance.now() - began).toBeGreaterThan(350);
});

it("takes an answer that is slow and ends in time", async () => {
  const link = await linked(dripping(5), { ...LIMITS, answerMs: 8_000, silenceMs: 4_000 });
  expect(await link.postBatches(REQUEST, new Uint8Array(3))).toMatchObject({ kind: "answer", status: 200, body: 1 });
});

it("counts from the end of the request, however long that is under way", async () => {
  const body = new Uint8Array(64 * 1024 * 1024);
  const limits = { ...LIMITS, answerMs: 1_000, silenceMs: 5_000 };
  let [read, took] = [0, 0];
  const link = await linked((request, response) => {
    const began = performance.now();
    // As over a slow road, until what is left still does not fit into the buffers of two sockets.
    request.on("data", (chunk: Buffer) => {
      read += chunk.length;
      if (read > body.length / 4) return;
      request.pause();
      setTimeout(() => request.resume(), 5);
      took = performance.now() - began;
    });
    request.on("end", () => response.end("1"));
  }, limits);
  expect(await link.postBatches(REQUEST, body)).toMatchObject({ kind: "answer", body: 1 });
  expect(took).toBeGreaterThan(limits.answerMs);
});

it("says so where nothing comes at all", async () => {
  const link = await linked((request) => request.resume(), { ...DEFAULT_LIMITS, silenceMs: 200 });
  expect(await link.postBatches(REQUEST, new Uint8Array(3))).toMatchObject({
    reason: expect.stringMatching(/^no answer from .* within 0.2 s$/),
  });
});

it("gives up what is under way soon after the agent ends, and does not ask again", async () => {
  const ending = new AbortController();
  const link = await linked(
    dripping(1_000_000, () => ending.abort()),
    { ...DEFAULT_LIMITS, underWayMs: 100 },
    ending.signal,
  );
  expect(await link.postBatches(REQUEST, new Uint8Array(3))).toMatchObject({ reason: expect.stringMatching(/^the agent ends.* 0.1 s$/) });
  const began = performance.now();
  expect(await link.post("/x", {})).toMatchObject({ reason: expect.stringMatching(/^the agent ends.* 0.1 s$/) });
  expect(performance.now() - began).toBeLessThan(DEFAULT_LIMITS.lastWordMs / 2);
});

it("lets an agent that ends say its last word, and waits a while for that", async () => {
  const limits = { ...DEFAULT_LIMITS, underWayMs: 1, lastWordMs: 300 };
  const heard = await linked((request, response) => request.resume().on("end", () => response.end("1")), limits, AbortSignal.abort());
  expect(await heard.post("/x", {})).toMatchObject({ kind: "answer", body: 1 });
  const unheard = await linked(dripping(1_000_000), limits, AbortSignal.abort());
  expect(await unheard.post("/x", {})).toMatchObject({ reason: expect.stringMatching(/^the agent ends.* 0.3 s$/) });
});

it("an agent ends soon though its enrolment is answered without end", async () => {
  const folder = temporaryFolder();
  let agent: ChildProcess | null = null;
  const end = () => {
    if (agent?.killed === false) agent.kill("SIGTERM");
  };
  const server = await listening(dripping(1_000_000, end));
  agent = startAgent({ TRUEBOUND_SERVER_URL: server, TRUEBOUND_SOURCES: "127.0.0.1:9", TRUEBOUND_AGENT_DATA_DIR: folder.path });
  const [code] = await once(agent, "exit", { signal: AbortSignal.timeout(9_000) }).finally(() => {
    agent?.kill("SIGKILL");
    folder.remove();
  });
  expect(code).toBe(0);
});

import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { refuse } from "../../refusal.ts";
import { type BatchesPorts, batches } from "./batches.ts";

/** Admission that waits until the test lets it go on. */
let admitting: () => Promise<void> = async () => {};
const server = createServer();
beforeAll(async () => {
  const ingest = {
    admit: async () => {
      await admitting();
      return { agent: "a" };
    },
    receive: async () => refuse("bad_digest", "it came as far as this"),
  };
  const signer = { keyId: "k", sign: () => new Uint8Array(64), sha256: () => new Uint8Array(32), keyChanges: [] };
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const ports = { ingest, signer, counters: { add: () => {} }, log: quiet, schemes: ["http"], tlsProxy: false, isOutage: () => false };
  const road = batches(ports as unknown as BatchesPorts); // of all the rest of a server only this is asked
  server.on("request", road);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());

const post = () => {
  const { port } = server.address() as AddressInfo;
  return request({ host: "127.0.0.1", port, method: "POST", path: "/api/v1/batches", headers: { "content-length": 2 }, agent: false });
};

/** Its connection is gone before it was admitted. */
async function hangUp(): Promise<void> {
  const asked = post();
  asked.on("error", () => {});
  const closed = new Promise<void>((resolve) => {
    server.once("request", (_, res) => res.once("close", () => resolve()));
  });
  const done = new Promise<void>((resolve) => {
    admitting = async () => {
      asked.destroy();
      await closed;
      setImmediate(resolve);
    };
  });
  asked.end("{}");
  await done;
}

it("an agent that hung up while it was admitted keeps no place: however often, its next delivery comes in", async () => {
  for (let times = 0; times < 6; times++) await hangUp();
  admitting = async () => {};
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = post();
    asked.once("error", reject);
    asked.once("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.end("{}");
  });
  expect(status).not.toBe(429);
  expect(status).toBe(400);
});

import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { Log } from "../../log.ts";
import { answeredWithin, isOutage, openPool } from "./pool.ts";

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** AuthenticationOk and ReadyForQuery, of PostgreSQL's protocol 3.0. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

let server: Server | null = null;
afterEach(() => server?.close());

/** A database that lets everybody in, and of which nothing is heard then. */
async function silentDatabase(): Promise<string> {
  server = createServer((socket) => socket.once("data", () => socket.write(WELCOME)).on("error", () => {}));
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `postgres://any@127.0.0.1:${(server.address() as AddressInfo).port}/any`;
}

it("a query to which nobody answers fails as an outage, and its connection is given up", async () => {
  const pool = openPool(await silentDatabase(), quiet);
  const error = await answeredWithin(pool, 20)
    .query("select $1", [1])
    .catch((error: unknown) => error);
  expect([String(error), isOutage(error), pool.totalCount]).toEqual(["Error: Query read timeout", true, 0]);
  await pool.end();
});

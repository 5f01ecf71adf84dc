import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { IdentityFiles } from "@truebound/agent";
import { afterEach, expect, it } from "vitest";
import { runAgent } from "../agent/test/helpers.ts";
import { ask } from "../server/test/database.ts";
import { until } from "../server/test/until.ts";
import { beginScene, type Ends, more, refilled, type Scene, stop, told } from "./restored-scene.ts";

/** A change of keys, and then a database that was restored from a backup of before it: real processes, a real PostgreSQL. */
const ends: Ends = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface KeyRow {
  readonly key: string;
  readonly endorsed: boolean;
  readonly signed: boolean;
}

const KEYS = `
  select encode(public_key, 'base64') as key, old_signature is not null as endorsed, from_seq is not null as signed
  from host_key order by agreed_at`;
const keysOf = (url: string) => ask<KeyRow>(url, KEYS);
const hostKey = async (url: string) => (await ask<{ key: string }>(url, "select encode(public_key, 'base64') as key from host"))[0]?.key;
const present = (dataDir: string) => Buffer.from(new IdentityFiles(dataDir).signer().publicKey, "base64url").toString("base64");

/** As a person orders it, until the server has a batch by the new key. */
async function rotate({ pair, dataDir }: Scene): Promise<void> {
  const before = await hostKey(pair.url);
  expect(await runAgent(["rotate"], { TRUEBOUND_AGENT_DATA_DIR: dataDir })).toMatchObject({ code: 0 });
  await until("a batch by the next key", async () => (await hostKey(pair.url)) !== before, 60_000);
}

it("agrees on its key again by the former one, and refills what came since", { timeout: 240_000 }, async () => {
  const scene = await beginScene(ends);
  const { pair, dataDir } = scene;
  await pair.backUp();
  const first = present(dataDir);
  await rotate(scene);
  await more(scene, "reports by the new key", 30);
  const second = present(dataDir);
  expect(second).not.toBe(first);

  await pair.restore();
  await refilled(scene);
  expect(await keysOf(pair.url)).toEqual([
    { key: first, endorsed: false, signed: true },
    { key: second, endorsed: true, signed: true },
  ]);
  expect([present(dataDir), statSync(join(dataDir, "key.former.pem")).mode & 0o777]).toEqual([second, 0o600]);
  expect(told(scene).filter((line) => line.includes("restored from before the change of keys"))).toHaveLength(1);
});

it("finds the one that the server knows also where two changes are missing there, and after a start", { timeout: 240_000 }, async () => {
  const scene = await beginScene(ends);
  const { pair, dataDir, start } = scene;
  await pair.backUp();
  const first = present(dataDir);
  await rotate(scene);
  for (let change = 0; change < 2; change++) {
    await stop(scene);
    if (change === 1) await pair.restore();
    start();
    if (change === 0) await rotate(scene);
  }
  await refilled(scene);
  const last = present(dataDir);
  expect(await keysOf(pair.url)).toMatchObject([{ key: first }, { key: last, endorsed: true, signed: true }]);
  expect(readFileSync(join(dataDir, "key.former.pem"), "utf8").match(/BEGIN PRIVATE KEY/g)).toHaveLength(2);
});

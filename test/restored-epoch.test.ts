import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { until } from "../server/test/until.ts";
import { beginScene, type Ends, LIFE, more, refilled, stop, storedIn, told } from "./restored-scene.ts";

/** A new epoch, and then a database that was restored from a backup of before it: real processes, a real PostgreSQL. */
const ends: Ends = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

it("is refilled across the epoch that began since: first what is missing of the one before, then the new one", {
  timeout: 240_000,
}, async () => {
  const scene = await beginScene(ends);
  const { pair, dataDir, start } = scene;
  const [spool, older] = [join(dataDir, "spool"), join(dataDir, "older-spool")];
  await pair.backUp();
  const backedUp = (await storedIn(pair.url)).size;
  await more(scene, "reports that the backup does not have", 30);
  await stop(scene);
  cpSync(spool, older, { recursive: true });
  start();
  await more(scene, "reports that the older copy of the spool does not have", 10);
  await stop(scene);
  rmSync(spool, { recursive: true });
  cpSync(older, spool, { recursive: true });
  start();
  await until("a new epoch", () => told(scene).some((line) => line.startsWith("started epoch 2")), 60_000);
  await more(scene, "reports of the new epoch", 10);

  await pair.restore();
  // What the second life sealed is on no disk any more: neither in the older copy nor in the backup.
  await refilled(scene, 2, (n) => Math.floor(n / LIFE) === 1);
  expect((await storedIn(pair.url)).size).toBeGreaterThan(backedUp + 40);
  expect(told(scene).filter((line) => line.startsWith("started epoch"))).toHaveLength(1);
});

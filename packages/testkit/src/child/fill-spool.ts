import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { constants, deflateSync } from "node:zlib";
import { numberedBatch } from "./numbered-batch.ts";

/**
 * `fill-spool SOURCES DATA_DIR COUNT`: so many numbered reports, from 0, behind the chain of an agent that does not run, as fast as
 * they can be written: as the version in SOURCES makes, seals and keeps them. Each is on disk before the next. Prints how many ms it
 * took.
 */
const [sources = "", dataDir = "", count = ""] = process.argv.slice(2);
const load = (path: string) => import(pathToFileURL(join(sources, path)).href);
const { IdentityFiles, SegmentFiles, Spool, seal } = (await load("agent/dist/index.js")) as typeof import("@truebound/agent");
const wire = (await load("packages/wire/dist/index.js")) as typeof import("@truebound/wire");

const sha256 = {
  hex: (text: string) => createHash("sha256").update(text).digest("hex"),
  base64: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64"),
};
const identity = new IdentityFiles(dataDir).identity();
const spool = new Spool(new SegmentFiles(join(dataDir, "spool")));
if (identity === null || spool.last === null) throw new Error(`Cannot fill the spool of ${dataDir}: its agent has not reported yet`);
const { agent } = identity;
const asKept = { level: 9, strategy: constants.Z_FILTERED, dictionary: Buffer.from(wire.BATCH_DICTIONARY) };
const began = performance.now();
for (let n = 0; n < Number(count); n++) {
  const body = deflateSync(
    JSON.stringify(numberedBatch({ version: wire.BATCH_VERSION, pack: wire.packColumn }, { agent, n, told: [], padBytes: 0 })),
    asKept,
  );
  spool.append(seal({ agent, ...spool.last }, body, sha256));
}
process.stdout.write(`${Math.ceil(performance.now() - began)}\n`);

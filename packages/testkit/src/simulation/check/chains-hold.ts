import { createHash } from "node:crypto";
import { consistencyProof, entryHash, rootOf, saltOf, tileKey, tilesFrom, verifyConsistency } from "@truebound/audit";
import { headHash } from "@truebound/server";
import { chainText, genesisText } from "@truebound/wire";
import type { Host } from "../host.ts";
import { isHeadSigned, LOG_CRYPTO, SECRET } from "../log-tables.ts";
import type { Run } from "../run.ts";
import { chainOf, type Tables } from "../tables.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "chains hold";

/** Each host's chain of hashes is whole, the log is what its heads say, and each head continues the one before. */
export const chainsHold: Check = (run) =>
  said(CHECK, [...run.hosts.flatMap((host) => chainBreaks(run.tables, host)), ...logBreaks(run.tables), ...headBreaks(run)]);

const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text);

function chainBreaks(tables: Tables, host: Host): string[] {
  const broken: string[] = [];
  let before: { readonly epoch: number; readonly seq: number; readonly hash: string } | null = null;
  for (const { epoch, seq, prev, hash, body } of chainOf(tables, host.id)) {
    const place = `${host.plan.name} ${epoch}/${seq}`;
    const contentDigest = `sha-256=:${sha256(body).digest("base64")}:`;
    if (sha256(chainText({ agent: host.id, epoch, seq, prev, contentDigest })).digest("hex") !== hash)
      broken.push(`${place}: its hash is not that of its bytes`);
    const follows = before !== null && before.epoch === epoch && before.seq === seq - 1;
    const expected = seq === 1 ? sha256(genesisText(host.id, epoch)).digest("hex") : follows ? before?.hash : null;
    if (expected === null) broken.push(`${place}: what it follows is not there`);
    else if (expected !== prev) broken.push(`${place}: it follows another batch than the one before it`);
    before = { epoch, seq, hash };
  }
  return broken.slice(0, MOST_SAID);
}

/** The leaves of the tables give the root of the last head, and each batch has one leaf at most. */
function logBreaks(tables: Tables): string[] {
  const last = tables.heads.at(-1)?.head;
  if (last === undefined) return tables.leaves.length === 0 ? [] : ["the log has leaves, and no head"];
  if (last.size !== tables.leaves.length) return [`the last head is over ${last.size} leaves, and there are ${tables.leaves.length}`];
  const twice = tables.leaves.length - new Set(tables.leaves.map(({ text }) => text)).size;
  const hashes = tables.leaves.map(({ text, index }) =>
    entryHash(saltOf(SECRET, index, LOG_CRYPTO.hmac), Buffer.from(text), LOG_CRYPTO.sha256),
  );
  const stored = tables.tiles.get(tileKey({ level: 0, tile: 0 }));
  const first = Buffer.concat(hashes.slice(0, 256));
  return [
    ...(twice > 0 ? [`${twice} batches have more than one leaf`] : []),
    ...(stored !== undefined && Buffer.compare(stored, first) === 0 ? [] : ["the first tile of the log is not that of its leaves"]),
  ];
}

function headBreaks({ records, tables }: Run): string[] {
  const broken = records.heads.flatMap(({ head }) => (isHeadSigned(head) ? [] : [`head ${head.number} is not signed by the server's key`]));
  const tiles = tilesFrom([...tables.tiles].map(([key, hashes]) => ({ ...placeOf(key), hashes })));
  for (const [at, { head }] of tables.heads.entries()) {
    const next = tables.heads[at + 1]?.head;
    if (next === undefined) break;
    if (next.previous !== headHash(head, LOG_CRYPTO)) broken.push(`head ${at + 2} names another head before it than ${at + 1}`);
    const sizes = { from: head.size, to: next.size };
    const proof = consistencyProof(sizes.from, sizes.to, tiles, LOG_CRYPTO.sha256);
    const roots = { fromRoot: Buffer.from(head.root, "hex"), toRoot: Buffer.from(next.root, "hex") };
    if (!verifyConsistency({ ...sizes, ...roots, proof }, LOG_CRYPTO.sha256))
      broken.push(`head ${at + 2} is not consistent with the one before`);
  }
  const last = tables.heads.at(-1)?.head;
  if (last !== undefined && Buffer.from(rootOf(last.size, tiles, LOG_CRYPTO.sha256)).toString("hex") !== last.root)
    broken.push("the tiles give another root than the last head");
  return broken.slice(0, MOST_SAID);
}

function placeOf(key: string): { readonly level: number; readonly tile: number } {
  const [level, tile] = key.split("/").map(Number);
  if (level === undefined || tile === undefined) throw new Error(`Cannot read the place of a tile from ${key}`);
  return { level, tile };
}

import {
  consistencyProof,
  entryHash,
  entryText,
  inclusionProof,
  MissingTile,
  type TilePlace,
  type Tiles,
  tilesOfConsistency,
  tilesOfInclusion,
} from "@truebound/audit";
import { type SpokenHead, sayHead } from "../log-book/head-json.ts";
import { type BatchLeaf, hex, type LogCrypto, type SignedHead } from "../log-book/ports.ts";
import { batchEntry, type StoredRow } from "../log-book/sequence.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Parameters } from "./questions.ts";

export interface LogQuestions {
  readonly crypto: LogCrypto;
  headsBefore(number: number, most: number): Promise<SignedHead[]>;
  lastHeadOf(shard: string): Promise<SignedHead | null>;
  /** The id of a host by its id or name; null = there is none. */
  hostId(idOrName: string): Promise<string | null>;
  batchLeaves(host: string, epoch: number, from: number, to: number): Promise<BatchLeaf[]>;
  /** Null = the batch is no longer there. */
  storedRow(host: string, epoch: number, seq: number): Promise<StoredRow | null>;
  tilesAt(shard: string, places: readonly TilePlace[]): Promise<Tiles>;
}

const NEWEST = Number.MAX_SAFE_INTEGER;
const DEFAULT_LIMIT = 200;
const MOST = 1000;

/** The newest first. */
export async function askLogHeads(
  log: LogQuestions,
  { limit, after }: Parameters,
): Promise<{ items: SpokenHead[]; next: string | null } | Refusal> {
  const most = limit === undefined ? DEFAULT_LIMIT : wholeNumber(limit);
  if (most === null || most < 1 || most > MOST)
    return refuse("bad_request", `Cannot use limit=${limit}: it must be a whole number from 1 to ${MOST}`);
  const before = after === undefined ? NEWEST : wholeNumber(after);
  if (before === null) return refuse("bad_request", "Cannot use after: it must be the `next` of the page before");
  const items = (await log.headsBefore(before, most)).map(sayHead);
  return { items, next: items.length < most ? null : String(items.at(-1)?.number ?? 0) };
}

export interface LogProofAnswer {
  readonly head: SpokenHead;
  /** Hex. */
  readonly proof: readonly string[];
  readonly leaf: {
    readonly shard: string;
    readonly index: number;
    readonly hash: string;
    readonly salt: string;
    readonly entry: object | null;
  } | null;
  readonly consistency: { readonly shard: string; readonly from: number; readonly to: number } | null;
}

/** That a batch lies under the newest head of its shard, or that a shard of one size became one of another. */
export function askLogProof(log: LogQuestions, parameters: Parameters): Promise<LogProofAnswer | Refusal> | Refusal {
  const { host, epoch, seq, shard, from } = parameters;
  if (host !== undefined && epoch !== undefined && seq !== undefined && shard === undefined && from === undefined)
    return inclusion(log, host, wholeNumber(epoch), wholeNumber(seq));
  if (shard !== undefined && from !== undefined && host === undefined) return consistency(log, shard, wholeNumber(from));
  return refuse("bad_request", "Cannot prove that: give host, epoch and seq of a batch, or shard and from, the size that it had");
}

async function inclusion(log: LogQuestions, name: string, epoch: number | null, seq: number | null): Promise<LogProofAnswer | Refusal> {
  if (epoch === null || seq === null) return refuse("bad_request", "Cannot use epoch and seq: they must be whole numbers");
  const host = await log.hostId(name);
  if (host === null) return refuse("not_found", `There is no host ${JSON.stringify(name.slice(0, 60))}`);
  const leaf = (await log.batchLeaves(host, epoch, seq, seq)).find(({ kind }) => kind === "batch");
  const head = leaf === undefined ? null : await log.lastHeadOf(leaf.shard);
  if (leaf === undefined || head === null)
    return refuse("not_found", `Batch ${seq} of epoch ${epoch} lies under no head of the log; a new one is signed each minute`);
  return proved(async () => {
    const { shard, index, salt } = leaf;
    const own = { level: 0, tile: Math.floor(index / 256) };
    const tiles = await log.tilesAt(shard, [own, ...tilesOfInclusion(index, head.head.size)]);
    const proof = inclusionProof(index, head.head.size, tiles, log.crypto.sha256);
    const hash = tiles.hashes(own)?.subarray((index % 256) * 32, (index % 256) * 32 + 32) ?? new Uint8Array();
    const row = await log.storedRow(host, epoch, seq);
    const entry = row === null ? null : batchEntry(host, row);
    if (entry !== null && hex(entryHash(salt, Buffer.from(entryText(entry)), log.crypto.sha256)) !== hex(hash))
      return refuse("unavailable", "What is stored of this batch is not what was logged: truebound log verify says more");
    return {
      head: sayHead(head),
      proof: proof.map(hex),
      leaf: { shard, index, hash: hex(hash), salt: hex(salt), entry },
      consistency: null,
    };
  });
}

async function consistency(log: LogQuestions, shard: string, from: number | null): Promise<LogProofAnswer | Refusal> {
  if (from === null) return refuse("bad_request", "Cannot use from: it must be a whole number");
  const head = await log.lastHeadOf(shard);
  if (head === null || from > head.head.size)
    return refuse(
      "not_found",
      `Shard ${JSON.stringify(shard.slice(0, 20))} of the log has ${head?.head.size ?? 0} leaves, and never had ${from}`,
    );
  return proved(async () => {
    const to = head.head.size;
    const proof = consistencyProof(from, to, await log.tilesAt(shard, tilesOfConsistency(from, to)), log.crypto.sha256);
    return { head: sayHead(head), proof: proof.map(hex), leaf: null, consistency: { shard, from, to } };
  });
}

async function proved(work: () => Promise<LogProofAnswer | Refusal>): Promise<LogProofAnswer | Refusal> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MissingTile) return refuse("unavailable", `The log is damaged: ${error.message}; truebound log verify says more`);
    throw error;
  }
}

const wholeNumber = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { BucketCredentials, BucketPlace, SecretKey } from "../archive-place.ts";
import { type ArchiveStore, ArchiveUnreachable } from "../retention/archive.ts";
import { type BucketLimits, type BucketRequest, bucketRequests, type Operation, type Outcome } from "./bucket-requests.ts";

export interface BucketPorts {
  readonly counted: (operation: Operation, outcome: Outcome) => void;
  /** Aborted when the server stops: nobody waits for a slow store then. */
  readonly closed: AbortSignal;
  readonly limits?: BucketLimits;
  readonly fetch?: typeof fetch;
}

const LIMITS: BucketLimits = { wholeMs: 300_000, pieceMs: 10_000 };
const TRIES = 4;
const FIRST_PAUSE_MS = 200;
const WORDS: Readonly<Record<Operation, string>> = { put: "write", get: "read", remove: "remove" };

/** A bucket that speaks S3. The store is told the checksum of what it is given, and refuses other bytes. */
export function archiveBucket(place: BucketPlace, { counted, closed, limits = LIMITS, fetch: ask = fetch }: BucketPorts): ArchiveStore {
  const attempt = bucketRequests(place, () => keyOf(place.credentials), limits, closed, ask);
  const where = `s3://${place.bucket}/${place.prefix}`;
  const request = async (wanted: BucketRequest): Promise<Uint8Array> => {
    const { operation, name } = wanted;
    const cannot = `Cannot ${WORDS[operation]} ${name} in the archive ${where} at ${place.endpoint}`;
    for (let tried = 1; ; tried++) {
      const found = await attempt(wanted);
      if (found.kind === "again" && tried < TRIES && !closed.aborted) {
        counted(operation, "retried");
        await pauseBefore(tried, closed);
        continue;
      }
      counted(operation, found.kind === "done" ? "done" : "failed");
      if (found.kind === "done") return found.bytes;
      if (found.kind === "missing") throw new Error(`${cannot}: it is not there`);
      if (found.kind === "short")
        throw new Error(`${cannot}: it ends before ${wanted.range?.start ?? 0} + ${wanted.range?.length ?? 0} bytes`);
      throw new ArchiveUnreachable(`${cannot}: ${found.why}`);
    }
  };
  return {
    put: async (name, bytes) => {
      const digest = createHash("sha256").update(bytes).digest();
      const headers = { "content-type": "application/octet-stream", "x-amz-checksum-sha256": digest.toString("base64") };
      await request({ operation: "put", name, bytes, sha256: digest.toString("hex"), headers });
    },
    get: (name, range) =>
      range?.length === 0
        ? Promise.resolve(new Uint8Array())
        : request({ operation: "get", name, sha256: OF_NOTHING, ...(range === undefined ? {} : { range }) }),
    remove: async (name) => void (await request({ operation: "remove", name, sha256: OF_NOTHING })),
  };
}

const OF_NOTHING = createHash("sha256").digest("hex");

/** Longer each time, and never the same for two servers. */
async function pauseBefore(tried: number, closed: AbortSignal): Promise<void> {
  const most = FIRST_PAUSE_MS * 2 ** tried;
  await pause(most * (0.5 + Math.random() / 2), undefined, { signal: closed }).catch((error: unknown) => {
    if (!closed.aborted) throw error;
  });
}

async function keyOf(credentials: BucketCredentials): Promise<SecretKey> {
  if (credentials.from === "environment") return credentials;
  const { idFile, secretFile, tokenFile } = credentials;
  const [accessKeyId, secretAccessKey] = await Promise.all([wordIn(idFile), wordIn(secretFile)]);
  return { accessKeyId, secretAccessKey, sessionToken: tokenFile === null ? null : await wordIn(tokenFile) };
}

const wordIn = async (file: string): Promise<string> => (await readFile(file, "utf8")).trim();

import { copyFileSync, createReadStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { entryHash, entryText, HASH_BYTES, type LogEntry, PROFILES, type Profile, sayProfile } from "@truebound/audit";
import {
  bundleFolder,
  createReport,
  openReceiptKey,
  type ReportBatch,
  type ReportPorts,
  readStoredBody,
  verifyPorts,
} from "@truebound/server";
import { utc } from "@truebound/time";
import { BEGINS, type BigBatch, type BigFleet, batchCount, DELIVERED, hostId, MINUTE, receivedAt, saltAt, sha256 } from "./big-host.ts";
import type { BigHostDone, BigHostOrder, BigHostWork } from "./big-host-thread.ts";
import { BigLog, INSTALLATION } from "./big-log.ts";
import { stampByOpenssl } from "./openssl-authority.ts";

const THREADS = 2;
const nameOf = (index: number): string => `host-${index}`;
/** One that is shipped: the log of such a fleet says nothing of others. */
const PROFILE = sayProfile(PROFILES.find(({ id }) => id === "uk-rts25-hft") as Profile) as unknown as Readonly<Record<string, unknown>> & {
  readonly id: string;
};

/** Without a chain to UTC none of the evidence would be judged. */
export const CHAIN = {
  id: "chain",
  title: "Chain of the bench",
  sha256: "0".repeat(64),
  kind: "gnss",
  hosts: 1,
  valid_from: "2026-01-01",
  reviewed_at: null,
};

/** A bundle over all that a big fleet signed, made by what makes reports; its head is stamped by openssl, whose root is `OUT.root.pem`. */
export async function makeBigBundle(fleet: BigFleet, out: string, log: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-fleet-"));
  try {
    const leaves = new SharedArrayBuffer(fleet.hosts * (1 + batchCount(fleet)) * HASH_BYTES);
    log(`signing ${fleet.hosts * batchCount(fleet)} batches of ${fleet.hosts} hosts`);
    const keys = await signAll(fleet, leaves, folder);
    const stamp = (imprint: string): Uint8Array | null => {
      const stamped = stampByOpenssl(join(folder, "tsa"), imprint);
      if (stamped !== null) copyFileSync(stamped.root, `${out}.root.pem`);
      return stamped?.response ?? null;
    };
    const ports = portsOf(fleet, new Uint8Array(leaves), keys, folder, stamp);
    const request = { from: BEGINS, to: utc(BEGINS + BigInt(fleet.minutes) * MINUTE), profiles: [PROFILE.id], hosts: [] };
    const progress = (done: number, of: number, name: string) => log(`report: ${name}, ${done} of ${of}`);
    await createReport({ ...ports, sink: bundleFolder(out) }, request, { progress, signal: new AbortController().signal });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Public keys in the order of the hosts; their batches are in the folder. */
async function signAll(fleet: BigFleet, leaves: SharedArrayBuffer, folder: string): Promise<string[]> {
  const keys: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const thread = new Worker(new URL("./big-host-thread.js", import.meta.url), { workerData: { fleet, leaves } satisfies BigHostWork });
    const broken = new Promise<never>((_, reject) => thread.once("error", reject));
    try {
      while (next < fleet.hosts) {
        const index = next++;
        const done = new Promise<BigHostDone>((resolve) => thread.once("message", resolve));
        thread.postMessage({ index, path: join(folder, `${index}.ndjson`) } satisfies BigHostOrder);
        keys[index] = (await Promise.race([done, broken])).publicKey;
      }
    } finally {
      await thread.terminate();
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return keys;
}

type Stamp = (imprint: string) => Uint8Array | null;

function portsOf(fleet: BigFleet, leaves: Uint8Array, keys: readonly string[], folder: string, stamp: Stamp): Omit<ReportPorts, "sink"> {
  const enrolments = keys.map((public_key, at): LogEntry => ({ kind: "enrol", host: hostId(at), name: nameOf(at), public_key }));
  for (const [at, entry] of enrolments.entries()) leaves.set(entryHash(saltAt(at), Buffer.from(entryText(entry)), sha256), at * HASH_BYTES);
  const signer = openReceiptKey(join(folder, "receipt.key"));
  const log = new BigLog(fleet, leaves, enrolments, signer);
  log.anchoredBy(stamp);
  const facts = keys.map((_, at) => ({ id: hostId(at), name: nameOf(at), labels: {}, enrolledAt: BEGINS, retiredAt: null }));
  const indexOf = (id: string): number => facts.findIndex((one) => one.id === id);
  return {
    evidence: {
      hosts: async () => facts,
      keys: async (id) => [{ publicKey: Buffer.from(keys[indexOf(id)] as string, "base64url"), from: { epoch: 1, seq: 1 } }],
      batches: (id) => batchesIn(fleet, join(folder, `${indexOf(id)}.ndjson`)),
      statements: async () => [],
      removals: async () => "",
    },
    log,
    wire: verifyPorts.wire,
    readStored: readStoredBody,
    crypto: verifyPorts.crypto,
    book: {
      now: async () => utc(BEGINS + BigInt(fleet.minutes + 60) * MINUTE),
      installation: async () => INSTALLATION,
      last: async () => null,
      add: async () => undefined,
    },
    scopes: {
      scopes: async () => [],
      exemptions: async () => [],
      inventory: async () => null,
      schedule: async () => null,
      documents: async () => [CHAIN],
      allDocuments: async () => [],
    },
    profiles: async () => [PROFILE],
    changedProfiles: async () => new Map(),
    leaps: [{ from: 1_483_228_800_000_000_000n, taiMinusUtc: 37 }],
    signer,
    render: async (_, hash) => [{ name: "report.csv", bytes: Buffer.from(`sha256,${hash}\n`) }],
    newId: () => "bench",
    rest: async () => undefined,
    software: "truebound-bench",
  };
}

async function* batchesIn(fleet: BigFleet, path: string): AsyncGenerator<ReportBatch> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const { seq, hash, prevHash, body, delivery } = JSON.parse(line) as Omit<BigBatch, "body" | "delivery"> & {
      readonly body: string;
      readonly delivery: { readonly signedFrom: number; readonly signature: string } | null;
    };
    yield {
      kind: "batch",
      epoch: 1,
      seq,
      hash,
      prevHash,
      receivedAt: receivedAt(fleet, seq),
      body: Buffer.from(body, "base64"),
      whole: true,
      delivery: delivery && { ...DELIVERED, signedFrom: delivery.signedFrom, signature: Buffer.from(delivery.signature, "base64") },
    };
  }
}

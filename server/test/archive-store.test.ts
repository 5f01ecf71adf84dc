import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { archiveBucket } from "../src/adapters/archive-bucket.ts";
import { archiveDirectory } from "../src/adapters/archive-directory.ts";
import type { Operation, Outcome } from "../src/adapters/bucket-requests.ts";
import type { BucketPlace } from "../src/archive-place.ts";
import { type ArchiveStore, ArchiveUnreachable, checkArchive } from "../src/retention/archive.ts";
import { ASKED_BY_NAME, BUCKET, type Fault, type TestBucket, testBucket } from "./bucket.ts";

let bucket: TestBucket;
let named: TestBucket;
let folder: string;
beforeAll(async () => {
  bucket = await testBucket();
  named = await testBucket({ byName: true });
  folder = mkdtempSync(join(tmpdir(), "truebound-archive-store-"));
});
afterAll(async () => {
  await bucket?.stop();
  await named?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  bucket.befall(() => null);
  vi.restoreAllMocks();
});

const counts: string[] = [];
const counted = (operation: Operation, outcome: Outcome) => void counts.push(`${operation} ${outcome}`);
const LIMITS = { wholeMs: 20_000, pieceMs: 300 };
const storeAt = (place: BucketPlace, ask: typeof fetch = fetch, closed = new AbortController().signal) =>
  archiveBucket(place, { counted, closed, limits: LIMITS, fetch: ask });

/** As a name service would lead there; `fetch` itself lets nobody name another host than it dials. */
const byName: typeof fetch = (input, init = {}) => {
  const url = new URL(String(input));
  const headers = new Headers(init.headers);
  headers.set(ASKED_BY_NAME, url.host);
  return fetch(`${named.place.endpoint}${url.pathname}`, { ...init, headers });
};

const STORES: [string, () => ArchiveStore][] = [
  ["a directory", () => archiveDirectory(join(folder, "new", "evidence"))],
  ["a bucket in the path", () => storeAt(bucket.place)],
  [
    "a bucket before the host",
    () => storeAt({ ...named.place, endpoint: "https://s3.eu-central-1.amazonaws.com", addressing: "host" }, byName),
  ],
];
const bytes = (length: number, seed = 1) => Buffer.from(Array.from({ length }, (_, n) => (n * 31 + seed) % 251));

describe.each(STORES)("%s as a store of the archive", (_, open) => {
  it("gives back what was put, whole and in pieces", async () => {
    const store = open();
    await store.put("a.tba", bytes(5000));
    expect(Buffer.from(await store.get("a.tba"))).toEqual(bytes(5000));
    expect(Buffer.from(await store.get("a.tba", { start: 17, length: 300 }))).toEqual(bytes(5000).subarray(17, 317));
    expect(Buffer.from(await store.get("a.tba", { start: 4999, length: 1 }))).toEqual(bytes(5000).subarray(4999));
    expect(await store.get("a.tba", { start: 0, length: 0 })).toHaveLength(0);
  });
  it("puts as much as a file of the archive holds", async () => {
    const store = open();
    const large = Buffer.alloc(33 * 1024 * 1024, 7);
    large.set(bytes(1000), 30_000_000);
    await store.put("large.tba", large);
    expect(Buffer.compare(await store.get("large.tba"), large)).toBe(0);
    expect(Buffer.from(await store.get("large.tba", { start: 30_000_000, length: 1000 }))).toEqual(bytes(1000));
  });
  it("replaces one of the same name", async () => {
    const store = open();
    await store.put("b.tba", bytes(400, 1));
    await store.put("b.tba", bytes(100, 2));
    expect(Buffer.from(await store.get("b.tba"))).toEqual(bytes(100, 2));
  });
  it("keeps an empty one", async () => {
    const store = open();
    await store.put("empty.tba", new Uint8Array());
    expect(await store.get("empty.tba")).toHaveLength(0);
  });
  it("gives no less than it was asked for", async () => {
    const store = open();
    await store.put("short.tba", bytes(50));
    await expect(store.get("short.tba", { start: 40, length: 20 })).rejects.toThrow("ends before");
    await expect(store.get("short.tba", { start: 60, length: 20 })).rejects.toThrow("ends before");
    await expect(store.get("none.tba")).rejects.toThrow();
    await expect(store.get("none.tba", { start: 0, length: 1 })).rejects.toThrow();
  });
  it("removes one, and does not mind that there is none", async () => {
    const store = open();
    await store.put("c.tba", bytes(10));
    await store.remove("c.tba");
    await store.remove("c.tba");
    await expect(store.get("c.tba")).rejects.toThrow();
  });
  it("is found fit before it is needed", async () => expect(await checkArchive(open())).toBeUndefined());
});

/** So many requests meet it, and then no more. */
function once(fault: Fault, times = 1): void {
  let left = times;
  bucket.befall(() => (left-- > 0 ? fault : null));
}

describe("a bucket in trouble", () => {
  it.each<[string, Fault]>([
    ["answers 500", { answers: 500 }],
    ["answers 503", { answers: 503, code: "SlowDown" }],
    ["cuts an answer off", { cutsAnswerAt: 100 }],
    ["does not answer in time", { neverAnswers: true }],
  ])("that %s is asked again", async (_, fault) => {
    const store = storeAt(bucket.place);
    await store.put("patience.tba", bytes(5000));
    counts.length = 0;
    once(fault, 2);
    expect(Buffer.from(await store.get("patience.tba", { start: 1000, length: 2000 }))).toEqual(bytes(5000).subarray(1000, 3000));
    expect(counts).toEqual(["get retried", "get retried", "get done"]);
  });
  it.each<[string, Fault, string]>([
    ["500", { answers: 500 }, "it answers 500 InternalError"],
    ["nothing", { neverAnswers: true }, "it did not answer in time"],
    ["byte by byte", { dripsAnswer: true }, "it did not answer in time"],
    ["half", { cutsAnswerAt: 10 }, "Cannot read gives-up.tba in the archive s3://evidence-archive/fleet-1/"],
  ])("that answers %s for good is given up after four tries, and said", async (_, fault, why) => {
    const store = storeAt(bucket.place);
    await store.put("gives-up.tba", bytes(5000));
    counts.length = 0;
    bucket.befall(() => fault);
    const asked = store.get("gives-up.tba", { start: 0, length: 5000 });
    await expect(asked).rejects.toThrow(why);
    await expect(asked).rejects.toBeInstanceOf(ArchiveUnreachable);
    expect(counts).toEqual(["get retried", "get retried", "get retried", "get failed"]);
  });
  it("that lets nobody in is not asked again, and the message says what to do", async () => {
    const store = storeAt(bucket.place);
    counts.length = 0;
    bucket.befall(() => ({ answers: 403, code: "AccessDenied" }));
    await expect(store.put("denied.tba", bytes(10))).rejects.toThrow("403 AccessDenied; let these credentials read, write and delete");
    expect(counts).toEqual(["put failed"]);
  });
  it("refuses what was signed by another secret, and a bucket that is none says so", async () => {
    const { credentials } = bucket.place;
    const wrong = storeAt({
      ...bucket.place,
      credentials: { ...credentials, from: "environment", accessKeyId: "S3RVER", secretAccessKey: "x", sessionToken: null },
    });
    await expect(wrong.put("wrong.tba", bytes(10))).rejects.toThrow("SignatureDoesNotMatch; see whether the credentials are right");
    await expect(storeAt({ ...bucket.place, bucket: "no-such-bucket" }).put("x", bytes(1))).rejects.toThrow(
      "NoSuchBucket; make the bucket",
    );
  });
  it("that got other bytes than were sent refuses them", async () => {
    once({ flipsBodyAt: 7 });
    await expect(storeAt(bucket.place).put("flipped.tba", bytes(10))).rejects.toThrow("BadDigest; the bytes changed on their way");
  });
  it("is believed about the time when this host's clock is an hour off", async () => {
    const store = storeAt(bucket.place);
    const now = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
    await store.put("late.tba", bytes(10));
    bucket.seen.length = 0;
    expect(Buffer.from(await store.get("late.tba"))).toEqual(bytes(10));
    expect(bucket.seen).toEqual([`GET /${BUCKET}/fleet-1/late.tba`]);
  });
  it("keeps nobody waiting who stops", async () => {
    const closing = new AbortController();
    bucket.befall(() => {
      closing.abort();
      return { neverAnswers: true };
    });
    await expect(storeAt(bucket.place, fetch, closing.signal).get("stopped.tba")).rejects.toThrow(ArchiveUnreachable);
  });
  it("takes credentials from files, as they are when it is asked", async () => {
    const [idFile, secretFile] = [join(folder, "id"), join(folder, "secret")];
    writeFileSync(idFile, "S3RVER\n");
    writeFileSync(secretFile, "old\n");
    const store = storeAt({ ...bucket.place, credentials: { from: "files", idFile, secretFile, tokenFile: null } });
    await expect(store.put("rotated.tba", bytes(10))).rejects.toThrow("SignatureDoesNotMatch");
    writeFileSync(secretFile, "S3RVER\n");
    await store.put("rotated.tba", bytes(10));
  });
});

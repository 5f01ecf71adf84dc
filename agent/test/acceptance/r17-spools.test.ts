import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type NumbersChild, startNumbersChild } from "@truebound/testkit";
import { chainText, genesisText } from "@truebound/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IdentityFiles, sha256 } from "../../src/adapters/identity-file.ts";
import { SegmentFiles } from "../../src/adapters/segment-files.ts";
import type { Identity } from "../../src/report/ports.ts";
import { encodeFrame } from "../../src/spool/frame.ts";
import { type ChainEnd, seal } from "../../src/spool/sealed-batch.ts";
import { Spool } from "../../src/spool/spool.ts";
import { temporaryFolder } from "../helpers.ts";
import { REPORT_NUMBERS } from "./reporting-world.ts";

const MIB = 1024 * 1024;
const AGENT_ID = "00000000-0000-4000-8000-000000000001";
const MOST_RSS_KIB = 150 * 1024;
/** 256 MiB of batches of 64 KiB, as many as the spool keeps. */
const SPOOL_BYTES = 255 * MIB;
const BATCH_BYTES = 64 * 1024;

let folder: ReturnType<typeof temporaryFolder>;
let child: NumbersChild | null = null;
let server: Server;
let posts = 0;
beforeEach(async () => {
  folder = temporaryFolder();
  posts = 0;
  server = createServer((request, response) => {
    request.resume().on("end", () => {
      posts += 1;
      response.writeHead(503).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  child?.process.kill("SIGKILL");
  await child?.ended;
  child = null;
  server.close();
  folder.remove();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
const spoolFolder = () => join(folder.path, "spool");

/** An agent that has enrolled before, in the epoch of its spool. */
function enrolled(epoch: number): void {
  const files = new IdentityFiles(folder.path);
  const { publicKey } = files.signer();
  const identity: Identity = { version: 1, agent: AGENT_ID, server: url(), epoch, receiptKey: "r".repeat(43), pins: [], publicKey };
  files.keep(identity);
}

function start(): NumbersChild {
  const options = { dataDir: folder.path, server: url(), tokenFile: null, from: 0, everyMs: 100, padBytes: 0 };
  child = startNumbersChild(REPORT_NUMBERS, options);
  child.begin();
  return child;
}

/** Segments as the spool itself would have left them, written at once. */
function writeLargeSpool(): number {
  mkdirSync(spoolFolder(), { recursive: true });
  let end: ChainEnd = { agent: AGENT_ID, epoch: 1, seq: 0, hash: sha256.hex(genesisText(AGENT_ID, 1)) };
  let bytes = 0;
  while (bytes < SPOOL_BYTES) {
    const name = `000001-${String(end.seq + 1).padStart(12, "0")}.spool`;
    const frames: Uint8Array[] = [];
    for (let index = 0; index < MIB / BATCH_BYTES - 1; index++) {
      const batch = seal(end, Buffer.alloc(BATCH_BYTES, `{"n":${end.seq}}`), sha256);
      frames.push(encodeFrame(batch));
      end = { ...end, seq: batch.seq, hash: batch.hash };
    }
    const segment = Buffer.concat(frames);
    writeFileSync(join(spoolFolder(), name), segment);
    bytes += segment.length;
  }
  return end.seq;
}

/** The most memory that the process ever had, KiB. */
const peakOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

describe("R17 a spool from before", () => {
  it("of 256 MiB is opened in bounded memory, and the first batch is sent soon", { timeout: 120_000 }, async () => {
    enrolled(1);
    const batches = writeLargeSpool();
    const since = performance.now();
    const { process: running, lines, stderr } = start();
    await expect.poll(() => posts, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
    const took = (performance.now() - since) / 1000;
    await expect.poll(() => lines.some((line) => "n" in line && line.put === "durable"), { timeout: 20_000 }).toBe(true);
    const peak = peakOf(running.pid as number);
    expect(stderr()).toBe("");
    expect(peak).toBeLessThanOrEqual(MOST_RSS_KIB);
    console.log(
      `R17: ${batches} batches in 255 MiB, first sent ${took.toFixed(1)} s after the start, at most ${Math.round(peak / 1024)} MiB`,
    );
  });

  it("of the first version, whose names say no format, is read whole", () => {
    cpSync(join(import.meta.dirname, "spool-1"), spoolFolder(), { recursive: true });
    const spool = new Spool(new SegmentFiles(spoolFolder()));
    expect(spool.loss).toEqual({ tornBytes: 0, damagedFiles: [], newerFiles: [], droppedBatches: 0 });
    expect([spool.firstSeq, spool.newestHeld, spool.last?.epoch]).toEqual([1, 7, 3]);
    let prev = sha256.hex(genesisText(AGENT_ID, 3));
    for (let seq = 1; seq <= 7; seq++) {
      const batch = spool.read(seq);
      expect(JSON.parse(Buffer.from(batch?.body ?? []).toString())).toEqual({ n: seq, text: "23:59:60 · ünïcode" });
      const contentDigest = `sha-256=:${createHash("sha256")
        .update(batch?.body ?? "")
        .digest("base64")}:`;
      expect(batch).toMatchObject({ prev, hash: sha256.hex(chainText({ agent: AGENT_ID, epoch: 3, seq, prev, contentDigest })) });
      prev = batch?.hash as string;
    }
    spool.append(seal({ agent: AGENT_ID, epoch: 3, seq: 7, hash: prev }, Buffer.from("{}"), sha256));
    expect(new Spool(new SegmentFiles(spoolFolder())).last?.seq).toBe(8);
  });

  it("of a later version is set aside, kept byte for byte, and said; reporting goes on", { timeout: 60_000 }, async () => {
    enrolled(3);
    cpSync(join(import.meta.dirname, "spool-1"), spoolFolder(), { recursive: true });
    const name = "000003-000000000008.spool2";
    writeFileSync(join(spoolFolder(), name), "what version 2 writes");
    const { lines } = start();
    await expect.poll(() => posts, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(() => lines.some((line) => "n" in line && line.put === "durable"), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(join(spoolFolder(), `${name}.newer`), "utf8")).toBe("what version 2 writes");
    expect(existsSync(join(spoolFolder(), name))).toBe(false);
    expect(lines).toContainEqual({ log: expect.stringContaining(`later version: set aside as ${name}.newer`) });
    expect(lines).toContainEqual({ noted: "spool_gap", detail: expect.objectContaining({ newer_files: 1 }) });
    expect(readdirSync(spoolFolder()).filter((one) => one.endsWith(".spool")).length).toBeGreaterThanOrEqual(3);
  });
});

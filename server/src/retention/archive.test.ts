import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type ArchiveCoding, around, between, faultOf, type HostRows, joined, type Placed, readBlock, writePart } from "./archive.ts";

const coding: ArchiveCoding = {
  deflate: (bytes) => deflateRawSync(bytes),
  inflate: (bytes) => inflateRawSync(bytes),
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
};
const hostRows = (host: string, count: number): HostRows => ({
  host,
  rows: Array.from({ length: count }, (_, n) => ({ head: `{"host":"${host}","seq":"${n}"}`, body: Buffer.alloc(n * 7, n) })),
  firstUtc: 1n,
  lastUtc: 9n,
});
const part = writePart(20_783, 3, [hostRows("a", 4), hostRows("b", 0), hostRows("c", 50)], coding);

describe("a file of the archive", () => {
  it("gives back each host's rows from its block alone", () => {
    for (const [index, count] of [4, 0, 50].entries()) {
      const { start = 0, length = 0, host = "" } = part.manifest.hosts[index] ?? {};
      const rows = readBlock(part.bytes.subarray(start, start + length), coding);
      expect(rows?.map(({ head, body }) => ({ head, body: Buffer.from(body) }))).toEqual(hostRows(host, count).rows);
    }
  });
  it("is named by its day and part, and adds up", () => {
    expect(part.manifest).toMatchObject({
      day: "2026-11-26",
      part: 3,
      file: `evidence-2026-11-26-0003-${part.manifest.sha256.slice(0, 16)}.tba`,
      rows: 54,
      bytes: part.bytes.length,
    });
    expect(faultOf(part, coding)).toBeNull();
  });
  it("that was damaged anywhere is not taken for whole", () => {
    for (let at = 0; at < part.bytes.length; at++) {
      const bytes = Uint8Array.from(part.bytes);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      expect(faultOf({ ...part, bytes }, coding)).toContain("other bytes");
    }
    expect(faultOf({ ...part, bytes: part.bytes.subarray(1) }, coding)).toContain("bytes, not");
  });
  it("whose block is cut short is refused, not half read", () => {
    const { start = 0, length = 0 } = part.manifest.hosts[2] ?? {};
    expect(readBlock(part.bytes.subarray(start, start + length - 5), coding)).toBeNull();
    expect(readBlock(deflateRawSync(Buffer.from([0, 0, 0, 9, 1])), coding)).toBeNull();
  });
});

describe("batches in both places", () => {
  const at = (seq: number, from: number, to = from): Placed => ({ epoch: 1, seq, firstUtc: utc(BigInt(from)), lastUtc: utc(BigInt(to)) });
  const all = [at(1, 10), at(2, 20), at(3, 30, 35), at(4, 40)];
  it("are one each, in order of their ends, the database's where both have it", () => {
    const [stored, archived] = [all.slice(2), all.slice(0, 3)];
    expect(joined(stored, archived)).toEqual(all);
    expect(joined(stored, archived)[2]).toBe(stored[0]);
  });
  it.each([
    [15, 32, [1, 2, 3]],
    [15, 36, [1, 2, 3, 4]],
    [50, 60, [4]],
    [0, 5, [1]],
  ])("around %i to %i are those inside and the nearest on each side", (from, to, seqs) => {
    expect(around(all, BigInt(from), BigInt(to)).map(({ seq }) => seq)).toEqual(seqs);
  });
  it("between are those with a reading there", () => expect(between(all, 20n, 31n).map(({ seq }) => seq)).toEqual([2, 3]));
});

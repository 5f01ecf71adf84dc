import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Log } from "../log/log-line.ts";
import { HEAD_BYTES, SEGMENT_BYTES, type SegmentRecord, SLOT_BYTES } from "../publish/segment-record.ts";
import { ClockBoundWriter, SegmentWriter } from "./segment-writer.ts";

let folder = "";
let told: string[] = [];
const log: Log = (_, message) => void told.push(message);
const path = () => join(folder, "run", "segment");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-segment-"));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record: SegmentRecord = {
  status: "proven",
  reason: null,
  bootId: "0f1e2d3c-4b5a-4687-8796-a5b4c3d2e1f0",
  host: null,
  evidence: null,
  clocks: { realtime: 1n, monotonic: 2n, boottime: 3n, raw: 4n, spanNs: 5n },
  offset: { lo: -6n, hi: 7n },
  rawGrowthPpb: 8n,
  endsAtLeap: false,
  monotonicGrowthPpb: 9n,
  expires: 10n,
  vmMarker: null,
};
const generations = () => {
  const view = new DataView(Uint8Array.from(readFileSync(path())).buffer);
  return [0, 1].map((slot) => view.getBigUint64(HEAD_BYTES + slot * SLOT_BYTES, true));
};

describe("the segment's file", () => {
  it("is written slot by slot, the older one each time, and everybody may read it", () => {
    const writer = new SegmentWriter(path(), log);
    for (let turn = 0; turn < 5; turn++) writer.write(record);
    expect(generations()).toEqual([8n, 10n]);
    expect(statSync(path()).size).toBe(SEGMENT_BYTES);
    expect(statSync(path()).mode & 0o777).toBe(0o644);
    writer.close();
  });
  it("is gone on with by the next agent, in the same place, so that whoever mapped it goes on too", () => {
    new SegmentWriter(path(), log).write(record);
    const before = statSync(path()).ino;
    new SegmentWriter(path(), log).write(record);
    expect(generations()).toEqual([4n, 2n]);
    expect(statSync(path()).ino).toBe(before);
  });
  it("is gone on with where an agent was killed in the middle of a write", () => {
    new SegmentWriter(path(), log).write(record);
    const bytes = readFileSync(path());
    bytes[HEAD_BYTES + SLOT_BYTES] = 1;
    bytes.writeBigUInt64LE(7n, HEAD_BYTES);
    writeFileSync(path(), bytes);
    new SegmentWriter(path(), log).write(record);
    expect(generations()).toEqual([8n, 1n]);
  });
  it.each([
    ["nothing of a segment", (place: string) => writeFileSync(place, "x".repeat(SEGMENT_BYTES))],
    [
      "one of another version",
      (place: string) => writeFileSync(place, Buffer.concat([Buffer.from("TBCLOCK\n\x02"), Buffer.alloc(SEGMENT_BYTES - 9)])),
    ],
    ["a longer file", (place: string) => writeFileSync(place, Buffer.alloc(10_000))],
    ["a link", (place: string) => symlinkSync("/dev/null", place)],
  ])("takes the place of %s", (_, put) => {
    mkdirSync(join(folder, "run"));
    put(path());
    new SegmentWriter(path(), log).write(record);
    expect(generations()).toEqual([0n, 2n]);
    expect(told).toEqual([]);
  });
  it("is told where it would lie on a file system of the kernel's own, and tried for no longer than any other", () => {
    new SegmentWriter("/proc/none/segment", log).write(record);
    expect(told).toEqual([expect.stringContaining("cannot write /proc/none/segment (TRUEBOUND_SEGMENT): it lies on proc")]);
  });
  it("is made anew where somebody took it away", () => {
    const writer = new SegmentWriter(path(), log);
    writer.write(record);
    rmSync(path());
    writer.write(record);
    expect(generations()).toEqual([4n, 0n]);
  });
  it.each([0, 100, SEGMENT_BYTES + 1])("is made anew where somebody made it %s bytes long: its head is written once", (bytes) => {
    const writer = new SegmentWriter(path(), log);
    writer.write(record);
    truncateSync(path(), bytes);
    writer.write(record);
    const whole = readFileSync(path());
    expect([whole.length, whole.toString("latin1", 0, 8)]).toEqual([SEGMENT_BYTES, "TBCLOCK\n"]);
    expect(generations()).toEqual([4n, 0n]);
  });
  it("is made anew where somebody cut it off between two of an agent's writes, and the second made it as long as before", () => {
    const writer = new SegmentWriter(path(), log);
    writer.write(record);
    truncateSync(path(), 0);
    truncateSync(path(), SEGMENT_BYTES);
    writer.write(record);
    expect(readFileSync(path()).toString("latin1", 0, 8)).toBe("TBCLOCK\n");
    expect(generations()).toEqual([4n, 0n]);
  });
  it("is made through no link that lies where its draft is to be", () => {
    mkdirSync(join(folder, "run"));
    const another = join(folder, "another");
    writeFileSync(another, "kept");
    symlinkSync(another, `${path()}.new`);
    new SegmentWriter(path(), log).write(record);
    expect(readFileSync(another, "utf8")).toBe("kept");
    expect(generations()).toEqual([0n, 2n]);
  });
  it("that cannot be written is told once, and tried each time", () => {
    mkdirSync(path(), { recursive: true });
    writeFileSync(join(path(), "x"), "");
    const writer = new SegmentWriter(path(), log);
    for (let turn = 0; turn < 3; turn++) writer.write(record);
    expect(told).toEqual([expect.stringMatching(/^cannot write .*segment \(TRUEBOUND_SEGMENT\): E.*; tried again with each reading$/)]);
    renameSync(path(), join(folder, "aside"));
    writer.write(record);
    expect(generations()).toEqual([0n, 2n]);
  });
});

describe("the file of ClockBound's clients", () => {
  it("is written whole, with an even generation that goes on", () => {
    const made = () => new ClockBoundWriter(folder, 2, null, log);
    const writer = made();
    writer.write(record);
    writer.write(record);
    made().write(record);
    const bytes = readFileSync(join(folder, "shm0"));
    expect([bytes.length, bytes.readUInt16LE(12), bytes.readUInt16LE(14), bytes.readInt32LE(68)]).toEqual([80, 2, 6, 1]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/adapters/identity-file.ts";
import type { Place } from "../../src/spool/place.ts";
import { type ChainEnd, type SealedBatch, seal } from "../../src/spool/sealed-batch.ts";
import { type SegmentStore, Spool } from "../../src/spool/spool.ts";
import { times } from "./scale.ts";

const SCHEDULES = times(300, 20_000);

/** What one write meets, drawn anew for each. */
interface Fate {
  /** The sync fails, and this share of what was to be synced is on the disk nonetheless. */
  readonly fails: boolean;
  readonly kept: number;
  /** The tail cannot be cut off again. */
  readonly stuck: boolean;
}

/**
 * A disk behind a page cache, as Linux has it: after a failed sync the pages count as clean, and a later sync of the same
 * file succeeds without writing them. Reading shows the cache; only what is on the disk comes back after the power was cut.
 */
class LyingDisk implements SegmentStore {
  readonly cache = new Map<string, Uint8Array>();
  disk = new Map<string, Uint8Array>();
  /** Files of which a sync failed: what was lost then stays lost, whatever a later sync says. */
  readonly poisoned = new Set<string>();
  readonly writtenAfterFailure: string[] = [];
  readonly #fates: Fate[];

  constructor(fates: readonly Fate[]) {
    this.#fates = [...fates];
  }

  cutPower(): void {
    this.cache.clear();
    for (const [name, bytes] of this.disk) this.cache.set(name, bytes);
    this.poisoned.clear();
  }

  list() {
    const files = [...this.cache].filter(([name]) => name.endsWith(".spool"));
    return files.map(([name, bytes]) => ({ name, bytes: bytes.length })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  has = (name: string) => this.cache.has(name);
  read = (name: string) => this.cache.get(name) ?? new Uint8Array();

  append(name: string, bytes: Uint8Array): void {
    const before = this.read(name);
    this.#write(name, before, Buffer.concat([before, bytes]));
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    const before = this.read(name);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.#write(name, before, after);
  }

  truncate(name: string, bytes: number): void {
    this.#write(name, this.read(name), this.read(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.cache.delete(name);
    this.disk.delete(name);
    this.poisoned.delete(name);
  }

  setAside(name: string): void {
    this.remove(name);
  }

  #write(name: string, before: Uint8Array, after: Uint8Array): void {
    const { fails, kept, stuck } = this.#fates.shift() ?? { fails: false, kept: 1, stuck: false };
    if (this.poisoned.has(name)) this.writtenAfterFailure.push(name);
    if (!fails) {
      this.cache.set(name, after);
      if (!this.poisoned.has(name)) this.disk.set(name, after);
      return;
    }
    const added = after.length - before.length;
    this.disk.set(name, after.slice(0, Math.max(0, before.length + Math.floor(added * kept))));
    this.cache.set(name, stuck ? after : before);
    this.poisoned.add(name);
    throw new Error("EIO: i/o error, fdatasync");
  }
}

const START: ChainEnd = { agent: "00000000-0000-4000-8000-000000000001", epoch: 1, seq: 0, hash: "0".repeat(64) };
const LIMITS = { segmentBytes: 900, totalBytes: 1_000_000 };
const TRIES = 100;

/** Seals and appends as the outbox does: the same batch until it is taken. */
function fill(disk: LyingDisk, bodies: number): SealedBatch[] {
  const spool = new Spool(disk, LIMITS);
  let end = START;
  const taken: SealedBatch[] = [];
  for (let n = 0; n < bodies; n++) {
    const batch = seal(end, new TextEncoder().encode(`{"n":${n}}`), sha256);
    for (let attempt = 0; attempt < TRIES && taken.at(-1) !== batch; attempt++) if (isTaken(spool, batch)) taken.push(batch);
    end = { ...end, seq: batch.seq, hash: batch.hash };
  }
  return taken;
}

function isTaken(spool: Spool, batch: SealedBatch): boolean {
  try {
    spool.append(batch);
    return true;
  } catch {
    return false;
  }
}

const fate = fc.record({
  fails: fc.double({ min: 0, max: 1, noNaN: true }).map((chance) => chance < 0.3),
  kept: fc.double({ min: 0, max: 1, noNaN: true }),
  stuck: fc.boolean(),
});
const schedule = fc.array(fate, { minLength: 30, maxLength: 60 });

describe("R15 a disk whose sync fails", () => {
  it("whenever it does: what was taken is there after the power is cut, and no failed file is written to again", () => {
    let failures = 0;
    fc.assert(
      fc.property(schedule, (fates) => {
        const disk = new LyingDisk(fates);
        const taken = fill(disk, 20);
        failures += fates.filter(({ fails }) => fails).length;
        expect(taken).toHaveLength(20);
        // The mark is rewritten in place: it is worth what its checksum says.
        expect(disk.writtenAfterFailure.filter((name) => name.endsWith(".spool"))).toEqual([]);
        disk.cutPower();
        const after = new Spool(disk, LIMITS);
        for (const batch of taken) expect(after.read(batch.seq)?.hash).toBe(batch.hash);
        expect(after.loss.droppedBatches).toBe(0);
        expect(after.last).toMatchObject({ seq: 20, hash: taken.at(-1)?.hash });
      }),
      { numRuns: SCHEDULES, endOnFailure: true },
    );
    expect(failures).toBeGreaterThan(SCHEDULES);
  });

  it("while a chain goes on in a later epoch: each batch is there once after the power is cut, at any point and after any tries", () => {
    let [cut, whole] = [0, 0];
    const shape = fc.record({ from: fc.integer({ min: 1, max: 11 }), tries: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(schedule, shape, (fates, { from, tries }) => {
        const disk = new LyingDisk([]);
        const old = fill(disk, 10);
        const failing = new LyingDisk(fates);
        for (const [name, bytes] of disk.disk) {
          failing.cache.set(name, bytes);
          failing.disk.set(name, bytes);
        }
        const spool = new Spool(failing, LIMITS);
        let isDone = false;
        for (let attempt = 0; attempt < tries && !isDone; attempt++) isDone = isCarried(spool, { epoch: 1, seq: from });
        failing.cutPower();
        const after = new Spool(failing, LIMITS);
        if (after.unfinished !== null) cut += 1;
        if (isDone) whole += 1;
        const place = after.unfinished ?? (after.last?.epoch === 2 ? null : { epoch: 1, seq: from });
        for (let attempt = 0; place !== null && attempt < TRIES && !isCarried(after, place); attempt++);
        expect(bodiesOf(after, 1)).toEqual(old.slice(0, from - 1).map(textOf));
        expect(bodiesOf(after, 2)).toEqual(old.slice(from - 1).map(textOf));
        expect(after.loss.droppedBatches).toBe(0);
      }),
      { numRuns: SCHEDULES, endOnFailure: true },
    );
    expect([cut > 0, whole > 0]).toEqual([true, true]);
  });
});

const textOf = ({ body }: SealedBatch): string => Buffer.from(body).toString();

function bodiesOf(spool: Spool, epoch: number): string[] {
  const { first, last } = spool.stretch(epoch) ?? { first: 1, last: 0 };
  return Array.from({ length: last - first + 1 }, (_, index) => spool.read(first + index, epoch)).flatMap((batch) =>
    batch === null ? [] : [textOf(batch)],
  );
}

function isCarried(spool: Spool, from: Place): boolean {
  try {
    spool.carryOver(from, { epoch: 2, seq: 0, hash: "2".repeat(64) }, (end, body) => seal({ ...START, ...end }, body, sha256));
    return true;
  } catch {
    return false;
  }
}

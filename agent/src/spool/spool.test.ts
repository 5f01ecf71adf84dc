import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../adapters/identity-file.ts";
import { crc32c, encodeFrame, scanFrames } from "./frame.ts";
import { MemoryStore } from "./memory-store.fixture.ts";
import { type ChainEnd, type ChainPlace, type SealedBatch, seal } from "./sealed-batch.ts";
import { MARK_NAME } from "./sealed-mark.ts";
import { Spool } from "./spool.ts";
import { UnreadableFile } from "./unreadable-file.ts";

const START: ChainEnd = { agent: "00000000-0000-4000-8000-000000000001", epoch: 1, seq: 0, hash: "0".repeat(64) };

function chain(count: number, size = 50): SealedBatch[] {
  const batches: SealedBatch[] = [];
  let end = START;
  for (let index = 0; index < count; index++) {
    const batch = seal(end, new TextEncoder().encode(`{"n":${index},"pad":"${"x".repeat(size)}"}`), sha256);
    batches.push(batch);
    end = { ...end, seq: batch.seq, hash: batch.hash };
  }
  return batches;
}

const joined = (batches: readonly SealedBatch[]) => Uint8Array.from(Buffer.concat(batches.map(encodeFrame)));

/** A body is what it holds, in whichever class. */
const plain = (batch: SealedBatch | null) => batch && { ...batch, body: [...batch.body] };

/** The number of the batch whose frame holds this byte. */
function frameAt(bytes: Uint8Array, place: number): number {
  let end = 0;
  for (const batch of scanFrames(bytes).batches) {
    end += encodeFrame(batch).length;
    if (place < end) return batch.seq;
  }
  throw new Error("no frame there");
}

function filled(count: number, limits = { segmentBytes: 2_000, totalBytes: 1_000_000 }) {
  const store = new MemoryStore();
  const spool = new Spool(store, limits);
  for (const batch of chain(count)) spool.append(batch);
  return { store, spool, limits };
}

describe("frames", () => {
  it("knows the published values of CRC-32C", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  });
  it("read back what was written", () => {
    const batches = chain(3);
    expect(scanFrames(joined(batches)).batches).toEqual(batches);
  });
  it("cut at any byte, keep what is whole and never throw", () => {
    const frames = chain(3).map(encodeFrame);
    const all = Buffer.concat(frames);
    for (let cut = 0; cut <= all.length; cut++) {
      const whole = frames.filter((_, index) => frames.slice(0, index + 1).reduce((sum, frame) => sum + frame.length, 0) <= cut).length;
      expect(scanFrames(all.subarray(0, cut)).batches).toHaveLength(whole);
    }
  });
  it("with any bit flipped, deliver nothing that was not written", () => {
    const batches = chain(3);
    const all = joined(batches);
    fc.assert(
      fc.property(fc.nat(all.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(all);
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        for (const [index, batch] of scanFrames(flipped).batches.entries()) expect(batch).toEqual(batches[index]);
      }),
      { numRuns: 2000 },
    );
  });
  it("of random bytes are nothing", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => scanFrames(bytes).soundBytes <= bytes.length));
  });
});

describe("the spool", () => {
  it("keeps batches in order over a restart, and chains each to the one before", () => {
    const { store, limits } = filled(100);
    const again = new Spool(store, limits);
    expect(again.last?.seq).toBe(100);
    expect(again.read(57)?.prev).toBe(again.read(56)?.hash);
    expect(store.files.size).toBeGreaterThan(5);
    expect(again.read(101)).toBeNull();
  });
  it("deletes only what is checkpointed, whole segments, never the newest", () => {
    const { spool } = filled(100);
    spool.checkpoint(50);
    expect(spool.firstSeq).toBeGreaterThan(40);
    expect(spool.firstSeq).toBeLessThanOrEqual(51);
    expect(spool.read(51)?.seq).toBe(51);
    spool.checkpoint(1000);
    expect(spool.read(100)?.seq).toBe(100);
  });
  it("cuts a torn tail, keeps it aside, and goes on", () => {
    const { store, limits } = filled(10);
    const name = store.list().at(-1)?.name as string;
    store.files.set(name, store.read(name).slice(0, -3));
    const again = new Spool(store, limits);
    expect(again.newestHeld).toBe(9);
    expect([again.loss.tornBytes > 0, again.doubt]).toEqual([true, null]);
    expect(store.aside).toHaveLength(1);
    again.append(seal({ ...START, seq: 10, hash: again.last?.hash as string }, new Uint8Array([1]), sha256));
    expect(new Spool(store, limits).last?.seq).toBe(11);
  });
  it("keeps what lies before and behind a file that is gone, and counts what was in it", () => {
    const { store, limits } = filled(100);
    const [, before, gone, after] = store.list().map(({ name }) => scanFrames(store.read(name)).batches);
    store.remove(store.list()[2]?.name as string);
    const again = new Spool(store, limits);
    expect([again.firstSeq, again.last?.seq, again.loss.droppedBatches]).toEqual([1, 100, gone?.length]);
    expect(again.read(before?.at(-1)?.seq as number)).toEqual(before?.at(-1));
    for (const { seq } of gone ?? []) expect(again.read(seq)).toBeNull();
    expect(again.read(after?.[0]?.seq as number)).toEqual(after?.[0]);
  });
  it("with any bit of any file flipped, opens, loses one batch at most, counts it, and gives nothing that was not written", () => {
    const written = chain(30);
    const { store, limits } = filled(30);
    const mark = store.read(MARK_NAME);
    store.remove(MARK_NAME);
    const files = [...store.files];
    const flip = fc.record({
      file: fc.nat(files.length - 1),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat(7),
    });
    fc.assert(
      fc.property(flip, ({ file, at, bit }) => {
        const hurt = new MemoryStore();
        for (const [name, bytes] of files) hurt.files.set(name, Uint8Array.from(bytes));
        hurt.files.set(MARK_NAME, mark);
        const [name, bytes] = [...hurt.files][file] as [string, Uint8Array];
        const place = Math.floor(at * bytes.length);
        bytes[place] = (bytes[place] as number) ^ (1 << bit);
        const lost = frameAt(files[file]?.[1] as Uint8Array, place);
        const again = new Spool(hurt, limits);
        for (const batch of written) expect(plain(again.read(batch.seq))).toEqual(batch.seq === lost ? null : plain(batch));
        expect(again.loss.tornBytes).toBe(encodeFrame(written[lost - 1] as SealedBatch).length);
        expect([again.loss.droppedBatches, again.last?.seq]).toEqual([1, 30]);
        expect(hurt.aside.length).toBe(1);
        expect(new Spool(hurt, limits).loss).toMatchObject({ tornBytes: 0, damagedFiles: [] });
        expect(name).toMatch(/spool$/);
      }),
      { numRuns: 1_000 },
    );
  });
  it("moves what lies behind damage whole, or does so again, wherever it is cut short", () => {
    const { store, limits } = filled(30);
    const { name } = store.list()[1] as { name: string };
    const hurt = Uint8Array.from(store.read(name));
    hurt[20] = (hurt[20] as number) ^ 1;
    store.files.set(name, hurt);
    const states: Map<string, Uint8Array>[] = [];
    for (const step of ["append", "truncate", "remove", "setAside"] as const) {
      const real = store[step].bind(store) as (...args: unknown[]) => void;
      Object.assign(store, {
        [step]: (...args: unknown[]) => {
          real(...args);
          states.push(new Map(store.files));
        },
      });
    }
    const lost = new Spool(store, limits);
    expect(states.length).toBeGreaterThan(1);
    for (const files of states) {
      const crashed = new MemoryStore();
      for (const [file, bytes] of files) crashed.files.set(file, Uint8Array.from(bytes));
      const again = new Spool(crashed, limits);
      for (let seq = 1; seq <= 30; seq++) expect(again.read(seq)?.hash).toBe(lost.read(seq)?.hash);
    }
  });
  it("never puts what came back after a failed sync in the place of what was written since", () => {
    const { store, limits } = filled(10, { segmentBytes: 1_000_000, totalBytes: 10_000_000 });
    const [before] = store.list();
    const bytes = Uint8Array.from(store.read(before?.name as string));
    const ninth = chain(8).reduce((sum, batch) => sum + encodeFrame(batch).length, 0);
    bytes[ninth + 30] = (bytes[ninth + 30] as number) ^ 1;
    store.files.set(before?.name as string, bytes);
    let end: ChainEnd = { ...START, seq: 9, hash: chain(9).at(-1)?.hash as string };
    const since: SealedBatch[] = [];
    for (const body of [[7], [8], [9]]) {
      const batch = seal(end, new Uint8Array(body), sha256);
      since.push(batch);
      end = { ...end, seq: batch.seq, hash: batch.hash };
    }
    store.files.set("000001-000000000010.spool", joined(since));
    const again = new Spool(store, limits);
    for (const batch of since) expect(again.read(batch.seq)?.hash).toBe(batch.hash);
    expect([again.firstSeq, again.last?.seq, again.read(9)]).toEqual([1, 12, null]);
  });
  it("finds a whole file behind rubbish at its head", () => {
    const { store, limits } = filled(5, { segmentBytes: 1_000_000, totalBytes: 10_000_000 });
    const [file] = store.list();
    store.files.set(file?.name as string, Buffer.concat([Buffer.from("rubbish"), store.read(file?.name as string)]));
    const again = new Spool(store, limits);
    expect([again.firstSeq, again.last?.seq, again.loss.tornBytes, again.loss.droppedBatches]).toEqual([1, 5, 7, 0]);
  });
  it("starts on rubbish", () => {
    const store = new MemoryStore();
    store.files.set("000001-000000000001.spool", Buffer.from("rubbish that is no frame at all"));
    const spool = new Spool(store);
    expect(spool.last).toBeNull();
    expect(spool.loss.damagedFiles).toEqual(["000001-000000000001.spool"]);
  });
  it("stays within its bytes: the oldest go, and are counted", () => {
    const { spool } = filled(200, { segmentBytes: 2_000, totalBytes: 10_000 });
    expect(spool.bytes).toBeLessThanOrEqual(10_000);
    expect(spool.loss.droppedBatches).toBe((spool.firstSeq as number) - 1);
    expect(spool.read(200)?.seq).toBe(200);
  });
  it("tolerates a batch that two files hold, after a failed sync whose bytes came back", () => {
    const { store, limits } = filled(10, { segmentBytes: 1_000_000, totalBytes: 10_000_000 });
    const again = seal({ ...START, seq: 9, hash: new Spool(store, limits).read(9)?.hash as string }, new Uint8Array([7]), sha256);
    store.files.set("000001-000000000010.spool", encodeFrame(again));
    const reopened = new Spool(store, limits);
    expect(reopened.firstSeq).toBe(1);
    expect(reopened.read(10)?.body).toEqual(new Uint8Array([7]));
    expect(reopened.loss.droppedBatches).toBe(0);
  });
  it("writes to a new file after a failed write", () => {
    const { store, spool } = filled(3, { segmentBytes: 1_000_000, totalBytes: 10_000_000 });
    const next = seal({ ...START, seq: 3, hash: spool.last?.hash as string }, new Uint8Array([1]), sha256);
    store.failing = "EIO";
    expect(() => spool.append(next)).toThrow("EIO");
    store.failing = null;
    spool.append(next);
    expect(store.list()).toHaveLength(2);
    expect(new Spool(store).last?.seq).toBe(4);
  });
  it("writes to a new file after a failed write of a new file, too, and never to the failed one again", () => {
    const { store, spool } = filled(3, { segmentBytes: 1, totalBytes: 10_000_000 });
    const next = seal({ ...START, seq: 3, hash: spool.last?.hash as string }, new Uint8Array([1]), sha256);
    const [append, removed] = [store.append.bind(store), [] as string[]];
    store.append = (name, bytes) => {
      append(name, bytes);
      throw new Error("EIO on fdatasync");
    };
    store.remove = (name) => {
      removed.push(name);
      store.files.delete(name);
    };
    expect(() => spool.append(next)).toThrow("EIO");
    store.append = append;
    spool.append(next);
    expect(removed).toEqual(["000001-000000000004.spool"]);
    expect(scanFrames(store.read("000001-000000000004.spool")).batches).toHaveLength(1);
  });
  it("keeps what the disk will not delete, and goes on", () => {
    const { store, spool } = filled(100);
    store.remove = () => {
      throw new Error("EROFS");
    };
    spool.checkpoint(50);
    expect([spool.firstSeq, spool.read(1)?.seq]).toEqual([1, 1]);
  });
});

describe("a spool whose newest batches are lost", () => {
  const follow = (spool: Spool) => {
    const { epoch, seq, hash } = spool.last as ChainPlace;
    const next = seal({ agent: START.agent, epoch, seq, hash }, new Uint8Array([1]), sha256);
    spool.append(next);
    return next;
  };

  it("does not use their numbers again, and follows the last of them", () => {
    const written = chain(100);
    const { store, limits } = filled(100);
    const gone = scanFrames(store.read(store.list().at(-1)?.name as string)).batches;
    store.remove(store.list().at(-1)?.name as string);
    const again = new Spool(store, limits);
    expect([again.newestHeld, again.loss.droppedBatches]).toEqual([100 - gone.length, gone.length]);
    expect(follow(again)).toMatchObject({ seq: 101, prev: written.at(-1)?.hash });
    const later = new Spool(store, limits);
    expect([later.read(101)?.seq, later.read(100), later.last?.seq, later.loss.droppedBatches]).toEqual([101, null, 101, gone.length]);
  });
  it("knows the end even when no batch is left", () => {
    const { store, limits } = filled(7);
    for (const { name } of store.list()) store.files.set(name, Buffer.from("rubbish that is no frame at all"));
    const again = new Spool(store, limits);
    expect([again.firstSeq, again.newestHeld, again.last?.seq, again.loss.droppedBatches]).toEqual([null, null, 7, 7]);
    expect(follow(again).seq).toBe(8);
  });
  it("takes the slot before where the mark itself is torn, and does without where there is none", () => {
    const { store, limits } = filled(7, { segmentBytes: 1, totalBytes: 1e9 });
    const marked = store.read(MARK_NAME);
    for (let cut = 0; cut <= marked.length; cut++) {
      const hurt = new MemoryStore();
      for (const { name } of store.list().slice(0, 4)) hurt.files.set(name, store.read(name));
      hurt.files.set(MARK_NAME, marked.slice(0, cut));
      expect([4, 6, 7]).toContain(new Spool(hurt, limits).last?.seq);
    }
    store.remove(MARK_NAME);
    expect(new Spool(store, limits).last?.seq).toBe(7);
  });
  it("does without a mark that the medium does not give, and writes another", () => {
    const { store, limits } = filled(7);
    const read = store.read.bind(store);
    store.read = (name) => {
      if (name === MARK_NAME) throw new UnreadableFile("EIO");
      return read(name);
    };
    const again = new Spool(store, limits);
    expect([again.last?.seq, again.loss.droppedBatches]).toEqual([7, 0]);
    store.read = read;
    expect(follow(again).seq).toBe(8);
    store.remove(store.list().at(-1)?.name as string);
    expect(new Spool(store, limits).last?.seq).toBe(8);
  });
  it("is not troubled by a mark that cannot be written, nor by one of an epoch that is over", () => {
    const { store, limits } = filled(3);
    const mark = store.read(MARK_NAME);
    store.overwrite = () => {
      throw new Error("ENOSPC");
    };
    const spool = new Spool(store, limits);
    expect(follow(spool).seq).toBe(4);
    spool.carryOver({ epoch: 1, seq: 4 }, { epoch: 2, seq: 0, hash: "2".repeat(64) }, (end, body) =>
      seal({ ...START, ...end }, body, sha256),
    );
    store.files.set(MARK_NAME, mark);
    const again = new Spool(store, limits);
    expect([again.last, again.unfinished, again.read(4, 1)]).toEqual([expect.objectContaining({ epoch: 2, seq: 1 }), null, null]);
  });
});

describe("a spool whose newest batch was not marked yet", () => {
  /** Ten batches, and a mark that says nine. */
  function unmarked(limits = { segmentBytes: 1_000_000, totalBytes: 10_000_000 }) {
    const { store, spool } = filled(9, limits);
    const mark = Uint8Array.from(store.read(MARK_NAME));
    const [newest] = chain(10).slice(-1) as [SealedBatch];
    spool.append(newest);
    store.files.set(MARK_NAME, mark);
    const name = store.list().at(-1)?.name as string;
    return { store, limits, name, bytes: store.read(name), frame: encodeFrame(newest).length };
  }

  it.each([
    ["behind others", 1_000_000],
    ["in a file of its own", 1],
  ])("%s: whichever of its bits turns, its number is in doubt, and nothing is cut before that can be remembered", (_, segmentBytes) => {
    const { store, limits, name, bytes, frame } = unmarked({ segmentBytes, totalBytes: 10_000_000 });
    fc.assert(
      fc.property(fc.nat(frame * 8 - 1), (bit) => {
        const hurt = new MemoryStore();
        for (const [file, kept] of store.files) hurt.files.set(file, Uint8Array.from(kept));
        const turned = Uint8Array.from(bytes);
        const at = bytes.length - frame + (bit >> 3);
        turned[at] = (turned[at] as number) ^ (1 << (bit & 7));
        hurt.files.set(name, turned);
        const again = new Spool(hurt, limits);
        expect(again.doubt).toMatchObject({ epoch: 1, first: 10 });
        expect([again.last?.seq, again.loss.droppedBatches, hurt.aside, hurt.read(name)]).toEqual([9, 0, [], turned]);
        again.mend();
        expect(hurt.aside).toHaveLength(1);
        expect(new Spool(hurt, limits).doubt).toBeNull();
        again.append(seal({ ...START, seq: 9, hash: again.last?.hash as string }, new Uint8Array([1]), sha256));
        expect(new Spool(hurt, limits)).toMatchObject({ last: { seq: 10 }, doubt: null });
      }),
      { numRuns: 100 },
    );
  });

  it("cut at any byte is in doubt as well; of no byte nothing is", () => {
    const { store, limits, name, bytes, frame } = unmarked();
    for (let cut = 0; cut < frame; cut++) {
      store.files.set(name, bytes.slice(0, bytes.length - frame + cut));
      expect(new Spool(store, limits).doubt).toEqual(cut === 0 ? null : { epoch: 1, first: 10, last: 10 });
    }
  });

  it("is in doubt where the medium does not give its file, and in a tail as long as two there are two", () => {
    const { store, limits, name, bytes, frame } = unmarked();
    const tail = Uint8Array.from(bytes.subarray(bytes.length - frame)).fill(0, 8);
    store.files.set(name, Buffer.concat([bytes.subarray(0, bytes.length - frame), tail, tail]));
    expect(new Spool(store, limits).doubt).toEqual({ epoch: 1, first: 10, last: 11 });
    store.read = (file) => {
      if (file === name) throw new UnreadableFile("EIO");
      return store.files.get(file) ?? new Uint8Array();
    };
    const again = new Spool(store, limits);
    expect([again.doubt, again.loss.droppedBatches, again.last?.seq]).toEqual([{ epoch: 1, first: 10, last: 10 }, 9, 9]);
    expect(store.aside).toEqual([]);
    again.mend();
    expect(store.aside).toEqual([`${name}.damaged`]);
  });
});

describe("a spool on a disk that refuses", () => {
  it("leaves a torn tail that it may not cut, and writes behind it in a new file", () => {
    const { store, limits } = filled(3, { segmentBytes: 1_000_000, totalBytes: 10_000_000 });
    const [file] = store.list();
    store.files.set(file?.name as string, Buffer.concat([store.read(file?.name as string), Buffer.from([0, 0, 1, 0, 7])]));
    store.truncate = () => {
      throw new Error("ENOSPC");
    };
    const again = new Spool(store, limits);
    expect(again.read(3)?.seq).toBe(3);
    again.append(seal({ ...START, seq: 3, hash: again.last?.hash as string }, new Uint8Array([1]), sha256));
    expect(store.list()).toHaveLength(2);
    const later = new Spool(store, limits);
    expect([later.firstSeq, later.last?.seq, later.loss.droppedBatches]).toEqual([1, 4, 0]);
  });
  it("sets aside what the medium will not give, and counts it, at the start and later", () => {
    const { store, spool, limits } = filled(30);
    const bad = store.list()[1]?.name as string;
    const lost = scanFrames(store.read(bad)).batches;
    const read = store.read.bind(store);
    store.read = (name) => {
      if (name === bad) throw new UnreadableFile("EIO");
      return read(name);
    };
    expect([spool.read(lost[0]?.seq as number), spool.loss.droppedBatches, store.aside]).toEqual([null, lost.length, [`${bad}.damaged`]]);
    expect(spool.read(30)?.seq).toBe(30);
    store.files.set(bad, joined(lost));
    expect(new Spool(store, limits).loss).toMatchObject({ droppedBatches: lost.length, damagedFiles: [bad] });
  });
});

it("uses no number again of a file that the medium gives once, and never after", () => {
  const { store, limits } = filled(30);
  const newest = store.list().at(-1)?.name as string;
  const read = store.read.bind(store);
  let times = 0;
  store.read = (name) => {
    if (name === newest && times++ > 0) throw new UnreadableFile("EIO");
    return read(name);
  };
  const again = new Spool(store, limits);
  expect([again.last?.seq, again.read(30), again.last?.seq]).toEqual([30, null, 30]);
});

describe("the format of a spool's files", () => {
  it("is said by their names; one of a later version is set aside, kept and told of", () => {
    const { store, limits } = filled(3);
    const newer = "000001-000000000004.spool2";
    store.files.set(newer, Buffer.from("whatever the second version writes"));
    const again = new Spool(store, limits);
    expect(again.loss).toEqual({ tornBytes: 0, damagedFiles: [], newerFiles: [newer], droppedBatches: 0 });
    expect([again.last?.seq, store.aside]).toEqual([3, [`${newer}.newer`]]);
  });
});

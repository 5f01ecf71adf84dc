import { describe, expect, it } from "vitest";
import { sha256 } from "../adapters/identity-file.ts";
import { crashes, storeOf } from "./crash-states.fixture.ts";
import { encodeFrame, scanFrames } from "./frame.ts";
import { MemoryStore } from "./memory-store.fixture.ts";
import type { Place } from "./place.ts";
import { type ChainEnd, type Reseal, seal } from "./sealed-batch.ts";
import { MARK_NAME } from "./sealed-mark.ts";
import { Spool } from "./spool.ts";

/** A chain goes on in a later epoch: file by file, and wherever it is cut short nothing is lost and nothing is there twice. */
const AGENT = "00000000-0000-4000-8000-000000000001";
const START: ChainEnd = { agent: AGENT, epoch: 1, seq: 0, hash: "0".repeat(64) };
const BEGIN = { epoch: 2, seq: 0, hash: "2".repeat(64) };
const THIRD = { epoch: 3, seq: 0, hash: "3".repeat(64) };
const LIMITS = { segmentBytes: 2_000, totalBytes: 1_000_000 };
const reseal: Reseal = (end, body) => seal({ agent: AGENT, ...end }, body, sha256);

function filled(count: number, limits = LIMITS) {
  const store = new MemoryStore();
  const spool = new Spool(store, limits);
  for (let index = 1; index <= count; index++) append(spool, `n${index} ${"x".repeat(60)}`);
  return { store, spool };
}

function append(spool: Spool, text: string): void {
  const { epoch, seq, hash } = spool.last ?? START;
  spool.append(seal({ agent: AGENT, epoch, seq, hash }, Buffer.from(text), sha256));
}

/** Numbers of the bodies that an epoch holds, in order; each is where its chain says. */
function numbersOf(spool: Spool, epoch: number): number[] {
  const stretch = spool.stretch(epoch);
  const numbers: number[] = [];
  let prev: string | null = null;
  for (let seq = stretch?.first ?? 1; seq <= (stretch?.last ?? 0); seq++) {
    const batch = spool.read(seq, epoch);
    if (batch !== null) expect([batch.epoch, batch.seq, prev === null || batch.prev === prev]).toEqual([epoch, seq, true]);
    prev = batch?.hash ?? null;
    if (batch === null) continue;
    numbers.push(Number(/^n(\d+)/.exec(Buffer.from(batch.body).toString())?.[1]));
  }
  return numbers;
}

/** The epochs before this one in which, by its files, something went on. */
function pastOf(store: MemoryStore, epoch: number): Set<number> {
  const batches = store.list().flatMap(({ name }) => scanFrames(store.read(name)).batches);
  const said = batches.flatMap((batch) => (batch.epoch === epoch ? (batch.past ?? []) : []));
  return new Set(said.map(({ into }) => into).filter((into) => into < epoch));
}

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

/** As the outbox does it at its start. */
function goOn(spool: Spool): void {
  if (spool.unfinished !== null) spool.carryOver(spool.unfinished, BEGIN, reseal);
}

describe("an epoch that carries batches over", () => {
  it.each([1, 2, 13, 29, 30, 31])("from number %d on, keeps what lies before where it was", (from) => {
    const { store, spool } = filled(30);
    spool.carryOver({ epoch: 1, seq: from }, BEGIN, reseal);
    for (const one of [spool, new Spool(store, LIMITS)]) {
      expect([numbersOf(one, 1), numbersOf(one, 2)]).toEqual([range(1, from - 1), range(from, 30)]);
      expect([one.last?.epoch, one.last?.seq, one.unfinished]).toEqual([2, 31 - from, null]);
      expect(one.loss).toEqual({ tornBytes: 0, damagedFiles: [], newerFiles: [], droppedBatches: 0 });
    }
    append(spool, "n31");
    expect(numbersOf(new Spool(store, LIMITS), 2)).toEqual(range(from, 31));
  });

  it.each([1, 13, 30])(
    "from number %d on, loses nothing and has nothing twice wherever it is killed, also where that happens again",
    (from) => {
      const { store, spool } = filled(30);
      const states = crashes(store);
      spool.carryOver({ epoch: 1, seq: from }, BEGIN, reseal);
      expect(states.length).toBeGreaterThan(from === 30 ? 5 : 20);
      let [begun, again] = [0, 0];
      for (const files of states) {
        const crashed = storeOf(files);
        const reopened = new Spool(crashed, LIMITS);
        expect(reopened.loss.droppedBatches).toBe(0);
        const isBegun = reopened.unfinished !== null || reopened.last?.epoch === 2;
        if (isBegun) begun += 1;
        const later = crashes(crashed);
        goOn(reopened);
        // Where the first file was not written the outbox begins the same epoch by itself.
        if (!isBegun) reopened.carryOver({ epoch: 1, seq: from }, BEGIN, reseal);
        expect([numbersOf(reopened, 1), numbersOf(reopened, 2)]).toEqual([range(1, from - 1), range(from, 30)]);
        for (const second of later) {
          const third = new Spool(storeOf(second), LIMITS);
          goOn(third);
          if (third.last?.epoch !== 2) continue;
          again += 1;
          expect([numbersOf(third, 1), numbersOf(third, 2)]).toEqual([range(1, from - 1), range(from, 30)]);
        }
      }
      expect(begun).toBeGreaterThan(0);
      expect(again).toBeGreaterThan(0);
    },
  );

  it("holds the batches of one file at most, and needs room for two files more than it had, and for a line in each", () => {
    const limits = { segmentBytes: 10_000, totalBytes: 1_000_000 };
    const { store, spool } = filled(600, limits);
    const most = Math.max(...store.list().map(({ name }) => scanFrames(store.read(name)).batches.length));
    const size = () => store.list().reduce((sum, { bytes }) => sum + bytes, 0);
    const before = size();
    let [held, mostHeld, mostBytes] = [0, 0, 0];
    const [read, add, remove] = [store.read.bind(store), store.append.bind(store), store.remove.bind(store)];
    store.read = (name) => {
      const bytes = read(name);
      if (name.startsWith("000001")) held += scanFrames(bytes).batches.length;
      mostHeld = Math.max(mostHeld, held);
      return bytes;
    };
    store.append = (name, bytes) => {
      add(name, bytes);
      mostBytes = Math.max(mostBytes, size());
      held = 0;
    };
    store.remove = remove;
    spool.carryOver({ epoch: 1, seq: 5 }, BEGIN, reseal);
    expect(numbersOf(spool, 2)).toEqual(range(5, 600));
    expect(store.list().length).toBeGreaterThan(15);
    expect(mostHeld).toBe(most);
    expect(mostBytes).toBeLessThan(before + 2 * limits.segmentBytes + 200 * store.list().length);
  });

  it("is gone on with where the disk refused in its midst, and is as it was where it refused at once", () => {
    const { store, spool } = filled(30);
    const add = store.append.bind(store);
    let room = 2;
    store.append = (name, bytes) => {
      if (room-- <= 0) throw new Error("ENOSPC");
      add(name, bytes);
    };
    const from: Place = { epoch: 1, seq: 7 };
    expect(() => spool.carryOver(from, BEGIN, reseal)).toThrow("ENOSPC");
    expect(spool.unfinished).toEqual(from);
    store.append = add;
    spool.carryOver(from, BEGIN, reseal);
    expect([numbersOf(spool, 1), numbersOf(spool, 2)]).toEqual([range(1, 6), range(7, 30)]);

    const other = filled(10);
    other.store.failing = "ENOSPC";
    expect(() => other.spool.carryOver(from, BEGIN, reseal)).toThrow("ENOSPC");
    other.store.failing = null;
    expect([other.spool.unfinished, other.spool.last?.epoch, numbersOf(other.spool, 1)]).toEqual([null, 1, range(1, 10)]);
  });

  it("leaves nothing that counts of a file whose sync failed", () => {
    const { store, spool } = filled(5);
    const add = store.append.bind(store);
    store.append = (name, bytes) => {
      add(name, bytes);
      throw new Error("EIO on fdatasync");
    };
    expect(() => spool.carryOver({ epoch: 1, seq: 2 }, BEGIN, reseal)).toThrow("EIO");
    store.append = add;
    expect([...store.files.keys()].filter((name) => name.startsWith("000002"))).toEqual([]);
    expect(numbersOf(new Spool(store, LIMITS), 1)).toEqual(range(1, 5));
  });

  it("counts once what the disk will not delete, now and after a start", () => {
    const { store, spool } = filled(30);
    const remove = store.remove.bind(store);
    store.remove = () => {
      throw new Error("EROFS");
    };
    spool.carryOver({ epoch: 1, seq: 13 }, BEGIN, reseal);
    for (const one of [spool, new Spool(store, LIMITS)])
      expect([numbersOf(one, 1), numbersOf(one, 2), one.unfinished]).toEqual([range(1, 12), range(13, 30), null]);
    store.remove = remove;
    expect(numbersOf(new Spool(store, LIMITS), 2)).toEqual(range(13, 30));
  });

  it("does without what is missing, and says how many numbers there were", () => {
    const { store } = filled(30);
    const gone = scanFrames(store.read(store.list()[2]?.name as string)).batches.map(({ seq }) => seq);
    store.remove(store.list()[2]?.name as string);
    const spool = new Spool(store, LIMITS);
    expect(spool.countFrom({ epoch: 1, seq: 3 }, 2)).toBe(28);
    spool.carryOver({ epoch: 1, seq: 3 }, BEGIN, reseal);
    expect(numbersOf(spool, 2)).toEqual(range(3, 30).filter((n) => !gone.includes(n)));
  });

  describe("of a file that is damaged after it was opened", () => {
    /** A bit of the third frame of the first file flips. */
    function rotten() {
      const { store } = filled(30);
      const spool = new Spool(store, LIMITS);
      const [{ name = "" } = {}] = store.list();
      const { batches } = scanFrames(store.read(name));
      const bytes = Uint8Array.from(store.read(name));
      const at = batches.slice(0, 2).reduce((sum, batch) => sum + encodeFrame(batch).length, 100);
      bytes[at] = (bytes[at] as number) ^ 1;
      store.files.set(name, bytes);
      return { store, spool, name };
    }

    it("takes every sound frame, counts the other, and keeps the file for a person", () => {
      const { store, spool, name } = rotten();
      spool.carryOver({ epoch: 1, seq: 1 }, BEGIN, reseal);
      expect(spool.loss).toMatchObject({ damagedFiles: [name], droppedBatches: 1 });
      expect([store.has(name), store.aside]).toEqual([false, [`${name}.damaged`]]);
      for (const one of [spool, new Spool(store, LIMITS)]) expect(numbersOf(one, 2)).toEqual([1, 2, ...range(4, 30)]);
    });

    it("gives every sound frame to whoever reads, and counts the other once", () => {
      const { spool, name } = rotten();
      for (const _ of [1, 2]) expect(numbersOf(spool, 1)).toEqual([1, 2, ...range(4, 30)]);
      expect(spool.loss).toMatchObject({ damagedFiles: [name], droppedBatches: 1 });
    });

    it.each([1, 2, 4, 6, 7])("from number %d on, loses no other wherever it is killed", (from) => {
      const { store, spool } = rotten();
      const states = crashes(store);
      spool.carryOver({ epoch: 1, seq: from }, BEGIN, reseal);
      states.push(storeOf(store.files).files);
      expect(states.length).toBeGreaterThan(20);
      const [before, behind] = [range(1, from - 1), range(from, 30)].map((numbers) => numbers.filter((n) => n !== 3));
      for (const files of states) {
        const again = new Spool(storeOf(files), LIMITS);
        if (again.last?.epoch !== 2) again.carryOver({ epoch: 1, seq: from }, BEGIN, reseal);
        else goOn(again);
        expect([numbersOf(again, 1), numbersOf(again, 2)]).toEqual([before, behind]);
      }
    });

    it("writes nothing behind the damage", () => {
      const { store, spool } = filled(4);
      const [{ name = "" } = {}] = store.list();
      store.files.set(name, store.read(name).slice(0, -5));
      expect(numbersOf(spool, 1)).toEqual([1, 2, 3]);
      append(spool, "n5");
      for (const one of [spool, new Spool(store, LIMITS)]) expect(numbersOf(one, 1)).toEqual([1, 2, 3, 5]);
      expect(store.list()).toHaveLength(2);
    });
  });

  it("can be carried over itself, with what is left of the one before", () => {
    const { store, spool } = filled(20);
    spool.carryOver({ epoch: 1, seq: 11 }, BEGIN, reseal);
    append(spool, "n21");
    spool.carryOver({ epoch: 1, seq: 6 }, { epoch: 3, seq: 0, hash: "3".repeat(64) }, reseal);
    for (const one of [spool, new Spool(store, LIMITS)])
      expect([numbersOf(one, 1), numbersOf(one, 2), numbersOf(one, 3)]).toEqual([range(1, 5), [], range(6, 21)]);
  });

  it.each([
    ["behind a part of the epoch that it began", 5],
    ["from the first of the epoch that it began", 1],
  ])("and another %s keep apart what each took, also after starts", (_, second) => {
    const { store, spool } = filled(30);
    spool.carryOver({ epoch: 1, seq: 11 }, BEGIN, reseal);
    append(spool, "n31");
    const between = new Spool(store, LIMITS);
    between.carryOver({ epoch: 2, seq: second }, THIRD, reseal);
    append(between, "n32");
    expect(numbersOf(new Spool(store, LIMITS), 3)).toEqual(range(10 + second, 32));
    for (const one of [between, new Spool(store, LIMITS), new Spool(store, LIMITS)]) {
      expect([1, 2].map((epoch) => numbersOf(one, epoch))).toEqual([range(1, 10), range(11, 9 + second)]);
      expect([one.stretch(1)?.last, one.unfinished, one.loss.droppedBatches]).toEqual([10, null, 0]);
    }
  });

  it("three times keeps apart what each took, and says no more of what is gone from the disk", () => {
    const { store, spool } = filled(30);
    spool.carryOver({ epoch: 1, seq: 11 }, BEGIN, reseal);
    for (const epoch of [3, 4]) new Spool(store, LIMITS).carryOver({ epoch: epoch - 1, seq: 1 }, { ...THIRD, epoch }, reseal);
    const again = new Spool(store, LIMITS);
    expect([1, 2, 3, 4].map((epoch) => numbersOf(again, epoch))).toEqual([range(1, 10), [], [], range(11, 30)]);
    expect(pastOf(store, 4)).toEqual(new Set([2]));
    again.checkpoint(1);
    again.carryOver({ epoch: 4, seq: 3 }, { ...THIRD, epoch: 5 }, reseal);
    expect(pastOf(store, 5)).toEqual(new Set());
    expect([4, 5].map((epoch) => numbersOf(new Spool(store, LIMITS), epoch))).toEqual([range(11, 12), range(13, 30)]);
  });

  it.each([
    { epoch: 1, seq: 6 },
    { epoch: 1, seq: 13 },
    { epoch: 2, seq: 1 },
    { epoch: 2, seq: 5 },
  ])("a second time from $epoch/$seq on, after a start, loses nothing and has nothing twice wherever it is killed", (from) => {
    const { store, spool } = filled(20);
    spool.carryOver({ epoch: 1, seq: 11 }, BEGIN, reseal);
    append(spool, "n21");
    const first = from.epoch === 1 ? Math.min(from.seq, 11) : 10 + from.seq;
    const cut = Math.min(first - 1, 10);
    const wanted = [range(1, cut), range(11, first - 1), range(first, 21)];
    const between = new Spool(store, LIMITS);
    const states = crashes(store);
    between.carryOver(from, THIRD, reseal);
    let begun = 0;
    for (const files of states) {
      const reopened = new Spool(storeOf(files), LIMITS);
      expect(reopened.loss.droppedBatches).toBe(0);
      begun += reopened.unfinished === null ? 0 : 1;
      reopened.carryOver(reopened.unfinished ?? from, THIRD, reseal);
      expect([1, 2, 3].map((epoch) => numbersOf(reopened, epoch))).toEqual(wanted);
    }
    expect(begun).toBeGreaterThan(0);
    expect([1, 2, 3].map((epoch) => numbersOf(new Spool(store, LIMITS), epoch))).toEqual(wanted);
  });

  it("lets the epochs before go once it is checkpointed at all", () => {
    const { spool } = filled(30);
    spool.carryOver({ epoch: 1, seq: 13 }, BEGIN, reseal);
    spool.checkpoint(5, 1);
    expect(spool.stretch(1)?.last).toBe(12);
    spool.checkpoint(1);
    expect([spool.stretch(1), numbersOf(spool, 2)]).toEqual([null, range(13, 30)]);
  });

  it("without a batch is remembered by the mark alone", () => {
    const { store, spool } = filled(5);
    spool.carryOver({ epoch: 1, seq: 6 }, BEGIN, reseal);
    expect(store.has(MARK_NAME)).toBe(true);
    const again = new Spool(store, LIMITS);
    expect([again.last, again.firstSeq, again.loss.droppedBatches]).toEqual([BEGIN, null, 0]);
    append(again, "n6");
    expect([numbersOf(again, 1), numbersOf(new Spool(store, LIMITS), 2)]).toEqual([range(1, 5), [6]]);
  });
});

it("a frame says where its batch was, and no other reader minds", () => {
  const batch = { ...seal({ ...START, epoch: 2 }, Buffer.from("x"), sha256), was: { epoch: 1, seq: 9 } };
  const [read] = scanFrames(encodeFrame(batch)).batches;
  expect(read).toMatchObject({ epoch: 2, seq: 1, was: { epoch: 1, seq: 9 } });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../adapters/identity-file.ts";
import { MemoryStore } from "./memory-store.fixture.ts";
import type { Place } from "./place.ts";
import { type ChainPlace, resealing } from "./sealed-batch.ts";
import { Spool } from "./spool.ts";

/** Whatever went on, and however often: each hash that a batch ever had leads to where it is now. */
const AGENT = "00000000-0000-4000-8000-000000000001";
const reseal = resealing(AGENT, sha256);
const genesisOf = (epoch: number): ChainPlace => ({ epoch, seq: 0, hash: String(epoch).repeat(64).slice(0, 64) });
const LIMITS = { segmentBytes: 1_500, totalBytes: 1_000_000 };

/** The slow twin: all places that each body ever had, noted down while they were made. */
class Noted {
  readonly store = new MemoryStore();
  spool = new Spool(this.store, LIMITS);
  readonly #places = new Map<string, ChainPlace[]>();
  #made = 0;

  append(count: number): void {
    for (let index = 0; index < count; index++) {
      const body = Buffer.from(`n${this.#made++} ${"x".repeat(60)}`);
      this.spool.append(reseal(this.spool.last ?? genesisOf(1), body));
    }
    this.#note();
  }

  carryOver(from: Place): void {
    this.spool.carryOver(from, genesisOf((this.spool.last?.epoch ?? 1) + 1), reseal);
    this.#note();
  }

  reopen(): void {
    this.spool = new Spool(this.store, LIMITS);
  }

  /** Former places, and where those batches are. */
  moved(): { readonly was: ChainPlace; readonly now: Place }[] {
    return this.#here().flatMap(({ text, place }) => {
      const former = (this.#places.get(text) ?? []).filter(({ epoch }) => epoch < place.epoch).slice(-3);
      return former.map((was) => ({ was, now: { epoch: place.epoch, seq: place.seq } }));
    });
  }

  #note(): void {
    for (const { text, place } of this.#here()) {
      const known = this.#places.get(text) ?? [];
      if (!known.some(({ epoch }) => epoch === place.epoch)) this.#places.set(text, [...known, place]);
    }
  }

  #here(): { readonly text: string; readonly place: ChainPlace }[] {
    const found: { text: string; place: ChainPlace }[] = [];
    for (let epoch = this.spool.after(0); epoch !== null; epoch = this.spool.after(epoch)) {
      const { first = 1, last = 0 } = this.spool.stretch(epoch) ?? {};
      for (let seq = first; seq <= last; seq++) {
        const batch = this.spool.read(seq, epoch);
        if (batch !== null) found.push({ text: Buffer.from(batch.body).toString(), place: { epoch, seq, hash: batch.hash } });
      }
    }
    return found;
  }
}

describe("a batch that went on in a later epoch", () => {
  it("is found by every hash that it had before, and by no other", () => {
    const steps = fc.array(fc.record({ more: fc.nat(12), back: fc.integer({ min: 1, max: 20 }), reopens: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    });
    let looked = 0;
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 30 }), steps, (count, each) => {
        const noted = new Noted();
        noted.append(count);
        for (const { more, back, reopens } of each) {
          const { epoch, first, last } = noted.spool.stretch(noted.spool.last?.epoch ?? 1) ?? { epoch: 1, first: 1, last: 1 };
          noted.carryOver({ epoch, seq: Math.max(first, last - back) });
          noted.append(more);
          if (reopens) noted.reopen();
        }
        for (const { was, now } of noted.moved()) {
          looked += 1;
          expect(noted.spool.wentOnAt(was, reseal)).toEqual(now);
          expect(noted.spool.wentOnAt({ ...was, hash: "0".repeat(64) }, reseal)).toBeNull();
        }
        const { last } = noted.spool;
        if (last !== null) expect(noted.spool.wentOnAt(last, reseal)).toBeNull();
      }),
      { numRuns: 60 },
    );
    expect(looked).toBeGreaterThan(1_000);
  });

  it("is not taken for another where damage took some before it", () => {
    const noted = new Noted();
    noted.append(12);
    noted.carryOver({ epoch: 1, seq: 3 });
    const [, ...moved] = noted.moved();
    const [{ name = "" } = {}] = noted.store.list().filter((file) => file.name.startsWith("000002"));
    const bytes = Uint8Array.from(noted.store.read(name));
    bytes[40] = (bytes[40] as number) ^ 1;
    noted.store.files.set(name, bytes);
    noted.reopen();
    for (const { was, now } of moved) expect([null, now]).toContainEqual(noted.spool.wentOnAt(was, reseal));
  });
});

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../test/fake-agent.ts";
import { readStoredBatch } from "./read-batch.ts";
import { SalvageMemory } from "./salvage-memory.ts";

const AGENTS = ["3f0f8a0e-0000-4000-8000-0000000000aa", "3f0f8a0e-0000-4000-8000-0000000000bb"];
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

/** A batch of so many rows, of which those named are bad. */
function textOf(agent: string, rows: number, bad: readonly number[]): Buffer {
  const batch = batchOf(
    agent,
    Array.from({ length: rows }, (_, row) => ({ realtime: BigInt(row) * 1_000_000_000n, lo: -10n, hi: 10n })),
  );
  const status = batch.bounds.status.map((one, row) => (bad.includes(row) ? "no status" : one));
  return Buffer.from(JSON.stringify({ ...batch, bounds: { ...batch.bounds, status } }));
}

/** Counts how often a batch is really taken apart. */
function counted(mostBytes: number) {
  const made = { count: 0 };
  const memory = new SalvageMemory(mostBytes, sha256, (...asked) => {
    made.count += 1;
    return readStoredBatch(...asked);
  });
  return { memory, made };
}

const question = fc.record({
  agent: fc.constantFrom(...AGENTS),
  rows: fc.integer({ min: 1, max: 6 }),
  bad: fc.array(fc.nat(5), { maxLength: 2 }),
});

describe("the memory of salvaged batches", () => {
  it("answers as a fresh salvage does, whatever was asked before, and holds no more bytes than it may", () => {
    fc.assert(
      fc.property(fc.array(question, { maxLength: 20 }), fc.integer({ min: 0, max: 120_000 }), (questions, mostBytes) => {
        const { memory } = counted(mostBytes);
        for (const { agent, rows, bad } of questions) {
          const text = textOf(agent, rows, bad);
          expect(memory.read(text, agent, false)).toEqual(readStoredBatch(text, agent, false));
          expect(memory.bytes).toBeLessThanOrEqual(mostBytes);
        }
      }),
      { numRuns: 40 },
    );
  });
  it("takes a batch apart once, and again only when it was asked for less lately than others that fill it", () => {
    const texts = [1, 2, 3].map((rows) => textOf(AGENTS[0] as string, 3 + rows, [rows]));
    const room = texts.map((text) => text.length * 16).reduce((a, b) => Math.max(a, b)) * 2;
    const { memory, made } = counted(room);
    const ask = (index: number) => memory.read(texts[index] as Buffer, AGENTS[0] as string, false);
    for (const index of [0, 0, 1, 0, 2, 0]) ask(index);
    expect(made.count).toBe(3);
    ask(1);
    expect(made.count).toBe(4);
  });
  it("keeps one that is larger than all its room, and a whole one, not at all", () => {
    const { memory, made } = counted(100);
    const text = textOf(AGENTS[0] as string, 3, [1]);
    for (const isWhole of [false, false]) memory.read(text, AGENTS[0] as string, isWhole);
    memory.read(textOf(AGENTS[0] as string, 3, []), AGENTS[0] as string, true);
    expect([made.count, memory.bytes]).toEqual([3, 0]);
  });
});

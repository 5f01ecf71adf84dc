import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../test/fake-agent.ts";
import { readBatch } from "./read-batch.ts";

const AGENT = "3f0f8a0e-0000-4000-8000-0000000000aa";
const good = JSON.stringify(batchOf(AGENT, [{ realtime: 1n, lo: -1n, hi: 1n }]));

describe("reading a batch", () => {
  it("takes a good one", () => expect(readBatch(Buffer.from(good), AGENT)).toHaveProperty("batch"));
  it("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => "faults" in readBatch(bytes, AGENT)));
    fc.assert(fc.property(fc.json(), (text) => "faults" in readBatch(Buffer.from(text), AGENT)));
  });
  it("never throws, whatever is changed in a good one, and says plainly what is wrong", () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ unit: "binary", maxLength: 20 }), (at, cut, put) => {
        const read = readBatch(Buffer.from(good.slice(0, at) + put + good.slice(at + cut)), AGENT);
        if ("faults" in read) for (const { pointer, detail } of read.faults) expect(pointer + detail).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
  it("does not look for every fault of a long one", () => {
    const long = JSON.stringify({ ...JSON.parse(good), boot_id: "", events: Array(60_000).fill({}) });
    expect(readBatch(Buffer.from(long), AGENT)).toEqual({ faults: [{ pointer: "", detail: expect.stringContaining("too long to say") }] });
  });
});

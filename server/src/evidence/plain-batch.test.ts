import { Batch, validator } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SyntheticHost } from "../../../packages/testkit/src/load/synthetic-batch.ts";
import { BATCH } from "../../../packages/testkit/src/long/fuzz/examples.ts";
import { faultsOf } from "./check.ts";
import { isPlainBatch } from "./plain-batch.ts";

const schema = validator(Batch);
const slowly = (value: unknown): boolean => schema.accepts(value) && faultsOf(value).length === 0;
const AGENT = "3f0f8a0e-0000-4000-8000-0000000000aa";
const host = (exchanges: number) => new SyntheticHost(AGENT, { exchanges, every: 2 }, 1_795_680_000n * 1_000_000_000n, 7);

// biome-ignore lint/suspicious/noExplicitAny: a hostile document keeps to no type
type Loose = any;

/** All places in a document that a value can be put in, as functions that put it there. */
function places(value: Loose): ((with_: unknown) => void)[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [(put: unknown) => (value[key] = put), ...places(value[key])]);
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    "",
    "0",
    "-0",
    "01",
    "9".repeat(19),
    "9".repeat(30),
    1e21,
    -1,
    0.5,
    2 ** 53,
    2 ** 52,
    Number.NaN,
    [],
    {},
    [[]],
  ),
  fc.constantFrom<unknown>("proven", "basic", "simulated", true, [0, 1], [99], { base: "0", d: [] }, { base: "1", d: [1, 2], e: 1 }),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
);

describe("a plain batch", () => {
  it("is what agents send", () => {
    for (const exchanges of [0, 1, 100, 400]) expect(isPlainBatch(JSON.parse(JSON.stringify(host(exchanges).next())))).toBe(true);
    expect(isPlainBatch(structuredClone(BATCH))).toBe(true);
  });
  it("is one of which schema and check say nothing either, whatever was changed in it", () => {
    let both = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }), fc.boolean(), (changes, small) => {
        const document = JSON.parse(JSON.stringify(small ? BATCH : host(5).next()));
        for (const [where, what] of changes) {
          const all = places(document);
          // One of its own each time: the same one put into itself would be a document without an end.
          all[where % all.length]?.(structuredClone(what));
        }
        const quickly = isPlainBatch(document);
        if (quickly) expect(slowly(document)).toBe(true);
        if (quickly === slowly(document)) both += 1;
      }),
      { numRuns: 4_000 },
    );
    // It is of use only where it mostly agrees.
    expect(both).toBeGreaterThan(3_800);
  });
});

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { runMutants } from "./run-mutants.ts";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
/** The same in other words: what catches this one catches anything. */
const NO_MISTAKE: Mutant = {
  name: "the terms of an upper end are in another order",
  file: "packages/time/src/exchange.ts",
  from: "const upper = x.t2 - x.t1 + budget.total;",
  to: "const upper = budget.total + x.t2 - x.t1;",
};
/** Caught by an early seed each, in different parts. */
const SHORT = ["a divergence has the sign of an offset", "a receipt is given though nothing was written"];

describe("mistakes in our own code", () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s: its text is there, once", (_, { file, from, to }) => {
    expect(readFileSync(`${ROOT}${file}`, "utf8").split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });

  it("thirty of them, each of its own name", () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(30);
  });

  it("are caught by seeds when they are built (two of them), and what is none is not", { timeout: 600_000 }, async () => {
    const wanted = [NO_MISTAKE, ...MUTANTS.filter(({ name }) => SHORT.includes(name))];
    const caught = await runMutants(ROOT, wanted, 3, () => undefined);
    expect(caught.map(({ seeds }) => seeds !== null)).toEqual([false, true, true]);
  });
});

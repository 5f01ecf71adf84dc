import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MUTANTS } from "./mutants.ts";
import { runMutants } from "./run-mutants.ts";

const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
/** Caught by an early seed each, in different parts. */
const SHORT = ["a divergence has the sign of an offset", "a receipt is given though nothing was written"];

describe("mistakes in our own code", () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s: its text is there, once", (_, { file, from, to }) => {
    expect(readFileSync(`${ROOT}${file}`, "utf8").split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });

  it("twenty of them, each of its own name", () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(20);
  });

  it("are caught by seeds when they are built (two of them)", { timeout: 600_000 }, async () => {
    const wanted = MUTANTS.filter(({ name }) => SHORT.includes(name));
    const caught = await runMutants(ROOT, wanted, 20, () => undefined);
    expect(caught.map(({ seeds }) => seeds !== null)).toEqual([true, true]);
  });
});

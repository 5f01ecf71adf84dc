import { describe, expect, it } from "vitest";
import { simulate } from "./run.ts";
import { failureOf, historyText, judgeSeeds } from "./seeds.ts";
import { CHANCES } from "./troubles.ts";

const SEEDS = 60;
const KINDS = Object.keys(CHANCES);

describe("a simulated world", () => {
  it("has the same history byte for byte for the same seed, and another one for another", async () => {
    const [first, second, other] = [await simulate(11), await simulate(11), await simulate(12)];
    expect(historyText(first)).toBe(historyText(second));
    expect(first.history.digest).not.toBe(other.history.digest);
  });

  it(`keeps every promise in ${SEEDS} worlds, under every kind of trouble`, { timeout: 600_000 }, async () => {
    const tally = await judgeSeeds({ from: 1, count: SEEDS });
    expect(tally.failing.map(({ seed, violations }) => failureOf(seed, violations))).toEqual([]);
    expect([...tally.troubles.keys()].sort()).toEqual([...KINDS].sort());
    // A world in which little happens proves little.
    expect(tally.kept / SEEDS).toBeGreaterThan(20);
    expect(tally.told).toBeGreaterThan(SEEDS);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chronydPath } from "../bench/chronyd.ts";
import { runScenario } from "../scenario/scenario.ts";
import { SeededRandom } from "../sim/random.ts";
import { feedOnce, runTarget } from "./fuzz/run-target.ts";
import type { FuzzTarget } from "./fuzz/target.ts";
import { fuzzTargets } from "./fuzz/targets.ts";
import { drawScenario } from "./population.ts";
import { CLAIMANTS, compareClaims } from "./published/compare.ts";
import { replaceTable, tableOf } from "./published/part.ts";
import { SCENES } from "./published/scenes.ts";
import { measureReal } from "./real.ts";
import { isSound, measureSimulated } from "./simulated.ts";
import { flipEachBit, isHeld } from "./spool.ts";

const quiet = () => undefined;

describe("containment, simulated (the short form)", () => {
  it("G, H and all between readings hold the truth where sigma does", () => {
    const tally = measureSimulated("within sigma", 2000, 1, quiet);
    expect(tally.failing).toEqual([]);
    expect(isSound(tally)).toBe(true);
    expect(tally.tight.checked).toBeGreaterThan(1000);
    expect(tally.between.checked).toBeGreaterThan(1000);
  });
  it("G holds it where the frequency moves farther, and there H's misses are counted", () => {
    const tally = measureSimulated("beyond sigma", 2000, 2, quiet);
    expect(tally.failing).toEqual([]);
    expect(isSound(tally)).toBe(true);
  });
  it("does find a miss: a clock that is faster than rho leaves G", () => {
    const scenario = drawScenario("within sigma", 3);
    const sources = [1, 2, 3].map((last) => ({ address: `198.51.100.${last}:123`, thereMs: 0.1, backMs: 0.1 }));
    const fast = { ...scenario, sources, liars: 0, policy: { rho_ppb: 20_000, faults: 1 }, clock: { driftPpb: 400_000 } };
    expect(runScenario({ ...fast, seconds: 90, pollS: 16 }).missed.length).toBeGreaterThan(0);
  });
});

describe.skipIf(chronydPath() === null)("containment, real (the short form; skipped: chronyd not found)", () => {
  it("no interval leaves out the true offset of zero, on any rung, under any load", { timeout: 60_000 }, async () => {
    const tallies = await measureReal(600, quiet);
    expect(tallies.map(({ load, mode, missed }) => ({ load, mode, missed })).filter(({ missed }) => missed > 0)).toEqual([]);
    expect(new Set(tallies.map(({ load }) => load)).size).toBe(3);
    for (const { exchanges } of tallies) expect(exchanges).toBeGreaterThan(0);
  });
});

describe("R4 every parser at its boundary (the short form)", () => {
  const CASES = 600;
  /** What nobody drew from a right example. */
  const anything = ({ kind }: FuzzTarget): fc.Arbitrary<unknown> =>
    kind === "text" ? fc.string({ unit: "binary", maxLength: 400 }) : kind === "bytes" ? fc.uint8Array({ maxLength: 400 }) : fc.jsonValue();

  it.each(fuzzTargets.map((target) => [target.name, target] as const))("%s", (_, target) => {
    // How long each takes is for the long run: here other tests share the processors.
    const { findings } = runTarget(target, CASES, 1, null);
    expect(findings).toEqual([]);
    fc.assert(
      fc.property(anything(target), (input) => {
        expect(feedOnce(target, input as ReturnType<FuzzTarget["draw"]>)[0]).toBeNull();
      }),
      { numRuns: 100 },
    );
  });
  it("draws the same case from the same number, and many that are accepted", () => {
    for (const target of fuzzTargets) expect(target.draw(new SeededRandom(9))).toEqual(target.draw(new SeededRandom(9)));
  });
  it("does find what is wrong", () => {
    const broken: FuzzTarget = {
      name: "broken",
      kind: "text",
      draw: (random) => (random.next() < 0.1 ? "bad" : "good"),
      feed: (input) => {
        if (input === "bad") throw new TypeError("not caught");
        return null;
      },
    };
    expect(runTarget(broken, 200, 1, null).findings[0]).toMatchObject({ what: "threw TypeError: not caught", input: '"bad"' });
  });
});

describe("the published scenes (cut short)", () => {
  // The jump comes late and the wave is long: these two are for the long run.
  it.each(SCENES.slice(2).map((scene) => [scene.title, scene] as const))("%s: G holds the truth", (_, scene) => {
    const comparison = compareClaims(scene, 1200);
    expect(comparison["ours, G (guaranteed)"]).toMatchObject({ missed: 0 });
    for (const name of CLAIMANTS) expect(comparison[name].claims).toBeGreaterThan(30);
  });
  it("where two collude, those who bet on the fewest liars leave it out", () => {
    const comparison = compareClaims(SCENES[2] as (typeof SCENES)[number], 1200);
    expect(comparison["chrony (model)"].missed).toBeGreaterThan(30);
    expect(comparison.Marzullo.missed).toBeGreaterThan(30);
    expect(tableOf([{ title: "x", comparison }])).toMatch(/^\| scene \| chrony/);
  });
  it("put their table between its markers, and nowhere else", () => {
    const document = "a\n<!-- published: begin -->\nold\n<!-- published: end -->\nz";
    expect(replaceTable(document, "new")).toBe("a\n<!-- published: begin -->\n\nnew\n\n<!-- published: end -->\nz");
    expect(() => replaceTable("no markers", "new")).toThrow(/^Cannot write into docs\/containment.md/);
  });
});

it("a spool with a flipped bit opens, loses one batch, declares it and gives nothing that was not written (the short form)", () => {
  const tally = flipEachBit(500, quiet);
  expect(tally.flips).toBeGreaterThanOrEqual(500);
  expect(isHeld(tally)).toBe(true);
});

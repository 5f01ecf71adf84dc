import type { ReportManifest } from "@truebound/audit";
import { afterAll, describe, expect, it } from "vitest";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { foretoldWorld, oddWorld } from "./foretold-scene.ts";
import { firstSays, firstTells, HAS_PYTHON, NEEDS_PYTHON, secondSays, secondTells } from "./two-verifiers.ts";
import { reported, resigned, S, TO, troubledWorld } from "./verified-scene.ts";

const SEEDS = [1, 2, 3];
const seen = new Set<string>();

/** What happened to the clocks of a report, in words. */
function* happened({ results }: ReportManifest): Generator<string> {
  for (const { cuts, spans, statistics, episodes, gaps, sampled, host } of results) {
    yield* cuts.map(([, , reason]) => reason);
    yield* spans.map(([, , verdict]) => verdict);
    if (statistics.dropped.rehearsed > 0) yield "rehearsed";
    if (episodes.length > 1) yield "episodes";
    if (gaps.length > 1) yield "gaps";
    if (sampled.inside > 0 && sampled.inside < sampled.samples) yield "samples inside and outside";
    if (host === null) yield "listed without an agent";
  }
}

describe.skipIf(!HAS_PYTHON)(`a report of troubled clocks${NEEDS_PYTHON}`, () => {
  it.each(SEEDS)("holds for both verifiers (%i)", async (seed) => {
    const bundle = await reported(troubledWorld(seed, 4));
    for (const one of happened(JSON.parse(bundle.text("manifest.json")))) seen.add(one);
    expect(await firstSays(bundle)).toBeNull();
    expect(secondSays(bundle)).toBeNull();
  });
  it("foretells by its last reports alone: both verifiers reckon the same, of every manner of being measured", async () => {
    const found = new Set<string>();
    const bundle = await reported(foretoldWorld(9, 10));
    const { forecasts = [], results } = JSON.parse(bundle.text("manifest.json")) as ReportManifest;
    expect([await firstSays(bundle), secondSays(bundle)]).toEqual([null, null]);
    expect(forecasts.map(({ result }) => results[result]?.host)).toEqual(results.flatMap(({ host }) => host ?? []));
    for (const { basis, live, report, binding } of forecasts) {
      found.add(`live ${live.verdict}`).add(`report ${report.verdict}`).add(`mostly ${binding?.term}`);
      if (basis !== null && live.verdict === "unknown") found.add("unknown pace");
    }
    const verdicts = ["yes", "no", "out_of_reach", "unknown"].flatMap((word) => [`live ${word}`, `report ${word}`]);
    expect([...found]).toEqual(expect.arrayContaining([...verdicts, "mostly drift", "mostly slew", "mostly path", "unknown pace"]));
  });
  it("holds for both verifiers whatever a host says of how it is measured: the reports of all others must not hang on it", async () => {
    const bundle = await reported(oddWorld());
    expect([await firstTells(bundle), secondTells(bundle)]).toEqual([null, null]);
  });
  it("has the same forecasts when it is made again, and none that an issuer makes up", async () => {
    const world = foretoldWorld(1, 4);
    const bundle = await reported(world);
    const forecastsOf = (files: MemoryBundle) => (JSON.parse(files.text("manifest.json")) as ReportManifest).forecasts;
    expect(forecastsOf(await reported(world))).toEqual(forecastsOf(bundle));
    // Where nobody was heard until the period was over its newest head is older: what is foretold must not hang on that.
    const quiet = foretoldWorld(1, 4);
    quiet.log.begun = TO - 200n * S;
    const silent = await reported(quiet);
    expect(forecastsOf(silent)).toEqual(forecastsOf(bundle));
    expect([await firstTells(silent), secondTells(silent)]).toEqual([null, null]);
    await holdsAndNot(world, bundle);
  });
  /** An issuer can leave forecasts out as a whole, as earlier releases did, and can make none of them up. */
  async function holdsAndNot(world: World, bundle: MemoryBundle): Promise<void> {
    const forged: [(manifest: ReportManifest) => object, string][] = [
      [
        ({ forecasts = [], ...one }) => ({ ...one, forecasts: forecasts.with(3, { ...forecasts[3], limit_ns: "1" } as never) }),
        "recomputed",
      ],
      [({ forecasts = [], ...one }) => ({ ...one, forecasts: forecasts.slice(1) }), "recomputed"],
      [({ forecasts = [], ...one }) => ({ ...one, forecasts: [...forecasts, forecasts[0]] }), "forecasts"],
      [({ forecasts = [], ...one }) => ({ ...one, forecasts: forecasts.toReversed() }), "forecasts"],
    ];
    for (const [change, rule] of forged) {
      const files = resigned(world, bundle, change);
      expect(await firstSays(files)).toMatchObject({ step: "results", rule });
      expect(secondSays(files)).toMatchObject({ step: "results", rule });
    }
    // All of its results hold; what people read was made of another manifest.
    const earlier = resigned(world, bundle, ({ forecasts: _forecasts, ...one }) => one);
    expect([await firstSays(earlier), secondSays(earlier)]).toMatchObject([{ step: "rendered" }, { step: "rendered" }]);
  }
  afterAll(() => {
    const reasons = ["lost_evidence", "boot", "rehearsal", "clock_stepped", "suspended", "no_bound", "agent_blind", "no_record", "leap"];
    const verdicts = ["COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE"];
    const rest = ["rehearsed", "episodes", "gaps", "samples inside and outside", "listed without an agent"];
    expect([...seen]).toEqual(expect.arrayContaining([...reasons, ...verdicts, ...rest]));
  });
});

import type { ReportManifest } from "@truebound/audit";
import { afterAll, describe, expect, it } from "vitest";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, secondSays } from "./two-verifiers.ts";
import { reported, troubledWorld } from "./verified-scene.ts";

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
  afterAll(() => {
    const reasons = ["lost_evidence", "boot", "rehearsal", "clock_stepped", "suspended", "no_bound", "agent_blind", "no_record", "leap"];
    const verdicts = ["COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE"];
    const rest = ["rehearsed", "episodes", "gaps", "samples inside and outside", "listed without an agent"];
    expect([...seen]).toEqual(expect.arrayContaining([...reasons, ...verdicts, ...rest]));
  });
});

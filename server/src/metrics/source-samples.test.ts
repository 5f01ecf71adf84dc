import { describe, expect, it } from "vitest";
import { summarize } from "../fleet/host-view.ts";
import { record } from "../fleet/record.fixture.ts";
import { DECLARATION, source } from "../fleet/source.fixture.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { sourceSamples } from "./source-samples.ts";

const host = (name: string, sources: FleetEntry["record"]["sources"], liveness: FleetEntry["liveness"] = "reporting"): FleetEntry => {
  const made = record({ name, sources });
  return { record: made, liveness, ageMs: 0, summary: summarize(made, liveness) };
};

describe("the samples of sources", () => {
  it("say state, reach, offset with our sign, delay and stratum", () => {
    expect(sourceSamples([host("a", [source("ntp1:123")])])).toEqual([
      { family: "sourceState", labels: { host: "a", source: "ntp1:123", state: "agrees" }, value: 1 },
      { family: "sourceReachable", labels: { host: "a", source: "ntp1:123" }, value: 1 },
      { family: "sourceOffset", labels: { host: "a", source: "ntp1:123" }, value: 1e-6 },
      { family: "sourceDelay", labels: { host: "a", source: "ntp1:123" }, value: 2e-6 },
      { family: "sourceStratum", labels: { host: "a", source: "ntp1:123" }, value: 2 },
      { family: "sourceSeriesLeftOut", labels: {}, value: 0 },
    ]);
  });
  it("say of sources that are asked under NTS whether they are authenticated, and of no others", () => {
    const nts = { mode: "preferred", name: "ntp1", key: "k".repeat(43), dates: "confirmed" } as const;
    const [yes, no] = [true, false].map((authenticated) => source(`${authenticated}`, { nts: { ...nts, authenticated } }));
    const said = sourceSamples([
      host(
        "a",
        [yes, no, source("plain")].flatMap((one) => one ?? []),
      ),
    ]);
    expect(said.flatMap(({ family, labels, value }) => (family === "sourceAuthenticated" ? [[labels.source, value]] : []))).toEqual([
      ["true", 1],
      ["false", 0],
    ]);
  });
  it("say of sources of which something is declared whether it counts, and of no others", () => {
    const [counts, not] = ([null, "refid"] as const).map((why) => source(`${why}`, { declaration: { ...DECLARATION, void: why } }));
    const said = sourceSamples([
      host(
        "a",
        [counts, not, source("plain")].flatMap((one) => one ?? []),
      ),
    ]);
    expect(said.flatMap(({ family, labels, value }) => (family === "sourceRootDeclared" ? [[labels.source, value]] : []))).toEqual([
      ["null", 1],
      ["refid", 0],
    ]);
  });
  it("say nothing of what is unknown, nor of a silent host's sources", () => {
    const mute = source("x", { state: "never_answered", stratum: null, lo_ns: null, hi_ns: null, delay_ns: null });
    const said = sourceSamples([host("a", [mute]), host("b", [source("y")], "silent")]);
    expect(said.map(({ family, value }) => [family, value])).toEqual([
      ["sourceState", 1],
      ["sourceReachable", 0],
      ["sourceSeriesLeftOut", 0],
    ]);
  });
  it("are bounded, states first, and say how many are left out", () => {
    const said = sourceSamples([host("b", [source("y")]), host("a", [source("x")])], 3);
    expect(said.map(({ family, labels, value }) => [family, labels.host, value])).toEqual([
      ["sourceState", "a", 1],
      ["sourceState", "b", 1],
      ["sourceReachable", "a", 1],
      ["sourceSeriesLeftOut", undefined, 7],
    ]);
  });
});

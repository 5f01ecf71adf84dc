import type { BatchSource } from "@truebound/wire";
import type { FleetEntry } from "../fleet/watcher.ts";
import type { FleetFamilyName } from "./families.ts";
import { isPresent, middle, type Sample } from "./fleet-samples.ts";

/** Of all sources of all hosts together; whoever has more is better served by the page of one host. */
export const SOURCE_SERIES_MOST = 100_000;

const UNREACHABLE: readonly BatchSource["state"][] = ["never_answered", "stale", "resolving"];

/** What there is to say of a source, what matters most first; null = unknown. */
const FIGURES: readonly [FleetFamilyName, (source: BatchSource) => number | null][] = [
  ["sourceReachable", ({ state }) => (UNREACHABLE.includes(state) ? 0 : 1)],
  ["sourceAuthenticated", ({ nts }) => (nts === undefined ? null : Number(nts.authenticated))],
  ["sourceRootDeclared", ({ declaration }) => (declaration === undefined ? null : Number(declaration.void === null))],
  ["sourceOffset", ({ lo_ns, hi_ns }) => (lo_ns === null || hi_ns === null ? null : middle({ lo: BigInt(lo_ns), hi: BigInt(hi_ns) }))],
  ["sourceDelay", ({ delay_ns }) => (delay_ns === null ? null : Number(delay_ns) / 1e9)],
  ["sourceStratum", ({ stratum }) => stratum],
  ["sourceClockClass", ({ kind, facts }) => (kind === "ptp" && typeof facts?.clock_class === "number" ? facts.clock_class : null)],
];

/** The sources of the hosts that are heard: one figure of all, then the next, until there are as many series as a page may have. */
export function sourceSamples(entries: readonly FleetEntry[], most = SOURCE_SERIES_MOST): Sample[] {
  const sources = entries
    .filter(({ liveness }) => isPresent(liveness))
    .sort((a, b) => (a.record.name < b.record.name ? -1 : 1))
    .flatMap(({ record }) => record.sources.map((source) => ({ host: record.name, source })));
  const samples: Sample[] = [];
  let leftOut = 0;
  const take = (family: FleetFamilyName, labels: Sample["labels"], value: number) => {
    if (samples.length < most) samples.push({ family, labels, value });
    else leftOut += 1;
  };
  for (const { host, source } of sources) take("sourceState", { host, source: source.id, state: source.state }, 1);
  for (const { host, source } of sources)
    if (source.kind !== undefined && source.kind !== "ntp")
      take("sourceCounts", { host, source: source.id, kind: source.kind }, source.counts === false ? 0 : 1);
  for (const [family, figure] of FIGURES)
    for (const { host, source } of sources) {
      const value = figure(source);
      if (value !== null) take(family, { host, source: source.id }, value);
    }
  return [...samples, { family: "sourceSeriesLeftOut", labels: {}, value: leftOut }];
}

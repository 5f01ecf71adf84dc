import type { Family } from "./family.ts";

/** What hosts say of their sources. All of them together are bounded (source-samples.ts). */
export const SOURCE_FAMILIES = {
  sourceState: {
    name: "truebound_source_state_info",
    kind: "gauge",
    help: "1 for what the source is to the host's bound: agrees, never_answered, stale, timescale_unknown, not_authenticated, inconsistent_with_itself, vote_void, falseticker, no_region or resolving. Absent when the host is silent; so is all that follows of sources.",
    labels: ["host", "source", "state"],
  },
  sourceReachable: {
    name: "truebound_source_reachable",
    kind: "gauge",
    help: "1 where the source gave a usable answer within its last polls, else 0.",
    labels: ["host", "source"],
  },
  sourceAuthenticated: {
    name: "truebound_source_authenticated",
    kind: "gauge",
    help: "1 where all that is held of the source came in replies authenticated by NTS, 0 where it is asked so and they were not. Absent where it is asked without NTS.",
    labels: ["host", "source"],
  },
  sourceCounts: {
    name: "truebound_source_votes",
    kind: "gauge",
    help: "1 where a source that is not asked by NTP may have a vote, 0 where it is compared and has none. Absent where it is asked by NTP.",
    labels: ["host", "source", "kind"],
  },
  sourceRootDeclared: {
    name: "truebound_source_root_declared",
    kind: "gauge",
    help: "1 where what is declared of the source's own error counts in place of what it advertises, 0 where it does not: the source left its baseline, or the dates are over. Absent where nothing is declared, and before its first answer.",
    labels: ["host", "source"],
  },
  sourceOffset: {
    name: "truebound_source_offset_seconds",
    kind: "gauge",
    help: "Middle of what the source alone says of the host's offset (reference minus local, positive = the host is behind). Absent where it says nothing that can be used.",
    labels: ["host", "source"],
  },
  sourceDelay: {
    name: "truebound_source_delay_seconds",
    kind: "gauge",
    help: "Round trip to the source, less the time that it held the request, of the latest exchange. Absent before the first.",
    labels: ["host", "source"],
  },
  sourceStratum: {
    name: "truebound_source_stratum",
    kind: "gauge",
    help: "Stratum that the source says it has. Absent before its first answer.",
    labels: ["host", "source"],
  },
  sourceClockClass: {
    name: "truebound_source_clock_class",
    kind: "gauge",
    help: "clockClass of the grandmaster that the PTP port follows, as it says itself: 6 = it follows a primary reference of time, 7 = it is in holdover within its specification, 52 and 187 = out of it, 248 = it follows nothing. Absent of all other sources, and before the first answer.",
    labels: ["host", "source"],
  },
  sourceSeriesLeftOut: {
    name: "truebound_source_series_left_out",
    kind: "gauge",
    help: "Series of sources that this page leaves out: it has 100,000 of them at most. States come first, then counts, reachable, authenticated, declared, offset, delay, stratum and clock class; hosts by name.",
    labels: [],
  },
} as const satisfies Record<string, Family>;

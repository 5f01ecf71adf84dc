import type { MetricFamily } from "@truebound/wire";

/**
 * What this host says of itself. The names are those of the server's page without the label `host`, so that a question reads the
 * same of both. Offsets are reference − local. What is unknown has no sample, never a zero.
 */
export const AGENT_FAMILIES = {
  errorBound: {
    name: "truebound_clock_error_bound_seconds",
    kind: "gauge",
    help: "The most that this host's clock can be wrong: max(|lower|, |upper|) of the bound on its offset. Absent when there is no bound.",
  },
  lowerBound: {
    name: "truebound_clock_offset_lower_bound_seconds",
    kind: "gauge",
    help: "Lower end of the bound on the offset (reference minus local, positive = behind). Absent when there is no bound.",
  },
  upperBound: {
    name: "truebound_clock_offset_upper_bound_seconds",
    kind: "gauge",
    help: "Upper end of the bound on the offset (reference minus local, positive = behind). Absent when there is no bound.",
  },
  offset: {
    name: "truebound_clock_offset_seconds",
    kind: "gauge",
    help: "Middle of the tight bound on the offset (reference minus local, positive = behind): an estimate, and no bound. Absent without a tight bound.",
  },
  status: { name: "truebound_clock_status", kind: "gauge", help: "1 for the status of the bound." },
  frequencyError: {
    name: "truebound_clock_frequency_error_ratio",
    kind: "gauge",
    help: "Middle of what is known of the oscillator's frequency error (positive = fast, 1e-6 = 1 ppm), before a daemon corrects it. Absent when nothing is known of it.",
  },
  frequencyLower: {
    name: "truebound_clock_frequency_error_lower_bound_ratio",
    kind: "gauge",
    help: "Lower end of what is known of the oscillator's frequency error (positive = fast). Absent when nothing is known of it.",
  },
  frequencyUpper: {
    name: "truebound_clock_frequency_error_upper_bound_ratio",
    kind: "gauge",
    help: "Upper end of what is known of the oscillator's frequency error (positive = fast). Absent when nothing is known of it.",
  },
  frequencyBound: {
    name: "truebound_clock_frequency_error_bound_ratio",
    kind: "gauge",
    help: "The most that the oscillator can be fast or slow: max(|lower|, |upper|) of its frequency error. Absent when nothing is known of it.",
  },
  limit: {
    name: "truebound_clock_limit_seconds",
    kind: "gauge",
    help: "The limit on the worst error that the policy names. Absent where it names none.",
  },
  votes: { name: "truebound_clock_votes", kind: "gauge", help: "Independent votes that the bound rests on." },
  votesWanted: {
    name: "truebound_clock_votes_wanted",
    kind: "gauge",
    help: "Votes that the bound needs so that as many may lie as are assumed to: 2F + 1.",
  },
  daemonFinding: {
    name: "truebound_daemon_finding_info",
    kind: "gauge",
    help: "1 while this agent finds so of the host's own daemon (daemon_bound_violated, daemon_dead, daemon_in_minority_camp, unsynchronised_source_in_use); else absent.",
  },
  kernelRefused: {
    name: "truebound_kernel_discipline_refused_info",
    kind: "gauge",
    help: "1 while nothing is taken from what the kernel says of its discipline (adjtimex), and the fastest that it can go is assumed: why is denied, offset_glitch, freq_out_of_range, tick_out_of_range, offset_out_of_range or constant_out_of_range; else absent.",
  },
  driftBroken: {
    name: "truebound_clock_drift_assumption_broken",
    kind: "gauge",
    help: "1 while the oscillator was measured to stray faster than assumed, and what was measured is assumed instead; else absent.",
  },
  cardExchanges: {
    name: "truebound_agent_hardware_stamps_total",
    kind: "counter",
    help: "Exchanges through a network card that stamps in hardware, by what came of its stamps: both, one or none of the two were used; or the kernel's were, because its clock was stepped (clock_stepped), a stamp was of another time (stamp_outside) or cannot be of that packet (contradicts_kernel), or by what the server said the two exclude each other (disagrees). missing counts beside those the exchanges in which a stamp did not come.",
  },
  steps: {
    name: "truebound_clock_steps_total",
    kind: "counter",
    help: "Steps of the clock that this agent saw since it began; a leap second that the kernel made is none.",
  },
  sourceState: {
    name: "truebound_source_state_info",
    kind: "gauge",
    help: "1 for what the source is to the bound: agrees, never_answered, stale, timescale_unknown, not_authenticated, inconsistent_with_itself, vote_void, falseticker, no_region or resolving.",
  },
  sourceReachable: {
    name: "truebound_source_reachable",
    kind: "gauge",
    help: "1 where the source gave a usable answer within its last polls, else 0.",
  },
  sourceAuthenticated: {
    name: "truebound_source_authenticated",
    kind: "gauge",
    help: "1 where all that is held of the source came in replies authenticated by NTS, 0 where it is asked so and they were not. Absent where it is asked without NTS.",
  },
  sourceCounts: {
    name: "truebound_source_votes",
    kind: "gauge",
    help: "1 where a source that is not asked by NTP may have a vote, 0 where it is compared and has none. Absent where it is asked by NTP.",
  },
  sourceRootDeclared: {
    name: "truebound_source_root_declared",
    kind: "gauge",
    help: "1 where what is declared of the source's own error counts in place of what it advertises, 0 where it does not: the source left its baseline, or the dates are over. Absent where nothing is declared, and before its first answer.",
  },
  sourceOffset: {
    name: "truebound_source_offset_seconds",
    kind: "gauge",
    help: "Middle of what the source alone says of the offset (reference minus local, positive = this host is behind). Absent where it says nothing that can be used.",
  },
  sourceDelay: {
    name: "truebound_source_delay_seconds",
    kind: "gauge",
    help: "Round trip to the source, less the time that it held the request, of the latest exchange. Absent before the first.",
  },
  sourceStratum: {
    name: "truebound_source_stratum",
    kind: "gauge",
    help: "Stratum that the source says it has. Absent before its first answer.",
  },
  sourceClockClass: {
    name: "truebound_source_clock_class",
    kind: "gauge",
    help: "clockClass of the grandmaster that the PTP port follows, as it says itself: 6 = it follows a primary reference of time, 7 = it is in holdover within its specification, 52 and 187 = out of it, 248 = it follows nothing. Absent of all other sources, and before the first answer.",
  },
  readingAge: {
    name: "truebound_agent_reading_age_seconds",
    kind: "gauge",
    help: "Time since this agent last read the clocks, on CLOCK_MONOTONIC_RAW. Beyond 90 s all that is said of the clock and its sources is absent.",
  },
  info: { name: "truebound_agent_info", kind: "gauge", help: "1, with the version of the agent and how it takes stamps." },
} as const satisfies Record<string, MetricFamily>;

export type AgentFamilyName = keyof typeof AGENT_FAMILIES;

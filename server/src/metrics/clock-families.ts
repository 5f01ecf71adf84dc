import type { Family } from "./family.ts";

/** What is known of a host's clock beside its bounds, and what is asked of it. */
export const CLOCK_FAMILIES = {
  offset: {
    name: "truebound_clock_offset_seconds",
    kind: "gauge",
    help: "Middle of the tight bound on the host's offset (reference minus local, positive = behind): an estimate, and no bound. Absent without a tight bound, or when the host is silent.",
    labels: ["host"],
  },
  frequencyError: {
    name: "truebound_clock_frequency_error_ratio",
    kind: "gauge",
    help: "Middle of what is known of the frequency error of the host's oscillator (positive = fast, 1e-6 = 1 ppm), before its daemon corrects it. Absent when nothing is known of it, or the host is silent.",
    labels: ["host"],
  },
  frequencyLower: {
    name: "truebound_clock_frequency_error_lower_bound_ratio",
    kind: "gauge",
    help: "Lower end of what is known of the frequency error of the host's oscillator (positive = fast). Absent when nothing is known of it, or the host is silent.",
    labels: ["host"],
  },
  frequencyUpper: {
    name: "truebound_clock_frequency_error_upper_bound_ratio",
    kind: "gauge",
    help: "Upper end of what is known of the frequency error of the host's oscillator (positive = fast). Absent when nothing is known of it, or the host is silent.",
    labels: ["host"],
  },
  frequencyBound: {
    name: "truebound_clock_frequency_error_bound_ratio",
    kind: "gauge",
    help: "The most that the host's oscillator can be fast or slow: max(|lower|, |upper|) of its frequency error. Absent when nothing is known of it, or the host is silent.",
    labels: ["host"],
  },
  limit: {
    name: "truebound_clock_limit_seconds",
    kind: "gauge",
    help: "The strictest limit on the worst error that the host's policy names. Absent where it names none.",
    labels: ["host"],
  },
  withinLimit: {
    name: "truebound_clock_within_limit_seconds",
    kind: "gauge",
    help: "How long the guaranteed bound stays within the limit of the host's policy (of 100 ms where it names none) if every source falls silent and nobody touches the clock; 0 = it is not within it. Absent without a bound, where it never leaves it, or when the host is silent.",
    labels: ["host"],
  },
  votes: {
    name: "truebound_clock_votes",
    kind: "gauge",
    help: "Independent votes that the host's bound rests on: sources that share an upstream have one together. Absent when nothing is known of them, or the host is silent.",
    labels: ["host"],
  },
  votesWanted: {
    name: "truebound_clock_votes_wanted",
    kind: "gauge",
    help: "Votes that the bound of the host needs so that as many may lie as are assumed to: 2F + 1. Absent when F is not known, or the host is silent.",
    labels: ["host"],
  },
  sharedUpstream: {
    name: "truebound_clock_shared_upstream_sources",
    kind: "gauge",
    help: "The most sources of the host that share one upstream, where there are two or more; else absent.",
    labels: ["host"],
  },
  driftBroken: {
    name: "truebound_clock_drift_assumption_broken",
    kind: "gauge",
    help: "1 while the host's oscillator was measured to stray faster than assumed, and what was measured is assumed instead; else absent.",
    labels: ["host"],
  },
  daemonFinding: {
    name: "truebound_daemon_finding_info",
    kind: "gauge",
    help: "1 while the host's agent finds so of the host's own daemon (daemon_bound_violated, daemon_dead, daemon_in_minority_camp, unsynchronised_source_in_use); else absent.",
    labels: ["host", "finding"],
  },
  kernelRefused: {
    name: "truebound_kernel_discipline_refused_info",
    kind: "gauge",
    help: "1 while nothing is taken from what the host's kernel says of its discipline (adjtimex), and the fastest that it can go is assumed: why is denied, offset_glitch, freq_out_of_range, tick_out_of_range, offset_out_of_range or constant_out_of_range; else absent.",
    labels: ["host", "why"],
  },
  eventAge: {
    name: "truebound_host_event_age_seconds",
    kind: "gauge",
    help: "Time since this process heard of the host's last event of such a kind (clock_stepped, drift_assumption_broken, leap_pending, mixed_timescales, spool_degraded, spool_gap), on its monotonic clock. Absent before the first, and two hours after the last.",
    labels: ["host", "kind"],
  },
  rehearsal: {
    name: "truebound_host_rehearsal",
    kind: "gauge",
    help: "1 while the host's latest report was made under a declared fault: what is said of its clock is a rehearsal; else absent.",
    labels: ["host"],
  },
  leapPending: {
    name: "truebound_leap_pending_seconds",
    kind: "gauge",
    help: "Time until the next leap second of the list that agents are given, on the database's clock. Absent when the list has none to come, and until this process has asked that clock.",
    labels: [],
  },
  serverClock: {
    name: "truebound_server_clock_error_bound_seconds",
    kind: "gauge",
    help: "The most that the clock of the machine of this server process can be wrong, by the agent on it. Absent where none reports, or its bound is neither proven nor held over.",
    labels: [],
  },
  alerting: {
    name: "truebound_alerting_info",
    kind: "gauge",
    help: "1 for who tells people of alerts: mode is server, or prometheus. Absent until this process has read what was set.",
    labels: ["mode"],
  },
} as const satisfies Record<string, Family>;

import { CLOCK_FAMILIES } from "./clock-families.ts";
import type { Family } from "./family.ts";
import { PROCESS_FAMILIES } from "./process-families.ts";
import { SOURCE_FAMILIES } from "./source-families.ts";

export type { Family } from "./family.ts";

/**
 * Every metric of the server, as data: what it says, in which unit, with which labels. Base units; what is unknown has no
 * sample, never a zero. Offsets are reference − local: positive = the host is behind.
 */
export const FLEET_FAMILIES = {
  errorBound: {
    name: "truebound_clock_error_bound_seconds",
    kind: "gauge",
    help: "The most that the host's clock can be wrong: max(|lower|, |upper|) of the bound on its offset. Absent when there is no bound or the host is silent.",
    labels: ["host", "tier"],
  },
  lowerBound: {
    name: "truebound_clock_offset_lower_bound_seconds",
    kind: "gauge",
    help: "Lower end of the bound on the offset (reference minus local, positive = behind). Absent when there is no bound or the host is silent.",
    labels: ["host", "tier"],
  },
  upperBound: {
    name: "truebound_clock_offset_upper_bound_seconds",
    kind: "gauge",
    help: "Upper end of the bound on the offset (reference minus local, positive = behind). Absent when there is no bound or the host is silent.",
    labels: ["host", "tier"],
  },
  ...CLOCK_FAMILIES,
  ...SOURCE_FAMILIES,
  status: {
    name: "truebound_clock_status",
    kind: "gauge",
    help: "1 for the status of the host's bound, as of its last report. Absent when the host is silent.",
    labels: ["host", "status"],
  },
  liveness: {
    name: "truebound_host_liveness",
    kind: "gauge",
    help: "1 for what is thought of the host's reports: enrolled (its first report is awaited), reporting, late, silent, carried (in files, none of which is awaited) or revoked; a retired host is not among them.",
    labels: ["host", "liveness"],
  },
  carriedUpTo: {
    name: "truebound_host_carried_up_to_timestamp_seconds",
    kind: "gauge",
    help: "When the last reading was taken of a host whose reports are carried, as a Unix time by the server's estimate of UTC. Absent for every other host, before its first report, and while its last reading has no such estimate.",
    labels: ["host"],
  },
  cloneSuspected: {
    name: "truebound_host_clone_suspected",
    kind: "gauge",
    help: "1 while somebody else reports by the host's key, most likely a copy of it, and is refused: until truebound host clear-clone.",
    labels: ["host"],
  },
  reportAge: {
    name: "truebound_host_report_age_seconds",
    kind: "gauge",
    help: "Time since the host's last report, on this server's monotonic clock. Absent until this server process has seen one.",
    labels: ["host"],
  },
  systemCheck: {
    name: "truebound_system_check_status",
    kind: "gauge",
    help: "1 for how a thing that the service needs stood when this process last looked, each half minute: pass, unset, unknown, warn or fail, as truebound doctor says it. Absent when it could not look for two minutes.",
    labels: ["check", "state"],
  },
  leapListExpiry: {
    name: "truebound_leap_list_expiry_seconds",
    kind: "gauge",
    help: "Time until the leap list that agents are given expires, on the database's clock; negative once it has. Absent until this process has asked that clock.",
    labels: [],
  },
  retentionAge: {
    name: "truebound_retention_pass_age_seconds",
    kind: "gauge",
    help: "Time since this process last found that all that is past its age had gone or moved; retried each minute while it fails, else each hour. Absent until the first time.",
    labels: [],
  },
  retentionFailures: {
    name: "truebound_retention_failures",
    kind: "gauge",
    help: "Days and hosts' days that this process's last pass of retention could not remove or move, and other parts of it that failed; each is a warning in the log. Absent until the first pass.",
    labels: [],
  },
  retentionClockAhead: {
    name: "truebound_retention_clock_ahead_seconds",
    kind: "gauge",
    help: "By how much the database's clock is ahead of the median UTC that the hosts heard last have proved, as of this process's last pass of retention; beyond an hour nothing is removed by that clock alone. Absent while no host has proved anything.",
    labels: [],
  },
  logAge: {
    name: "truebound_log_pass_age_seconds",
    kind: "gauge",
    help: "Time since this process last found that all evidence lies in the log under a signed head, or that another server is at it; retried each minute. Absent until the first time.",
    labels: [],
  },
  logFailing: {
    name: "truebound_log_failures",
    kind: "gauge",
    help: "1 while evidence cannot be taken into the log, else 0: agents keep their batches and nothing of it is removed meanwhile. Absent until the first pass.",
    labels: [],
  },
  logMismatches: {
    name: "truebound_log_mismatch_rows",
    kind: "gauge",
    help: "Batches at which the log of their host stops: they were not, when they were read again, what had been received, or were no longer there, and nobody has acknowledged it. Absent until this process has looked.",
    labels: [],
  },
  logBlocked: {
    name: "truebound_log_blocked_hosts",
    kind: "gauge",
    help: "Hosts whose log stops before such a batch: their agents keep what lies behind it, retention removes none of it and no report counts it. Absent until this process has looked.",
    labels: [],
  },
  logDifferences: {
    name: "truebound_log_differences",
    kind: "gauge",
    help: "Places of the log where what is stored is not now what was logged, as found when it was read again, and nobody has acknowledged it; and months that were left unsigned after a key was lost, until they are whole. Absent until this process has looked.",
    labels: [],
  },
  logScrubAge: {
    name: "truebound_log_scrub_age_seconds",
    kind: "gauge",
    help: "Time, by the database's clock, since all that is in the log was last read again from end to end, by whichever server; before the first time since that began. A day is too much. Absent until this process has looked.",
    labels: [],
  },
  reviewDue: {
    name: "truebound_traceability_review_due_seconds",
    kind: "gauge",
    help: "Time until the first yearly review of a chain to UTC is due, of the latest reviews of hosts that are there, by the database's clock; negative once it is overdue. Absent while nothing was reviewed.",
    labels: [],
  },
  logAnchorAge: {
    name: "truebound_log_anchor_age_seconds",
    kind: "gauge",
    help: "Time since this process last had a head of the log stamped by the authority that TRUEBOUND_TSA_URL names. Absent until the first time, and where another server of the database does it.",
    labels: [],
  },
  defaultRows: {
    name: "truebound_evidence_default_rows",
    kind: "gauge",
    help: "Batches in the DEFAULT partition: received on days for which no partition is made. Absent until this process has looked.",
    labels: [],
  },
  peerMembers: {
    name: "truebound_peer_members",
    kind: "gauge",
    help: "Nodes of the mesh by kind: agents that take part, and targets. Absent while nobody is in a mesh, or nothing is solved near a leap second; so are the other gauges of peers.",
    labels: ["kind"],
  },
  peerEdges: {
    name: "truebound_peer_edges",
    kind: "gauge",
    help: "Measurements between nodes that count: received in the last 90 s, on the rulers that the hosts have now.",
    labels: [],
  },
  peerInconsistent: {
    name: "truebound_peer_inconsistent",
    kind: "gauge",
    help: "1 where what is claimed and measured cannot all be true, by tier, else 0; as solved last, and not yet confirmed by a second solution.",
    labels: ["tier"],
  },
  peerSuspects: {
    name: "truebound_peer_suspects",
    kind: "gauge",
    help: "Hosts and targets of whom some must be wrong, by tier, those flagged among them; as solved last.",
    labels: ["tier"],
  },
  peerFlagged: {
    name: "truebound_peer_flagged",
    kind: "gauge",
    help: "1 where a conflict that was confirmed accuses the host, else 0, by tier; a host in no mesh has none.",
    labels: ["host", "tier"],
  },
  peerErrorBound: {
    name: "truebound_peer_error_bound_seconds",
    kind: "gauge",
    help: "The most that a clock of the mesh can be wrong by all that hosts claim and measure together, if nobody lies who is not a suspect. Absent for suspects and for whom nothing joins to UTC.",
    labels: ["host", "tier"],
  },
  peerClosure: {
    name: "truebound_peer_closure_ratio",
    kind: "gauge",
    help: "How far the differences of three hosts miss adding up to nothing, as a share of what their bounds allow: the median and the greatest. Near 1 paths are uneven; above it bounds are false. Absent without triangles.",
    labels: ["stat"],
  },
  peerSolve: {
    name: "truebound_peer_solve_seconds",
    kind: "gauge",
    help: "Time that this process last took to solve the mesh.",
    labels: [],
  },
  notificationsWaiting: {
    name: "truebound_notifications_waiting",
    kind: "gauge",
    help: "Notices that a channel has not been told yet, tried or not. Absent until this process has counted.",
    labels: ["channel"],
  },
  notificationOldest: {
    name: "truebound_notification_oldest_seconds",
    kind: "gauge",
    help: "Age of the oldest notice that a channel has not been told yet, on the database's clock; 0 when none waits. Absent until this process has counted.",
    labels: [],
  },
  heartbeatAge: {
    name: "truebound_heartbeat_age_seconds",
    kind: "gauge",
    help: "Time since this process's last heartbeat arrived, on its monotonic clock. Absent until the first one did.",
    labels: [],
  },
  alerts: {
    name: "truebound_alerts",
    kind: "gauge",
    help: "Alerts that go on, by rule. Absent at none, and where another server judges; so are the other gauges of alerts.",
    labels: ["rule", "severity"],
  },
  incidentsOpen: {
    name: "truebound_incidents_open",
    kind: "gauge",
    help: "Incidents that are open, silenced ones among them. Absent at none.",
    labels: ["severity"],
  },
  alertEvaluation: {
    name: "truebound_alert_evaluation_seconds",
    kind: "gauge",
    help: "Time that this process last took to judge all rules, without the database's.",
    labels: [],
  },
  alertEvaluationAge: {
    name: "truebound_alert_evaluation_age_seconds",
    kind: "gauge",
    help: "Time since this process last judged all rules and wrote what followed, on its monotonic clock. Absent where another server judges.",
    labels: [],
  },
  ...PROCESS_FAMILIES,
} as const satisfies Record<string, Family>;

export const COUNTER_FAMILIES = {
  batches: {
    name: "truebound_ingest_batches_total",
    kind: "counter",
    help: "Batches that were acknowledged: stored, duplicate (stored before), or quarantined (stored, but unreadable).",
    labels: ["verdict"],
  },
  refusals: {
    name: "truebound_ingest_refused_total",
    kind: "counter",
    help: "Batches that were refused, by problem code.",
    labels: ["code"],
  },
  bytes: {
    name: "truebound_ingest_bytes_total",
    kind: "counter",
    help: "Bytes of acknowledged batches.",
    labels: [],
  },
  commits: {
    name: "truebound_ingest_commits_total",
    kind: "counter",
    help: "Transactions in which deliveries were stored together, by outcome: committed, or failed (each of its deliveries is refused or tried again).",
    labels: ["outcome"],
  },
  commitSeconds: {
    name: "truebound_ingest_commit_seconds_total",
    kind: "counter",
    help: "Time that those transactions took, the wait for a connection among it.",
    labels: [],
  },
  commitBatches: {
    name: "truebound_ingest_commit_batches_total",
    kind: "counter",
    help: "Batches in those transactions; over their number: how many share one.",
    labels: [],
  },
  enrolments: {
    name: "truebound_enrolments_total",
    kind: "counter",
    help: "Enrolments by outcome: enrolled, or the problem code for which one was refused.",
    labels: ["outcome"],
  },
  goodbyes: {
    name: "truebound_goodbyes_total",
    kind: "counter",
    help: "Goodbyes of ephemeral hosts by outcome: retired, or the problem code for which one was refused.",
    labels: ["outcome"],
  },
  keyChanges: {
    name: "truebound_key_changes_total",
    kind: "counter",
    help: "Agents' requests for another key by outcome: agreed, or the problem code for which one was refused.",
    labels: ["outcome"],
  },
  looks: {
    name: "truebound_fleet_looks_total",
    kind: "counter",
    help: "Looks of this process at the state of the fleet: done or failed. While they fail nobody grows silent.",
    labels: ["outcome"],
  },
  peerConflicts: {
    name: "truebound_peer_conflicts_total",
    kind: "counter",
    help: "Conflicts of the mesh that this process wrote down when they began, by tier.",
    labels: ["tier"],
  },
  archive: {
    name: "truebound_archive_requests_total",
    kind: "counter",
    help: "Requests to the archive's bucket by operation (put, get, remove) and outcome: done, failed, or retried (a try that failed and was followed by another).",
    labels: ["operation", "outcome"],
  },
  notifications: {
    name: "truebound_notifications_total",
    kind: "counter",
    help: "Tries of this process to tell a channel of a change, by outcome: delivered, failed (and tried again later), or given_up.",
    labels: ["channel", "outcome"],
  },
  stampJobs: {
    name: "truebound_stamp_jobs_total",
    kind: "counter",
    help: "Files of stamps that people sent, by outcome: answered, refused (the question could not be read), busy (too many at once), or failed.",
    labels: ["outcome"],
  },
} as const satisfies Record<string, Family>;

export const HISTOGRAM_FAMILIES = {
  reportedErrorBound: {
    name: "truebound_reported_error_bound_seconds",
    kind: "histogram",
    help: "The most that hosts' clocks could be wrong (guaranteed tier), by the latest report in each look of this process at the fleet. In OpenMetrics each bucket has an exemplar: sample_id is HOST/EPOCH/SEQ of the evidence.",
    labels: [],
  },
} as const satisfies Record<string, Family>;

export type CounterName = keyof typeof COUNTER_FAMILIES;
export type HistogramName = keyof typeof HISTOGRAM_FAMILIES;
export type FleetFamilyName = keyof typeof FLEET_FAMILIES;
export const FAMILIES: readonly Family[] = [
  ...Object.values(FLEET_FAMILIES),
  ...Object.values(HISTOGRAM_FAMILIES),
  ...Object.values(COUNTER_FAMILIES),
];

/** Where things are counted. */
export interface Counters {
  add(counter: CounterName, labels: Readonly<Record<string, string>>, count?: number): void;
}

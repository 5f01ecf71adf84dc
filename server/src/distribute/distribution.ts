/**
 * How the schema lies on a PostgreSQL that is spread over several machines: what belongs to a host lies where its state lies, and
 * what is one for the fleet lies everywhere.
 */
export const DISTRIBUTED = [
  "host_state",
  "evidence",
  "host_minute",
  "host_event",
  "host_epoch",
  "host_key",
  "peer_edge",
  "audit_span",
  "audit_day",
  "archive_host",
  "rebuild_host",
  "rebuild_minute",
  "rebuild_event",
  "flight",
  "log_host",
  "log_block",
] as const;

/** Names and keys of hosts are unique in the whole fleet; the rest is small, and read beside every host. */
export const REFERENCE = [
  "host",
  "policy",
  "join_token",
  "enrol_challenge",
  "receipt_key",
  "evidence_rule",
  "legal_hold",
  "audit_context",
  "archive_part",
] as const;

/** Stay where they are, on the coordinator: one row for the whole fleet, or for what a person did. */
export const LOCAL = [
  "fleet_minute",
  "fleet_minute_change",
  "legal_hold_change",
  "archive_removal",
  "evidence_rule_change",
  "target",
  "peer_conflict",
  "alert_rule",
  "alert_object",
  "alert_setting",
  "applied",
  "silence",
  "incident",
  "alert",
  "incident_entry",
  "notice",
  "delivery",
  "alert_progress",
  "installation",
  "audit_scope",
  "audit_exemption",
  "audit_inventory",
  "audit_exemption_end",
  "audit_version",
  "log_shard",
  "log_scrub",
  "log_difference",
  "log_tile",
  "log_run",
  "log_entry",
  "log_head",
  "log_pending",
  "log_anchor",
  "log_path",
  "report",
  "report_signer",
  "report_signoff",
  "chain_document",
  "chain_review",
  "person",
  "person_grant",
  "person_session",
  "sign_in_link",
  "api_token",
  "people_action",
  "people_outcome",
  "server_seen",
] as const;

export type Placement = "distributed" | "reference";

/**
 * A trigger of a table that lies everywhere would fire everywhere. Who changes a host says so to its state by itself; the
 * fleet's own minutes are then no longer kept up.
 */
const WITHOUT_TRIGGERS = [
  "drop trigger if exists host_changed on host",
  "drop trigger if exists host_minute_added on host_minute",
  "drop trigger if exists host_minute_changed on host_minute",
];

/** Of what is done already nothing is said again. */
export function planDistribution(done: ReadonlyMap<string, Placement>): string[] {
  const references = REFERENCE.filter((table) => !done.has(table)).map((table) => `select create_reference_table('${table}')`);
  const [first, ...rest] = DISTRIBUTED;
  // First what others refer to, then what the others lie beside.
  const distributed = [first, ...rest]
    .filter((table) => !done.has(table))
    .map((table) => `select create_distributed_table('${table}', 'host_id'${table === first ? "" : `, colocate_with => '${first}'`})`);
  return references.length + distributed.length === 0 ? [] : [...WITHOUT_TRIGGERS, ...references, ...distributed];
}

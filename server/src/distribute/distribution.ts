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
  "rebuild_host",
  "rebuild_minute",
  "rebuild_event",
] as const;

/** Names and keys of hosts are unique in the whole fleet; the rest is small, and read beside every host. */
export const REFERENCE = ["host", "policy", "join_token", "enrol_challenge", "receipt_key"] as const;

export type Placement = "distributed" | "reference";

/** A trigger of a table that lies everywhere would fire everywhere. Who changes a host says so to its state by itself. */
const WITHOUT_TRIGGER = "drop trigger if exists host_changed on host";

/** Of what is done already nothing is said again. */
export function planDistribution(done: ReadonlyMap<string, Placement>): string[] {
  const references = REFERENCE.filter((table) => !done.has(table)).map((table) => `select create_reference_table('${table}')`);
  const [first, ...rest] = DISTRIBUTED;
  // First what others refer to, then what the others lie beside.
  const distributed = [first, ...rest]
    .filter((table) => !done.has(table))
    .map((table) => `select create_distributed_table('${table}', 'host_id'${table === first ? "" : `, colocate_with => '${first}'`})`);
  return references.length + distributed.length === 0 ? [] : [WITHOUT_TRIGGER, ...references, ...distributed];
}

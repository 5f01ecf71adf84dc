import { type UtcInstant, utc } from "@truebound/time";
import type { Assumptions, BatchSource, DaemonFinding, Frequency, KernelRefusal, Reason, Rehearsal, Status, Terms } from "@truebound/wire";
import { asKnown, type HostMesh, type HostRecord } from "../../fleet/host-record.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";

/** Everything of a host and its state, but no key. */
export const HOST_COLUMNS = `
  h.id, h.name, h.labels, h.state, utc_ns(h.enrolled_at) as enrolled_at_ns,
  s.changed_xid::text as changed_xid, s.epoch, s.seq, s.is_ahead, s.carried, s.chain_at_ns, utc_ns(s.received_at) as received_at_ns, s.unreadable,
  s.address, s.fork_address, s.fork_attempts, utc_ns(s.fork_since) as fork_since_ns,
  s.boot_id, s.software, s.policy_version, s.status, s.reason, s.as_of_ns, s.as_of_marked, s.lo_ns, s.hi_ns, s.tight_lo_ns, s.tight_hi_ns, s.frequency, s.injected_ns,
  s.votes, s.need, s.terms, s.assumptions, s.trusting, s.sources, s.raw_ns, s.realtime_ns, s.mesh,
  s.burst_done, s.rehearsal, s.daemon -> 'says' -> 'findings' as daemon_findings, s.daemon -> 'says' -> 'unjudged' as daemon_unjudged, s.daemon -> 'says' ->> 'kernel_refused' as kernel_refused, s.daemon ->> 'at_ns' as daemon_at_ns`;

export const HOST_TABLES = "host h join host_state s on s.host_id = h.id";

export interface HostRow {
  id: string;
  name: string;
  labels: LabelSet;
  state: HostRecord["state"];
  enrolled_at_ns: UtcInstant;
  changed_xid: string;
  epoch: number;
  seq: bigint;
  is_ahead: boolean;
  carried: boolean;
  chain_at_ns: UtcInstant | null;
  received_at_ns: UtcInstant | null;
  unreadable: boolean;
  address: string | null;
  fork_address: string | null;
  fork_attempts: bigint;
  fork_since_ns: UtcInstant | null;
  boot_id: string | null;
  software: string | null;
  policy_version: bigint | null;
  status: Status;
  reason: Reason | null;
  as_of_ns: UtcInstant | null;
  as_of_marked: boolean;
  lo_ns: bigint | null;
  hi_ns: bigint | null;
  tight_lo_ns: bigint | null;
  tight_hi_ns: bigint | null;
  frequency: Frequency | null;
  injected_ns: bigint | null;
  votes: number | null;
  need: number | null;
  terms: Terms | null;
  assumptions: Assumptions | null;
  trusting: string[];
  sources: BatchSource[];
  raw_ns: bigint | null;
  realtime_ns: bigint | null;
  mesh: HostMesh | null;
  burst_done: string | null;
  rehearsal: Rehearsal | null;
  daemon_findings: DaemonFinding[] | null;
  daemon_unjudged: DaemonFinding[] | null;
  kernel_refused: KernelRefusal | null;
  daemon_at_ns: string | null;
}

export const toRecord = (row: HostRow): HostRecord => asKnown(recordOf(row));

const recordOf = (row: HostRow): HostRecord => ({
  id: row.id,
  name: row.name,
  labels: row.labels,
  state: row.state,
  enrolledAt: row.enrolled_at_ns,
  changedXid: BigInt(row.changed_xid),
  epoch: row.epoch,
  seq: Number(row.seq),
  ahead: row.is_ahead,
  carried: row.carried,
  chainAt: row.chain_at_ns,
  receivedAt: row.received_at_ns,
  address: row.address,
  unreadable: row.unreadable,
  clone:
    row.fork_since_ns === null
      ? null
      : { attempts: row.fork_attempts, address: row.fork_address, ownAddress: row.address, since: row.fork_since_ns },
  bootId: row.boot_id,
  software: row.software,
  policyVersion: row.policy_version === null ? null : Number(row.policy_version),
  status: row.status,
  reason: row.reason,
  asOf: row.as_of_ns,
  asOfMarked: row.as_of_marked,
  bound: row.lo_ns === null || row.hi_ns === null ? null : { lo: row.lo_ns, hi: row.hi_ns },
  tight: row.tight_lo_ns === null || row.tight_hi_ns === null ? null : { lo: row.tight_lo_ns, hi: row.tight_hi_ns },
  frequency: row.frequency,
  injected: row.injected_ns,
  votes: row.votes,
  need: row.need,
  terms: row.terms,
  assumptions: row.assumptions,
  trusting: row.trusting,
  sources: row.sources,
  reading: row.raw_ns === null || row.realtime_ns === null ? null : { raw: row.raw_ns, realtime: row.realtime_ns },
  mesh: row.mesh,
  burstDone: row.burst_done,
  rehearsal: row.rehearsal,
  daemon:
    row.daemon_findings === null || row.daemon_at_ns === null
      ? null
      : {
          at: utc(BigInt(row.daemon_at_ns)),
          findings: row.daemon_findings,
          unjudged: row.daemon_unjudged ?? [],
          kernelRefused: row.kernel_refused,
        },
});

import { formatUtc, ppb, timeWithin, worstError } from "@truebound/time";
import type { HostDetail, HostEvent, HostSummary, Liveness } from "@truebound/wire";
import { standingInBrief } from "../peer/peer-words.ts";
import type { MemberStanding } from "../peer/standing.ts";
import { keyOf } from "../source/sighting.ts";
import { type OscillatorDay, suggestCalibration } from "./calibration.ts";
import { eventInWords } from "./event-words.ts";
import { explain } from "./explanation.ts";
import type { EventRecord, HostRecord } from "./host-record.ts";
import { isGone } from "./liveness.ts";
import { rehearsalInBrief } from "./rehearsal-words.ts";
import { viewSource } from "./source-view.ts";
import { hostInWords } from "./status-words.ts";

/** A host in one line; `standing` null = it is in no mesh. */
export const summarize = (record: HostRecord, liveness: Liveness, standing: MemberStanding | null = null): HostSummary => ({
  id: record.id,
  name: record.name,
  labels: record.labels,
  liveness,
  status: record.status,
  reason: record.reason,
  as_of: record.asOf === null ? null : formatUtc(record.asOf),
  as_of_marked: record.asOfMarked,
  guaranteed: record.bound && { lo_ns: record.bound.lo.toString(), hi_ns: record.bound.hi.toString() },
  tight: record.tight && { lo_ns: record.tight.lo.toString(), hi_ns: record.tight.hi.toString() },
  worst_error_ns: record.bound && worstError(record.bound).toString(),
  clone_suspected: record.clone !== null,
  is_ahead: record.ahead,
  delivered_until: record.ahead && record.chainAt !== null ? formatUtc(record.chainAt) : null,
  words: [
    rehearsalInBrief(record),
    hostInWords(record, liveness),
    record.clone && "somebody else reports by its key",
    standingInBrief(standing),
  ]
    .filter((part) => part !== null)
    .join("; "),
  injected_ns: record.injected?.toString() ?? null,
  last_received_at: record.receivedAt === null ? null : formatUtc(record.receivedAt),
  ...(standing === null ? {} : { peer_standing: standing.standing }),
  ...(record.rehearsal === null ? {} : { rehearsal: record.rehearsal }),
});

export interface HostFacts {
  readonly record: HostRecord;
  readonly liveness: Liveness;
  readonly standing: MemberStanding | null;
}

export const detail = (
  { record, liveness, standing }: HostFacts,
  events: readonly EventRecord[],
  day: OscillatorDay | null,
): HostDetail => ({
  ...summarize(record, liveness, standing),
  explanation: explain(record, liveness, standing),
  terms: record.terms,
  frequency: record.frequency,
  forecast: isGone(liveness) ? [] : forecastOf(record),
  calibration: suggestCalibration(day, record),
  assumptions: record.assumptions,
  trusting: [...record.trusting],
  votes: record.votes,
  need: record.need,
  sources: record.sources.map((source) => ({ ...viewSource(source, record.bound), source: keyOf(source, record.name) })),
  events: events.map(viewEvent),
  boot_id: record.bootId,
  software: record.software,
  policy_version: record.policyVersion,
  enrolled_at: formatUtc(record.enrolledAt),
  evidence: record.seq === 0 ? null : { epoch: record.epoch, seq: record.seq },
});

/** The limits of the rules that most people have to keep. */
const LIMITS_NS = [100_000n, 1_000_000n, 50_000_000n, 1_000_000_000n];

/** How long the bound stays within each limit if every source falls silent and nobody touches the clock; absent when unknown. */
function forecastOf({ bound, assumptions }: HostRecord): HostDetail["forecast"] {
  if (bound === null || assumptions === null) return [];
  const drift = { rho: ppb(BigInt(assumptions.rho_ppb)), centre: ppb(BigInt(-(assumptions.oscillator_ppb ?? 0))) };
  return LIMITS_NS.map((limit) => ({ limit_ns: limit.toString(), within_ns: timeWithin(bound, drift, limit)?.toString() ?? null }));
}

export const viewEvent = (event: EventRecord): HostEvent => ({
  at: formatUtc(event.at),
  at_marked: event.atMarked,
  kind: event.kind,
  source: event.source,
  detail: event.detail,
  words: eventInWords(event),
});

import { formatUtc, worstError } from "@truebound/time";
import type { HostDetail, HostEvent, HostSummary, Liveness } from "@truebound/wire";
import { eventInWords } from "./event-words.ts";
import { explain } from "./explanation.ts";
import type { EventRecord, HostRecord } from "./host-record.ts";
import { viewSource } from "./source-view.ts";
import { hostInWords } from "./status-words.ts";

/** A host in one line. The tight tier is not measured yet, so it is unknown. */
export const summarize = (record: HostRecord, liveness: Liveness): HostSummary => ({
  id: record.id,
  name: record.name,
  labels: record.labels,
  liveness,
  status: record.status,
  reason: record.reason,
  as_of: record.asOf === null ? null : formatUtc(record.asOf),
  as_of_marked: record.asOfMarked,
  guaranteed: record.bound && { lo_ns: record.bound.lo.toString(), hi_ns: record.bound.hi.toString() },
  tight: null,
  worst_error_ns: record.bound && worstError(record.bound).toString(),
  words: hostInWords(record, liveness),
  injected_ns: record.injected?.toString() ?? null,
  last_received_at: record.receivedAt === null ? null : formatUtc(record.receivedAt),
});

export const detail = (record: HostRecord, liveness: Liveness, events: readonly EventRecord[]): HostDetail => ({
  ...summarize(record, liveness),
  explanation: explain(record, liveness),
  terms: record.terms,
  assumptions: record.assumptions,
  trusting: [...record.trusting],
  votes: record.votes,
  need: record.need,
  sources: record.sources.map((source) => viewSource(source, record.bound)),
  events: events.map(viewEvent),
  boot_id: record.bootId,
  software: record.software,
  policy_version: record.policyVersion,
  enrolled_at: formatUtc(record.enrolledAt),
  evidence: record.seq === 0 ? null : { epoch: record.epoch, seq: record.seq },
});

export const viewEvent = (event: EventRecord): HostEvent => ({
  at: formatUtc(event.at),
  at_marked: event.atMarked,
  kind: event.kind,
  source: event.source,
  detail: event.detail,
  words: eventInWords(event),
});

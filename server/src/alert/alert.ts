import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Alert, Certainty, FindingKind, Severity } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { alertInWords } from "./alert-words.ts";
import { certaintyOf, type Dominant, dominantOf } from "./certainty.ts";
import { sourceOf } from "./conditions.ts";
import type { Judgement } from "./judge.ts";
import { showsFault } from "./rehearsed.ts";
import { runbookOf } from "./shipped-rules.ts";

/** What an alert says of its subject, as of one look. */
export interface AlertState {
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly limit: bigint | null;
  readonly bound: { readonly lo: bigint; readonly hi: bigint } | null;
  readonly dominant: Dominant | null;
  /** The report that showed it. */
  readonly evidence: { readonly epoch: number; readonly seq: number } | null;
  readonly words: string;
  /** What shows it is a declared fault, and no real one. */
  readonly isRehearsal: boolean;
}

/** An alert as it begins. */
export interface AlertDraft extends AlertState {
  readonly key: string;
  readonly rule: string;
  readonly finding: FindingKind;
  readonly subject: string;
  readonly host: { readonly id: string; readonly name: string; readonly labels: LabelSet } | null;
  readonly source: string | null;
  readonly labels: LabelSet;
  readonly runbook: string;
}

/** An alert that goes on, as it is stored. */
export interface OpenAlert extends AlertDraft {
  readonly id: bigint;
  readonly incident: bigint;
}

export function stateOf({ condition, host }: Judgement): AlertState {
  const { inForce, sourceId, event, fleet } = condition;
  if (host === null)
    return {
      severity: inForce.severity,
      certainty: fleet?.certainty ?? "no_evidence",
      limit: null,
      bound: null,
      dominant: null,
      evidence: null,
      words: fleet?.words ?? "It is over",
      isRehearsal: false,
    };
  const { facts, rules } = host;
  const { record } = facts;
  const limit = inForce.limit > 0 ? inForce.limit : rules.strictest;
  const shown = event ?? (record.seq === 0 ? null : record);
  return {
    severity: inForce.severity,
    certainty: certaintyOf(facts, limit),
    limit: BigInt(limit),
    bound: facts.isPresent ? record.bound : null,
    dominant: facts.isPresent ? dominantOf(record) : null,
    evidence: shown === null ? null : { epoch: shown.epoch, seq: shown.seq },
    words: alertInWords(inForce, record, sourceOf(record, sourceId), event),
    isRehearsal: showsFault(host.fault, inForce.finding),
  };
}

/** `page` = where people reach the page, without a final slash. */
export function draftOf(judgement: Judgement, page: string): AlertDraft {
  const { condition, host } = judgement;
  const { rule } = condition.inForce;
  return {
    ...stateOf(judgement),
    key: condition.key,
    rule: rule.name,
    finding: condition.inForce.finding,
    subject: condition.subject,
    host: host === null ? null : { id: host.facts.record.id, name: host.facts.record.name, labels: host.facts.record.labels },
    source: condition.sourceId,
    labels: rule.labels,
    runbook: rule.runbook ?? runbookOf(condition.inForce.finding, page),
  };
}

/** As it is told. */
export const viewAlert = (alert: OpenAlert, since: UtcInstant, endedAt: UtcInstant | null): Alert => ({
  id: alert.id.toString(),
  rule: alert.rule,
  finding: alert.finding,
  host: alert.host === null ? null : { ...alert.host, labels: { ...alert.host.labels } },
  source: alert.source,
  severity: alert.severity,
  certainty: alert.certainty,
  since: formatUtc(since),
  ended_at: endedAt === null ? null : formatUtc(endedAt),
  limit_ns: alert.limit?.toString() ?? null,
  guaranteed: alert.bound === null ? null : { lo_ns: alert.bound.lo.toString(), hi_ns: alert.bound.hi.toString() },
  dominant: alert.dominant,
  evidence: alert.evidence,
  words: alert.words,
  labels: { ...alert.labels },
  runbook: alert.runbook,
  incident: alert.incident.toString(),
});

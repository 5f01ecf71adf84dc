import type { BatchSource, Certainty, FindingKind, Rehearsal } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { NO_PROGRESS, type Progress } from "./alert-progress.ts";
import type { RuleInForce, Truth } from "./finding.ts";
import type { EventNews } from "./findings/event.ts";
import type { FleetFinding } from "./findings/fleet.ts";
import type { HostFacts } from "./host-facts.ts";
import type { HostRules } from "./rules-in-force.ts";

/** By which an alert is known: one of a rule and a subject goes on at a time. */
export const keyOf = (rule: string, subject: string): string => `${rule} ${subject}`;
export const hostSubject = (id: string): string => `host:${id}`;
export const sourceSubject = (id: string, source: string): string => `host:${id}:source:${source}`;

/** A rule that holds, held, or has an alert, on one subject. */
export interface Condition {
  readonly key: string;
  readonly subject: string;
  inForce: RuleInForce;
  /** As the host calls it. */
  readonly sourceId: string | null;
  truth: Truth;
  progress: Progress;
  /** An alert of it goes on. */
  isFiring: boolean;
  /** What was known of its host when it was looked at last; null = not asked yet. */
  certainty: Certainty | null;
  /** What it began with, where that was an event. */
  event: EventNews | null;
  fleet: FleetFinding | null;
}

export const newCondition = (inForce: RuleInForce, subject: string, sourceId: string | null, isFiring: boolean): Condition => ({
  key: keyOf(inForce.rule.name, subject),
  subject,
  inForce,
  sourceId,
  truth: "unknown",
  progress: NO_PROGRESS,
  isFiring,
  certainty: null,
  event: null,
  fleet: null,
});

/** An alert that goes on, as far as the judge has to know it again. */
export interface OpenKey {
  readonly key: string;
  readonly rule: string;
  readonly subject: string;
  readonly host: string | null;
  readonly finding: FindingKind;
}

/** What the judge keeps of a host between looks. */
export interface HostBook {
  facts: HostFacts;
  rules: HostRules;
  /** Observed ms: when this process first saw it, or its first report where it saw that. */
  sinceMs: number;
  /** Reports in a row that lie where a known glitch puts them. */
  glitches: number;
  /** Observed ms: when this process saw its latest report. */
  reportedMs: number;
  /** Null = what it shows is real. */
  fault: Rehearsal | null;
  burst: { readonly word: string; readonly atMs: number } | null;
  readonly conditions: Map<string, Condition>;
}

export const sourceOf = ({ sources }: HostRecord, id: string | null): BatchSource | null =>
  id === null ? null : (sources.find((source) => source.id === id) ?? null);

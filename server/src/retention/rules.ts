import { type LabelSet, matches } from "../policy/choose-policy.ts";

export const EVIDENCE_CLASSES = ["full", "audit", "none"] as const;

/**
 * What is kept of a host: `full` = its batches; `audit` = its signed spans, and batches only until those vouch for them;
 * `none` = nothing once a batch is checkpointed.
 */
export type EvidenceClass = (typeof EVIDENCE_CLASSES)[number];

export interface EvidenceRule {
  readonly selector: LabelSet;
  readonly class: EvidenceClass;
  readonly days: number;
  /** Batches in the archive go so many days after their receipt; null = never. */
  readonly archiveDays: number | null;
}

/** In force where no rule matches. */
export const OTHERWISE: EvidenceRule = { selector: {}, class: "full", days: 30, archiveDays: null };

/** The one that names most of the host's labels; of two that name as many, the one that keeps more: a tie must lose nothing. */
export const chooseRule = (labels: LabelSet, rules: readonly EvidenceRule[]): EvidenceRule =>
  rules.filter((rule) => matches(labels, rule.selector)).sort(mostSpecificFirst)[0] ?? OTHERWISE;

const mostSpecificFirst = (a: EvidenceRule, b: EvidenceRule): number =>
  size(b) - size(a) ||
  EVIDENCE_CLASSES.indexOf(a.class) - EVIDENCE_CLASSES.indexOf(b.class) ||
  b.days - a.days ||
  archived(b) - archived(a);
export const sameSelector = (a: LabelSet, b: LabelSet): boolean => matches(a, b) && matches(b, a);

/** Longer than any number of days. */
const FOR_EVER = 1e9;
const archived = ({ archiveDays }: EvidenceRule): number => archiveDays ?? FOR_EVER;
const size = ({ selector }: EvidenceRule): number => Object.keys(selector).length;

import type { AlertRule, BatchSource, FindingKind, Severity } from "@truebound/wire";
import type { HostFacts } from "./host-facts.ts";

/** Unknown begins no alert and ends none. */
export type Truth = "holds" | "over" | "unknown";

/** A rule as it concerns hosts of certain labels. */
export interface RuleInForce {
  readonly rule: AlertRule;
  readonly finding: FindingKind;
  readonly severity: Severity;
  /** ns; 0 where its finding has none. */
  readonly limit: number;
  /** Within this an alert that goes on may end. */
  readonly clear: number;
}

/** `on`: an alert of it goes on. */
export type HostTest = (facts: HostFacts, rule: RuleInForce, on: boolean) => Truth;
export type SourceTest = (facts: HostFacts, source: BatchSource) => Truth;

/** The schema has checked it; its type is wider. */
export const findingOf = ({ finding }: AlertRule): FindingKind => finding as FindingKind;

export const truth = (holds: boolean): Truth => (holds ? "holds" : "over");

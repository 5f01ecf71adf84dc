import { DEFAULT_POLICY, type Policy } from "@truebound/wire";

/** Labels that a host carries, or that a rule asks for. */
export type LabelSet = Readonly<Record<string, string>>;

/** One rule: hosts that carry all of `selector` get the fields of `block`. */
export interface PolicyRule {
  readonly selector: LabelSet;
  readonly block: Partial<Omit<Policy, "version">>;
  readonly version: number;
}

export const matches = (labels: LabelSet, selector: LabelSet): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** Every rule that matches counts; one that names more labels overrides one that names fewer, and a newer one an older. */
export function choosePolicy(labels: LabelSet, rules: readonly PolicyRule[]): Policy {
  const chosen = rules.filter((rule) => matches(labels, rule.selector)).sort(leastSpecificFirst);
  let merged: Policy = DEFAULT_POLICY;
  for (const { block } of chosen) merged = { ...merged, ...block };
  return { ...merged, version: Math.max(0, ...chosen.map((rule) => rule.version)) };
}

/** The policy with the leap list beside it, where no rule brings one of its own. */
export const withLeapList = (policy: Policy, text: string | undefined): Policy =>
  text === undefined || policy.leap_list !== undefined ? policy : { ...policy, leap_list: text };

const leastSpecificFirst = (a: PolicyRule, b: PolicyRule): number => size(a.selector) - size(b.selector) || a.version - b.version;
const size = (selector: LabelSet): number => Object.keys(selector).length;

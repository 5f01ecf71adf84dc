import type { FindingKind } from "@truebound/wire";
import type { Judgement } from "./judge.ts";

/** What says more about a host than those below it: they are neither begun nor told beside it. */
const INHIBITS: Partial<Readonly<Record<FindingKind, readonly FindingKind[]>>> = {
  proved_outside_limit: ["bound_exceeds_limit", "cannot_prove_limit", "near_limit", "will_exceed_in"],
  host_silent: ["host_late"],
};

/** By key, with the reason. `begins` = those that become alerts now. */
export function inhibitedBy(conditions: readonly Judgement[], begins: readonly Judgement[]): Map<string, string> {
  const starting = new Set(begins.map(({ condition }) => condition.key));
  const greater = new Map<string, { readonly rule: string; readonly lesser: readonly FindingKind[] }>();
  for (const { condition, host } of conditions) {
    const lesser = INHIBITS[condition.inForce.finding];
    if (host !== null && lesser !== undefined && (condition.isFiring || starting.has(condition.key)))
      greater.set(host.facts.record.id, {
        rule: condition.inForce.rule.name,
        lesser: [...(greater.get(host.facts.record.id)?.lesser ?? []), ...lesser],
      });
  }
  const found = new Map<string, string>();
  for (const { condition, host } of conditions) {
    const by = host === null ? undefined : greater.get(host.facts.record.id);
    if (by?.lesser.includes(condition.inForce.finding)) found.set(condition.key, `${by.rule} says more`);
  }
  return found;
}

import type { FindingKind } from "@truebound/wire";
import { isWorse } from "./certainty.ts";
import type { Condition } from "./conditions.ts";
import type { Judgement } from "./judge.ts";

/** What says more about the same host, or the same source of it, than those below it: they are neither begun nor told beside it. */
const SAYS_MORE: Partial<Readonly<Record<FindingKind, readonly FindingKind[]>>> = {
  proved_outside_limit: ["bound_exceeds_limit", "cannot_prove_limit", "near_limit", "will_exceed_in"],
  bound_exceeds_limit: ["will_exceed_in"],
  host_silent: ["host_late"],
  source_lost: ["falseticker"],
  grandmaster_lost_reference: ["source_lost"],
};

/**
 * Outside a limit is outside every smaller one, and says nothing of a greater one. What is less grave may be for nobody who is told
 * of the graver. And a source that answers again may be false again, while its loss goes on for its time to clear.
 */
const keepsBack = (greater: Condition, lesser: Condition): boolean =>
  SAYS_MORE[greater.inForce.finding]?.includes(lesser.inForce.finding) === true &&
  greater.inForce.limit >= lesser.inForce.limit &&
  !isWorse(lesser.inForce.severity, greater.inForce.severity) &&
  (greater.sourceId === null || greater.truth === "holds");

/** By key, with the reason. `begins` = those that become alerts now. */
export function inhibitedBy(conditions: readonly Judgement[], begins: readonly Judgement[]): Map<string, string> {
  const starting = new Set(begins.map(({ condition }) => condition.key));
  const greater = new Map<string, Condition[]>();
  for (const { condition, host } of conditions) {
    if (host === null || SAYS_MORE[condition.inForce.finding] === undefined) continue;
    if (!condition.isFiring && !starting.has(condition.key)) continue;
    const known = greater.get(condition.subject);
    if (known === undefined) greater.set(condition.subject, [condition]);
    else known.push(condition);
  }
  const found = new Map<string, string>();
  for (const { condition, host } of conditions) {
    const by = host === null ? undefined : greater.get(condition.subject)?.find((one) => keepsBack(one, condition));
    if (by !== undefined) found.set(condition.key, `${by.inForce.rule.name} says more`);
  }
  return found;
}

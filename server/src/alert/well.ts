import type { SourceState } from "@truebound/wire";
import { isSound } from "./findings/source.ts";
import type { HostFacts } from "./host-facts.ts";
import type { HostRules } from "./rules-in-force.ts";

/**
 * A host of which no rule can hold, told without asking each of them: nearly every host is one nearly always. It may answer no
 * where yes were right, and never the other way round.
 */
export function isWell({ presence, isPresent, proving, record, standing }: HostFacts, rules: HostRules): boolean {
  const { status, assumptions, votes, clone, sources, daemon } = record;
  return (
    presence === "heard" &&
    isPresent &&
    status === "proven" &&
    proving !== null &&
    proving.worst <= rules.quietBelow &&
    assumptions !== null &&
    assumptions.drift_basis !== "broken" &&
    votes !== null &&
    votes >= 2 * assumptions.faults + 1 &&
    clone === null &&
    (daemon === null || daemon.findings.length === 0) &&
    standing?.standing !== "flagged" &&
    sources.every(({ state }) => isSound(state as SourceState))
  );
}

import { refidInWords } from "@truebound/time";
import type { SourceState } from "@truebound/wire";
import type { Case } from "./assign.ts";
import { sourceOf } from "./conditions.ts";
import { commonUpstream } from "./findings/clock.ts";
import { isSound } from "./findings/source.ts";
import type { FleetIndex } from "./fleet-index.ts";
import type { Judgement } from "./judge.ts";
import { showsFault } from "./rehearsed.ts";

/** What grouping by cause has to know of a condition. `wasRehearsed`: its alert rests on a declared fault, or not; null = it has none. */
export function caseOf({ condition, host }: Judgement, index: FleetIndex, wasRehearsed: boolean | null): Case {
  const { key, inForce, sourceId, fleet, truth } = condition;
  const head = { key, rule: inForce.rule.name, finding: inForce.finding, domain: fleet?.domain ?? null };
  if (host === null) return { ...head, host: null, address: null, follows: [], upstream: null, isRehearsal: false };
  const { record } = host.facts;
  const upstream = inForce.finding === "shared_upstream" ? commonUpstream(record) : null;
  return {
    ...head,
    host: {
      id: record.id,
      name: record.name,
      addresses: record.sources.flatMap(({ address }) => address ?? []),
      bad: record.sources.flatMap(({ address, state }) => (address === null || isSound(state as SourceState) ? [] : [address])),
      values: index.valuesOf(record.id),
    },
    address: sourceOf(record, sourceId)?.address ?? null,
    follows: inForce.finding === "proved_outside_limit" ? followed(host, inForce.limit) : [],
    upstream: upstream === null ? null : refidInWords(upstream, 2),
    // What holds on after it is real, and what was real before stays so.
    isRehearsal: wasRehearsed !== false && (showsFault(host.fault, inForce.finding) || (wasRehearsed === true && truth !== "holds")),
  };
}

/** A source by whose word the clock is right, or may be: what a clock shows that was steered by it. */
function followed({ facts }: NonNullable<Judgement["host"]>, limit: number): string[] {
  const edge = BigInt(limit);
  return facts.record.sources.flatMap(({ address, lo_ns, hi_ns }) =>
    address !== null && lo_ns !== null && hi_ns !== null && BigInt(lo_ns) <= edge && BigInt(hi_ns) >= -edge ? [address] : [],
  );
}

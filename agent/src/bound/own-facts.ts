import { type Interval, utc } from "@truebound/time";
import type { SourceProbe } from "../probe/source-probe.ts";
import type { OwnFacts } from "../responder/own-state.ts";
import type { BoundRow } from "./bound-row.ts";

/** What a host tells its peers of its clock, of one reading: by its own sources, `bound` on UTC − RAW there. */
export function ownFactsOf(
  { reading, own }: BoundRow,
  bound: Interval | null,
  probes: readonly SourceProbe[],
  assumed: Pick<OwnFacts, "drift" | "slew">,
): OwnFacts {
  const agreeing = probes.filter(({ source }) => own.agree.includes(source.id));
  const newest = agreeing.reduce<bigint | null>((latest, { latest: { exchange } }) => later(latest, exchange), null);
  return {
    ...assumed,
    guaranteed: bound,
    at: reading.rawAfter,
    proven: own.status === "proven",
    strata: agreeing.flatMap(({ identity: { stratum } }) => (stratum === null ? [] : [stratum])),
    provenAt: newest === null ? null : utc(reading.realtime - (reading.rawAfter - newest)),
  };
}

const later = (one: bigint | null, other: bigint | null): bigint | null => (one === null || (other !== null && other > one) ? other : one);

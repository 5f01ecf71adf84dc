import type { PeersView } from "@truebound/wire";
import type { JSX } from "preact";
import { excessText } from "../../format/difference.ts";
import { Instant } from "../parts/exact.tsx";
import { type Accusation, accusations, accusationWords, isOngoing, worstCycle } from "./accusation.ts";
import { byId, namesOf } from "./names.ts";

/** Contradictions that ended within the last day. */
export function PastConflicts({ view }: { readonly view: PeersView }): JSX.Element | null {
  const past = accusations(view.conflicts.filter((conflict) => !isOngoing(conflict)));
  if (past.length === 0) return null;
  const nameOf = namesOf(byId(view.members));
  return (
    <section class="past-conflicts" aria-labelledby="past-title">
      <div class="section-head">
        <h2 id="past-title">Over within the last day</h2>
      </div>
      <ol class="events">
        {past.map((accusation) => (
          <Past key={`${accusation.conflict.tier} ${accusation.conflict.first_seen}`} accusation={accusation} nameOf={nameOf} />
        ))}
      </ol>
    </section>
  );
}

interface PastProps {
  readonly accusation: Accusation;
  readonly nameOf: (id: string) => string;
}

function Past({ accusation, nameOf }: PastProps): JSX.Element {
  const { tier, first_seen, ended_at } = accusation.conflict;
  const cycle = worstCycle(accusation.conflict);
  return (
    <li>
      <span class="event-at">
        <Instant at={first_seen} />
        {ended_at !== null && (
          <span class="fact-note">
            until <Instant at={ended_at} />
          </span>
        )}
      </span>
      <span class="event-kind">{cycle === null ? "contradiction" : `by ${excessText(cycle.weight_ns)}`}</span>
      <span>
        {accusationWords(accusation, nameOf).replaceAll("cannot", "could not").replace("keep still", "kept still")}
        <span class="fact-note">by the {tier} bounds</span>
      </span>
    </li>
  );
}

import {
  type Disruption,
  type Drift,
  type HostBound,
  type HostReading,
  hostBound,
  type LeapCalendar,
  type PartsPerBillion,
  type RawInstant,
  type SourceFacts,
} from "@truebound/time";
import { LastProof } from "./last-proof.ts";

/** Peers, as far as they bound this host. */
export interface PeerVoices {
  /** How many may have a vote. */
  readonly count: number;
  facts(reading: Pick<HostReading, "rawAfter">, drift: Drift): SourceFacts[];
  /** This host's ruler became another one. */
  forget(): void;
}

export const NO_PEERS: PeerVoices = { count: 0, facts: () => [], forget: () => undefined };

/** What a bound at a reading rests on. */
export interface Premises {
  readonly drift: Drift;
  readonly sigma: PartsPerBillion;
  readonly faults: number;
  readonly calendar: LeapCalendar;
  readonly disrupted: { readonly at: RawInstant; readonly by: Disruption } | null;
}

export interface Proved {
  readonly bound: HostBound;
  /** The same by the host's own sources alone: what it tells its peers, who must not be told their own words. */
  readonly own: HostBound;
  /** A leap of which no list tells may lie behind what the bound is held over from. */
  readonly doubtful: boolean;
}

/** What the evidence proves, and what of it is held over: with the peers' votes, and without. */
export class Prover {
  readonly #last = new LastProof();
  readonly #ownLast = new LastProof();

  lastAt(now: RawInstant, { drift, calendar }: Pick<Premises, "drift" | "calendar">): ReturnType<LastProof["at"]> {
    return this.#last.at(now, drift, calendar);
  }

  prove(now: RawInstant, own: readonly SourceFacts[], peers: readonly SourceFacts[], premises: Premises): Proved {
    const all = evaluate(this.#last, now, [...own, ...peers], premises);
    const alone = evaluate(this.#ownLast, now, own, premises);
    return { bound: all.bound, own: alone.bound, doubtful: all.doubtful };
  }

  forget(): void {
    this.#last.forget();
    this.#ownLast.forget();
  }

  /** Another leap list: what was proved lies on the axis of the old one, and moves with it. */
  learnLeaps(before: LeapCalendar, after: LeapCalendar): void {
    this.#last.learnLeaps(before, after);
    this.#ownLast.learnLeaps(before, after);
  }
}

function evaluate(proof: LastProof, now: RawInstant, sources: readonly SourceFacts[], premises: Premises) {
  const { drift, sigma, faults, calendar, disrupted } = premises;
  const last = proof.at(now, drift, calendar);
  const doubtful = last !== proof.proof;
  const bound = hostBound({
    now,
    drift,
    sigma,
    faults,
    sources,
    disrupted: disrupted !== null,
    disruptedBy: disrupted?.by ?? "suspended_or_moved",
    last,
    leapUnknown: doubtful,
  });
  // A doubt is of the moment: what is kept is what was proved.
  if (bound.last !== last) proof.keep(bound.last);
  return { bound, doubtful };
}

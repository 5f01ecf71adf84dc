import {
  type Disruption,
  type Drift,
  type HostBound,
  type HostReading,
  hostBound,
  identitiesOf,
  type LeapCalendar,
  type PartsPerBillion,
  type RawInstant,
  type SourceFacts,
  speaks,
} from "@truebound/time";
import { LastProof } from "./last-proof.ts";

/** Peers, as far as they bound this host. */
export interface PeerVoices {
  /** How many may have a vote. */
  readonly count: number;
  /** Of those that may have a vote beside sources of these identities, which this host hears itself. */
  facts(reading: Pick<HostReading, "rawAfter">, drift: Drift, heard: ReadonlySet<string>): SourceFacts[];
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
  /** Peers have no part in it: what they say is not authenticated. */
  readonly authenticatedOnly: boolean;
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
  /** What is held over is the same with peers and without. */
  #areOne = true;

  lastAt(now: RawInstant, { drift, calendar }: Pick<Premises, "drift" | "calendar">): ReturnType<LastProof["at"]> {
    return this.#last.at(now, drift, calendar);
  }

  prove(reading: Pick<HostReading, "rawAfter">, own: readonly SourceFacts[], voices: PeerVoices, premises: Premises): Proved {
    const now = reading.rawAfter;
    const peers =
      premises.faults < 1 || premises.authenticatedOnly || voices.count === 0
        ? []
        : voices.facts(reading, premises.drift, heardBy(own, now));
    const alone = evaluate(this.#ownLast, now, own, premises);
    // As long as no peer has had a vote since anything was proved, both are the same.
    if (peers.length === 0 && this.#areOne) {
      this.#last.keep(this.#ownLast.proof);
      return { bound: alone.bound, own: alone.bound, doubtful: alone.doubtful };
    }
    const all = evaluate(this.#last, now, [...own, ...peers], premises);
    this.#areOne = false;
    return { bound: all.bound, own: alone.bound, doubtful: all.doubtful };
  }

  forget(): void {
    this.#last.forget();
    this.#ownLast.forget();
    this.#areOne = true;
  }

  /** Another leap list: what was proved lies on the axis of the old one, and moves with it. */
  learnLeaps(before: LeapCalendar, after: LeapCalendar): void {
    this.#last.learnLeaps(before, after);
    this.#ownLast.learnLeaps(before, after);
  }
}

const heardBy = (own: readonly SourceFacts[], now: RawInstant): ReadonlySet<string> =>
  new Set(own.filter((source) => speaks(source, now)).flatMap(({ identity }) => identitiesOf(identity)));

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

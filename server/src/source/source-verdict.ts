import type { SourceState, SourceVerdict } from "@truebound/wire";

/** How many hosts stand how to one source. */
export interface Stands {
  readonly agreeing: number;
  readonly falsely: number;
  readonly undecided: number;
  readonly unheard: number;
}

const STANDS: Readonly<Record<SourceState, keyof Stands>> = {
  agrees: "agreeing",
  falseticker: "falsely",
  vote_void: "falsely",
  inconsistent_with_itself: "falsely",
  no_region: "undecided",
  timescale_unknown: "undecided",
  not_authenticated: "undecided",
  never_answered: "unheard",
  stale: "unheard",
  resolving: "unheard",
};

/** A state that this version does not know accuses nobody. */
export const callsFalse = (state: string): boolean => (STANDS as Readonly<Record<string, keyof Stands>>)[state] === "falsely";

/** Counts how hosts stand to a source, one after the other. */
export class StandCount implements Stands {
  agreeing = 0;
  falsely = 0;
  undecided = 0;
  unheard = 0;

  add(state: string): void {
    switch (STANDS[state as SourceState]) {
      case "agreeing":
        this.agreeing += 1;
        break;
      case "falsely":
        this.falsely += 1;
        break;
      case "undecided":
        this.undecided += 1;
        break;
      default:
        this.unheard += 1;
    }
  }
}

/** One host is no majority of itself: it may be the host that is wrong. */
export function verdictOf({ agreeing, falsely, undecided, unheard }: Stands): SourceVerdict {
  const judging = agreeing + falsely;
  if (judging >= 2 && falsely * 2 > judging) return "false";
  if (falsely > 0) return "disputed";
  if (agreeing > 0) return "agrees";
  if (undecided > 0) return "undecided";
  return unheard > 0 ? "unheard" : "gone";
}

export function verdictWords(verdict: SourceVerdict, { agreeing, falsely, undecided, unheard }: Stands): string {
  switch (verdict) {
    case "false":
    case "disputed":
      return `${falsely} of ${hosts(agreeing + falsely)} that can judge it ${falsely === 1 ? "calls" : "call"} it false`;
    case "agrees":
      return unheard === 0 ? `agrees with ${hosts(agreeing)}` : `agrees with ${hosts(agreeing)}; ${hosts(unheard)} cannot hear it`;
    case "undecided":
      return `${hosts(undecided)} cannot judge it, and nobody else can`;
    case "unheard":
      return `gives no usable answer to ${hosts(unheard)}`;
    case "gone":
      return "no host that is heard uses it";
    default:
      return verdict satisfies never;
  }
}

const hosts = (count: number): string => `${count} ${count === 1 ? "host" : "hosts"}`;

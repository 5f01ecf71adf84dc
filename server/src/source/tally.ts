import type { Interval, UtcInstant } from "@truebound/time";
import type { BatchSource, Timescale } from "@truebound/wire";
import type { Sighting } from "./sighting.ts";
import { StandCount, type Stands } from "./source-verdict.ts";

/** What all sightings of one source say together. */
export interface Tally {
  /** Of those that count, like the three that follow. */
  readonly users: number;
  readonly stands: Stands;
  readonly offsets: readonly Interval[];
  /** It is off by this at least, as far as the host that is surest of it can prove. */
  readonly apart: bigint;
  /** Hosts that it told something else than `told`. */
  readonly otherwise: number;
  readonly names: readonly string[];
  readonly origins: readonly string[];
  readonly isLocal: boolean;
  /** Null = agents do not say, or not the same. */
  readonly timescale: Timescale | null;
  /** Latest reading of a host that it answers. */
  readonly lastHeard: UtcInstant | null;
}

const NAMES_MOST = 8;

/** In one pass: a fleet has some hundred thousand of these, and each look goes through all of them. */
export function tallyOf(sightings: readonly Sighting[], told: BatchSource): Tally {
  const stands = new StandCount();
  const [names, origins] = [new Distinct(), new Distinct()];
  const offsets: Interval[] = [];
  let [users, otherwise, apart, isLocal] = [0, 0, 0n, false];
  let lastHeard: UtcInstant | null = null;
  let timescale: Timescale | null = sightings[0]?.source.timescale ?? null;
  for (const { source, counts, offset, apart: by, asOf } of sightings) {
    names.add(source.id);
    origins.add(source.origin);
    isLocal ||= source.local_reference;
    if (source.timescale !== timescale) timescale = null;
    if (source.lo_ns !== null && asOf !== null && (lastHeard === null || asOf > lastHeard)) lastHeard = asOf;
    if (!counts) continue;
    users += 1;
    stands.add(source.state);
    if (offset !== null) offsets.push(offset);
    if (by > apart) apart = by;
    if (source.stratum !== null && !saysTheSame(source, told)) otherwise += 1;
  }
  return {
    users,
    stands,
    offsets,
    apart,
    otherwise,
    names: names.first(NAMES_MOST),
    origins: origins.first(),
    isLocal,
    timescale,
    lastHeard,
  };
}

/** Hosts mostly say the same one after the other, and comparing costs less than looking up. */
class Distinct {
  readonly #all = new Set<string>();
  #last: string | null = null;

  add(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    this.#all.add(text);
  }

  /** In their order. */
  first(most?: number): string[] {
    return [...this.#all].sort().slice(0, most);
  }
}

const saysTheSame = (a: BatchSource, b: BatchSource): boolean => a.stratum === b.stratum && a.refid === b.refid && a.leap === b.leap;

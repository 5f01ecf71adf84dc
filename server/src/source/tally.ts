import type { Interval, UtcInstant } from "@truebound/time";
import type { BatchSource, NtsIdentity, Timescale } from "@truebound/wire";
import type { Sighting } from "./sighting.ts";
import { StandCount } from "./source-verdict.ts";

const NAMES_MOST = 8;

/**
 * What all sightings of one source say together. Taken in host by host, so that a look at a fleet goes once through its memory as it
 * lies there: source by source it would wait for it some hundred thousand times.
 */
export class SourceTally {
  readonly key: string;
  readonly sightings: Sighting[] = [];
  /** Of those that count, like the three that follow. */
  users = 0;
  readonly stands = new StandCount();
  readonly offsets: Interval[] = [];
  /** It is off by this at least, as far as the host that is surest of it can prove. */
  apart = 0n;
  isLocal = false;
  /** Of those that count: who asks it under NTS, and to whom it is authenticated. */
  ntsUsers = 0;
  authenticatedBy = 0;
  /** Of those that count: for whom what is declared of it counts, and for whom not. */
  declaredFor = 0;
  voidFor = 0;
  readonly #identities = new Map<string, NtsIdentity>();
  /** Latest reading of a host that it answers. */
  lastHeard: UtcInstant | null = null;
  /** Whom it answered last knows best what it says of itself; of those that count, where there are any. */
  #latest: Sighting;
  #timescale: Timescale | null | undefined;
  readonly #names = new Distinct<string>();
  readonly #origins = new Distinct<string>();
  readonly #told = new Distinct<number>();

  constructor(first: Sighting) {
    this.key = first.key;
    this.#latest = first;
    this.#timescale = first.source.timescale;
  }

  add(one: Sighting): void {
    const { source, counts, asOf } = one;
    this.sightings.push(one);
    if (knowsBetter(one, this.#latest)) this.#latest = one;
    this.#names.add(source.id);
    this.#origins.add(source.origin);
    this.isLocal ||= source.local_reference;
    if (source.timescale !== this.#timescale) this.#timescale = null;
    if (source.lo_ns !== null && asOf !== null && (this.lastHeard === null || asOf > this.lastHeard)) this.lastHeard = asOf;
    if (counts) this.#count(one);
  }

  #count({ source, offset, apart }: Sighting): void {
    this.users += 1;
    this.stands.add(source.state);
    if (offset !== null) this.offsets.push(offset);
    if (apart > this.apart) this.apart = apart;
    if (source.stratum !== null) this.#told.add(saying(source));
    if (source.declaration?.void === null) this.declaredFor += 1;
    else if (source.declaration !== undefined) this.voidFor += 1;
    if (source.nts !== undefined) this.#authenticated(source.nts);
  }

  #authenticated({ authenticated, name, key }: NonNullable<BatchSource["nts"]>): void {
    this.ntsUsers += 1;
    if (!authenticated || name === null || key === null) return;
    this.authenticatedBy += 1;
    if (this.#identities.size < NAMES_MOST) this.#identities.set(`${name} ${key}`, { name, key });
  }

  get identities(): NtsIdentity[] {
    return [...this.#identities.values()];
  }

  get told(): BatchSource {
    return this.#latest.source;
  }

  /** Hosts that it told something else than whom it answered last. */
  get otherwise(): number {
    return this.#told.total - this.#told.countOf(saying(this.told));
  }

  get names(): string[] {
    return this.#names.values.sort().slice(0, NAMES_MOST);
  }

  get origins(): string[] {
    return this.#origins.values.sort();
  }

  /** Null = agents do not say, or not the same. */
  get timescale(): Timescale | null {
    return this.#timescale ?? null;
  }
}

function knowsBetter(a: Sighting, b: Sighting): boolean {
  if (a === b) return false;
  if (a.counts !== b.counts) return a.counts;
  if ((a.source.refid === null) !== (b.source.refid === null)) return a.source.refid !== null;
  return (a.asOf ?? 0n) > (b.asOf ?? 0n);
}

/** Stratum, leap and refid as one number, each in a place of its own; what is null has one too. */
const saying = ({ stratum, refid, leap }: BatchSource): number => ((stratum ?? 256) * 8 + (leap ?? 4)) * 2 ** 33 + (refid ?? 2 ** 32);

/** Hosts mostly say the same one after the other, and comparing costs less than looking up. */
class Distinct<T> {
  readonly #counts = new Map<T, number>();
  #last: T | null = null;
  #run = 0;
  total = 0;

  add(value: T): void {
    this.total += 1;
    if (value !== this.#last) this.#settle(value);
    this.#run += 1;
  }

  countOf(value: T): number {
    this.#settle(this.#last);
    return this.#counts.get(value) ?? 0;
  }

  get values(): T[] {
    this.#settle(this.#last);
    return [...this.#counts.keys()];
  }

  /** What came in a row is counted when it ends. */
  #settle(next: T | null): void {
    if (this.#last !== null && this.#run > 0) this.#counts.set(this.#last, (this.#counts.get(this.#last) ?? 0) + this.#run);
    this.#last = next;
    this.#run = 0;
  }
}

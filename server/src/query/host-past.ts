import { BILLION, maxOf, minOf, type UtcInstant, utc } from "@truebound/time";
import type { HostRecord } from "../fleet/host-record.ts";
import { NOT_KEPT } from "./covers.ts";
import type { EvidenceLimit } from "./ports.ts";
import { nowhere, type StampPlace, type Window, Windows } from "./stamp-place.ts";
import { type Reading, type StoredEvidence, type StoredReading, storedReadings } from "./stored-readings.ts";

/**
 * Where in a host's past its clock can have shown a stamp. Evidence is found by UTC, and a stamp is no time of UTC: it is looked for
 * beside the instant that it names, where a clock within NEAR of UTC showed it, and wherever the host's minutes say that the clock
 * was further off, or was not watched for longer than a minute.
 */
export interface Far {
  /** From the first of these minutes to the end of the last. */
  readonly from: bigint;
  readonly to: bigint;
  /** Hull of the offsets in them. */
  readonly lo: bigint;
  readonly hi: bigint;
}

/** Between these two minutes no reading has a bound. */
export interface Silence {
  readonly before: Far;
  readonly after: Far;
}

export interface Strange {
  readonly far: readonly Far[];
  readonly silences: readonly Silence[];
}

export interface PastStore {
  /** All batches with a reading between the two, and the nearest one on each side; null when there are more than `most`. */
  evidenceWindow(host: string, from: UtcInstant, to: UtcInstant, most: EvidenceLimit): Promise<StoredEvidence[] | null>;
  /** Of all minutes that are kept; null when there are more stretches than anybody looks through. */
  strange(host: string): Promise<Strange | null>;
  /** Signed statements of a host whose batches are gone, as readings at both ends of each of their spans, in order. */
  statedReadings(host: string, from: UtcInstant, to: UtcInstant): Promise<StoredReading[]>;
}

export const NEAR = 2n * BILLION;
/** Slews between readings, and a gap of less than two minutes at whose side the clock ran as fast as one can: (1 + 22.7 %) · 120 s. */
const SLACK = 150n * BILLION;
/** A quarter of such a gap, the slews beside it, and how far a reading may lie from where it is placed. */
const BESIDE = 45n * BILLION;
const MINUTE = 60n * BILLION;
/** For so long the bound of a last reading can go on before it is wider than a second, at the slowest drift that is assumed. */
const AFTER_THE_END = 2n ** 53n;
const MOST: EvidenceLimit = { batches: 4_000, bytes: 16 * 1024 * 1024 };
const MOST_WINDOWS = 24;

export interface PastPorts extends Reading {
  readonly store: PastStore;
}

export class HostPast {
  readonly #ports: PastPorts;
  readonly #host: HostRecord;
  #strange: Promise<Strange | null> | null = null;

  constructor(ports: PastPorts, host: HostRecord) {
    this.#ports = ports;
    this.#host = host;
  }

  /** Of stamps in order; answers in the same order. Those that lie close together share what is read for them. */
  async place(stamps: readonly bigint[]): Promise<StampPlace[]> {
    const placed: StampPlace[] = [];
    for (const group of groupsOf(stamps)) placed.push(...(await this.#placeGroup(group)));
    return placed;
  }

  async #placeGroup(group: readonly bigint[]): Promise<StampPlace[]> {
    const windows = await this.#windowsFor(group[0] as bigint, group.at(-1) as bigint);
    if (typeof windows !== "string") return this.#placeIn(windows, group);
    if (group.length === 1 || group[0] === group.at(-1)) return group.map(() => nowhere(windows));
    const half = group.length >> 1;
    return [...(await this.#placeGroup(group.slice(0, half))), ...(await this.#placeGroup(group.slice(half)))];
  }

  /** Thousands of stamps may share what was read: others come to their turn between them. */
  async #placeIn(windows: Windows, group: readonly bigint[]): Promise<StampPlace[]> {
    const placed: StampPlace[] = [];
    for (const stamp of group) {
      placed.push(windows.place(stamp));
      await this.#ports.pause();
    }
    return placed;
  }

  /** Text = why there are none. */
  async #windowsFor(first: bigint, last: bigint): Promise<Windows | string> {
    this.#strange ??= this.#ports.store.strange(this.#host.id);
    const strange = await this.#strange;
    if (strange === null) return TOO_MANY_PLACES;
    const ranges = placesToLook(strange, first, last);
    if (ranges.length > MOST_WINDOWS) return TOO_MANY_PLACES;
    const windows: Window[] = [];
    for (const parts of ranges) {
      const window = await this.#read(parts);
      if (window === null) return "too_much_evidence";
      windows.push(window);
    }
    return new Windows(windows);
  }

  async #read(parts: readonly Range[]): Promise<Window | null> {
    const { store } = this.#ports;
    const found = new Map<string, StoredEvidence>();
    for (const { from, to } of parts) {
      const evidence = await store.evidenceWindow(this.#host.id, utc(from), utc(to), MOST);
      if (evidence === null) return null;
      for (const one of evidence) found.set(`${one.epoch}/${one.seq}`, one);
    }
    const readings = await storedReadings(this.#host.id, [...found.values()], this.#ports);
    if (readings === null) return null;
    const [{ from, to } = { from: 0n, to: 0n }] = parts;
    const stated = holdsAny(readings, from, to) ? [] : await store.statedReadings(this.#host.id, utc(from), utc(to));
    return stated.length > 0 ? { readings: stated, isEnd: false } : { readings, isEnd: this.#isEnd(readings) };
  }

  /** Of a host that reports no more nothing is known after its last reading. */
  #isEnd(readings: readonly StoredReading[]): boolean {
    const { epoch, seq, ahead, state } = this.#host;
    const last = readings.at(-1);
    const reports = state === "active" || state === "suspended";
    return last !== undefined && reports && !ahead && last.epoch === epoch && last.seq >= seq;
  }

  /** What a stamp without a place has to say of the host as it is now. */
  reasonOf(reason: string, stamp: bigint): string {
    const { state, seq, epoch, chainAt } = this.#host;
    if (reason === "no_evidence" && chainAt !== null && stamp > chainAt && (state === "revoked" || state === "retired"))
      return `host_${state}`;
    return reason === "no_evidence" && (seq > 0 || epoch > 1) && (chainAt === null || stamp < chainAt) ? NOT_KEPT : reason;
  }
}

export const TOO_MANY_PLACES = "too_many_places";

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

const holdsAny = (readings: readonly StoredReading[], from: bigint, to: bigint): boolean =>
  readings.some(({ at }) => from <= at && at <= to);

/** Each is read as one: beside the stamps, wherever the clock was far off and may have shown them, and the two ends of a silence. */
export function placesToLook({ far, silences }: Strange, first: bigint, last: bigint): Range[][] {
  const near = { from: first - NEAR - BESIDE, to: last + NEAR + BESIDE };
  const off = far.flatMap((stretch, index) => {
    const ends = index === far.length - 1 ? AFTER_THE_END : SLACK;
    const from = maxOf(first + stretch.lo - SLACK, stretch.from - SLACK);
    const to = minOf(last + stretch.hi + SLACK, stretch.to + ends);
    return from <= to ? [{ from, to }] : [];
  });
  const blind = silences.filter((silence) => canReach(silence, first, last)).map(({ before, after }) => [rangeOf(before), rangeOf(after)]);
  return [...merged([near, ...off]).map((range) => [range]), ...blind];
}

const rangeOf = ({ from, to }: Far): Range => ({ from, to });

/** As the places of a stamp in a gap are found, by minutes: the clock ran on from either end, at most a quarter too fast. */
function canReach({ before, after }: Silence, first: bigint, last: bigint): boolean {
  const reach = ((after.to - before.from) * 5n) / 4n + MINUTE;
  const isOnwards = before.from - before.hi - SLACK <= last && first <= before.to - before.lo + reach;
  return isOnwards || (after.from - after.hi - reach <= last && first <= after.to - after.lo + SLACK);
}

function merged(ranges: readonly Range[]): Range[] {
  const apart: Range[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const before = apart.at(-1);
    if (before === undefined || before.to < from) apart.push({ from, to });
    else apart[apart.length - 1] = { from: before.from, to: maxOf(before.to, to) };
  }
  return apart;
}

/**
 * So far apart two stamps share what is read for them, and so long a group is. Asking the database costs as much as reading ten
 * minutes of evidence or more, so stamps that lie scattered over a month are read in few strokes; a group's evidence is held at once.
 */
const NEIGHBOURS = 600n * BILLION;
const LONGEST_GROUP = 3600n * BILLION;

export function groupsOf(stamps: readonly bigint[]): bigint[][] {
  const groups: bigint[][] = [];
  for (const stamp of stamps) {
    const group = groups.at(-1);
    if (group !== undefined && stamp - (group.at(-1) as bigint) <= NEIGHBOURS && stamp - (group[0] as bigint) <= LONGEST_GROUP)
      group.push(stamp);
    else groups.push([stamp]);
  }
  return groups;
}

import { SeededRandom } from "@truebound/testkit";
import { utc } from "@truebound/time";
import { describe, expect, inject, it } from "vitest";
import { AlertWorld, ASSUMPTIONS, aSource, healthy, hostId, LEAP_LIST, SERVER_HOST, START } from "../../src/alert/alert-world.fixture.ts";
import type { HostRecord } from "../../src/fleet/host-record.ts";

/** A day of a fleet, or the short form of it: what is usual there raises no alert, and what is wrong is found and blamed right. */
const isLong = inject("long" as never) === true;
const HOSTS = isLong ? 1_000 : 200;
const SECONDS = (isLong ? 24 : 2) * 3600;
const MS = 1_000_000n;

type Says = Partial<HostRecord> | null;
type Fault = (second: number, record: HostRecord, random: SeededRandom) => Says;

const GOOD = [1, 2, 3, 4].map((one) => aSource(one));
const between = (random: SeededRandom, from: number, to: number): number => from + random.next() * (to - from);
const bound = (middleMs: number, halfMs: number) => ({
  lo: BigInt(Math.round((middleMs - halfMs) * 1e6)),
  hi: BigInt(Math.round((middleMs + halfMs) * 1e6)),
});

/** A host as it is on every day. */
class Everyday {
  readonly #random: SeededRandom;
  /** The agent is down until this second, and knows nothing for some more. */
  #downUntil = -1;
  #blindUntil = -1;
  /** The next report brings what a lost one said. */
  #isLost = false;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
  }

  says(second: number, leapAt: number): Says {
    const random = this.#random;
    if (second >= this.#blindUntil && random.next() < 1 / 8_000) {
      this.#downUntil = second + between(random, 1, 6);
      this.#blindUntil = this.#downUntil + between(random, 2, 40);
    }
    this.#isLost = !this.#isLost && random.next() < 0.01;
    if (second < this.#downUntil || this.#isLost) return null;
    if (second < this.#blindUntil)
      return {
        status: "unknown",
        reason: "never_measured",
        bound: null,
        votes: 0,
        sources: GOOD.map((one) => ({ ...one, state: "never_answered" })),
      };
    const well = { status: "proven", reason: null, votes: 4, sources: GOOD, assumptions: ASSUMPTIONS, clone: null } as const;
    // Beside a leap UTC is ambiguous by a second.
    if (Math.abs(second - leapAt) < 15) return { ...well, bound: bound(500, 505) };
    return { ...well, bound: bound(between(random, -2, 2), between(random, 3, 12)), ...this.#badReply() };
  }

  /** Once in a while a report is odd, and the next one is not. */
  #badReply(): Partial<HostRecord> {
    const kind = Math.floor(this.#random.next() * 8_000);
    if (kind === 0) return { sources: [aSource(1, { state: "falseticker" }), ...GOOD.slice(1)], votes: 3 };
    if (kind === 1) return { bound: bound(0, 250) };
    if (kind === 2) return { bound: bound(4294.967296, 1) };
    if (kind === 3) return { bound: bound(180, 20) };
    if (kind === 4) return { status: "no_majority", reason: "no_region", bound: null };
    if (kind === 5) return { sources: GOOD.map((one, index) => (index === 2 ? { ...one, state: "stale" } : one)), votes: 3 };
    return {};
  }
}

interface Seeded {
  readonly name: string;
  /** Keys of the incidents that may tell of it. */
  readonly blamed: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly says?: Fault;
  readonly begin?: (world: AlertWorld) => void;
  readonly end?: (world: AlertWorld) => void;
}

const isOne =
  (index: number, says: (since: number) => Says, from: number): Fault =>
  (second, { id }) =>
    id === hostId(index) ? says(second - from) : {};

/** Twenty kinds of trouble, one after the other, each on a host or a source of its own. */
function seededFaults(): Seeded[] {
  const step = Math.floor(SECONDS / 21);
  const lasts = Math.min(step * 3, 1_500);
  const made: Omit<Seeded, "to">[] = [];
  const add = (name: string, blamed: readonly string[], more: (from: number) => Partial<Seeded>) => {
    const from = step * (made.length + 1) - step / 2;
    made.push({ name, blamed, from, ...more(from) });
  };
  const host = (index: number, tail = "") => `host:${hostId(index)}${tail}`;
  const one = (name: string, index: number, says: (since: number) => Says, tail = "") =>
    add(name, [host(index, tail)], (from) => ({ says: isOne(index, says, from) }));
  const event = (name: string, index: number, kind: string) =>
    add(name, [host(index)], () => ({ begin: (world) => world.event(hostId(index), kind, { by_ns: "250000000" }) }));
  const sources = (index: number, more: object) => GOOD.map((given, place) => (place === index ? { ...given, ...more } : given));

  one("a clock that is 250 ms ahead", 1, () => ({ bound: bound(-250, 8) }));
  one("an oscillator that runs away", 2, (since) => ({ bound: bound(since * 0.4, 8) }));
  one("a silent host", 3, () => null, ":liveness");
  add("a silent rack", ["group:rack=r5:liveness"], () => ({ says: (_, { labels }) => (labels.rack === "r5" ? null : {}) }));
  add("a source that lies to all", ["source:192.0.2.2"], () => ({
    says: () => ({ sources: sources(1, { state: "falseticker", lo_ns: "900000000", hi_ns: "901000000" }), votes: 3 }),
  }));
  add("a source that is gone", ["source:192.0.2.4"], () => ({ says: () => ({ sources: sources(3, { state: "stale" }), votes: 3 }) }));
  one("a host without sources", 4, (since) => ({
    status: "holdover",
    reason: "sources_lost",
    votes: 0,
    bound: bound(0, 10 + since * 0.2),
    sources: GOOD.map((given) => ({ ...given, state: "stale" })),
  }));
  add("a copy of a host", [host(6, ":key")], (from) => ({
    says: isOne(6, () => ({ clone: { attempts: 3n, address: "203.0.113.9", ownAddress: "10.0.0.7", since: utc(START) } }), from),
  }));
  event("a spool that cannot be written", 7, "spool_degraded");
  one("an oscillator that left what is assumed", 8, () => ({ assumptions: { ...ASSUMPTIONS, drift_basis: "broken" } }));
  one("a machine that was moved", 9, () => ({ status: "disrupted", reason: "vm_disrupted", bound: null }));
  one("no majority", 10, () => ({ status: "no_majority", reason: "no_region", bound: null }));
  add("one upstream behind its sources", ["upstream:192.0.2.99"], (from) => ({
    says: isOne(11, () => ({ votes: 2, sources: [1, 2, 3].map((given) => aSource(given, { stratum: 2, refid: 0xc0000263 })) }), from),
  }));
  event("sources of two timescales", 12, "mixed_timescales");
  add("a host that its peers accuse", [host(13)], () => ({
    begin: (world) => world.stand(hostId(13), { standing: "flagged", tier: "guaranteed", suspects: 1, leastLiars: 1 }),
    end: (world) => world.stand(hostId(13), null),
  }));
  add("the server's own clock", ["server", host(0xffffff)], () => ({
    begin: (world) => world.change(SERVER_HOST.id, { status: "unverified", reason: "one_vote" }),
    end: (world) => world.change(SERVER_HOST.id, { status: "proven", reason: null }),
  }));
  one("a bound that reaches too far", 14, () => ({ bound: bound(0, 130) }));
  one("a bound that is near the limit", 15, () => ({ bound: bound(0, 90) }));
  one("a host that calls a good source false", 16, () => ({ sources: sources(0, { state: "falseticker" }), votes: 3 }));
  event("a clock that was stepped", 17, "clock_stepped");
  return made.map((fault) => ({ ...fault, to: fault.from + lasts }));
}

/** The same days, with and without what is wrong. */
async function live(world: AlertWorld, faults: readonly Seeded[]): Promise<void> {
  const days = new Map([...world.hosts.keys()].map((id, index) => [id, new Everyday(index + 1)]));
  const random = new SeededRandom(99);
  const leapAt = SECONDS / 2;
  const restarts = new Set([1, 2, 3, 4].map((part) => Math.floor((SECONDS * part) / 5) + 211));
  const outages = new Set([1, 2, 3].map((part) => Math.floor((SECONDS * part) / 4) + 97));
  const begun = new Set<Seeded>();
  const ended = new Set<Seeded>();
  for (let second = 0; second < SECONDS; second++) {
    if (restarts.has(second)) world.restart();
    // The database is away: nothing is stored and nothing is seen.
    if (outages.has(second) || restarts.has(second)) world.nowMs += outages.has(second) ? 60_000 : 12_000;
    for (const fault of faults) {
      if (second >= fault.from && !begun.has(fault)) fault.begin?.(world);
      if (second >= fault.from) begun.add(fault);
      if (second >= fault.to && !ended.has(fault)) fault.end?.(world);
      if (second >= fault.to) ended.add(fault);
    }
    const wrong = faults.filter(({ from, to, says }) => says !== undefined && second >= from && second < to);
    await world.run(1, (record) => {
      let said = days.get(record.id)?.says(second, leapAt) ?? null;
      for (const { says } of wrong) {
        const more = says?.(second, record, random) ?? null;
        said = said === null || more === null ? null : { ...said, ...more };
      }
      return said;
    });
  }
}

function fleet(): AlertWorld {
  const world = new AlertWorld(Array.from({ length: HOSTS }, (_, index) => healthy(index)));
  const leap = utc(START + BigInt(SECONDS / 2) * 1_000n * MS);
  world.leaps = { ...LEAP_LIST, rows: [...LEAP_LIST.rows, { from: leap, taiMinusUtc: 38 }] };
  return world;
}

describe(`a fleet of ${HOSTS} hosts for ${SECONDS / 3600} hours`, () => {
  it("with restarts, lost reports, bad replies, outages and a leap second has no alert but the leap's", {
    timeout: 10_800_000,
  }, async () => {
    const world = fleet();
    await live(world, []);
    expect([...new Set(world.told("opened"))]).toEqual(["opened fleet:leap_pending"]);
    expect(world.store.told.filter(({ kind }) => kind === "opened")).toHaveLength(1);
  });

  it("and with twenty faults in it finds all twenty, and blames nobody else", { timeout: 10_800_000 }, async () => {
    const world = fleet();
    const faults = seededFaults();
    expect(faults).toHaveLength(20);
    await live(world, faults);
    const opened = new Set(world.store.told.filter(({ kind }) => kind === "opened").map(({ cause }) => cause));
    expect(faults.filter(({ blamed }) => !blamed.some((key) => opened.has(key))).map(({ name }) => name)).toEqual([]);
    const all = new Set(["fleet:leap_pending", ...faults.flatMap(({ blamed }) => blamed)]);
    expect([...opened].filter((key) => !all.has(key))).toEqual([]);
  });
});

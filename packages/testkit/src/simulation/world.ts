import type { Policy } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import type { DatabaseFaults } from "./database.ts";
import type { DiskFaults } from "./disk.ts";
import type { LeapPlan } from "./leap-second.ts";
import { withRarities } from "./rarities.ts";
import { CHANCES, drawTroubles, type Trouble, type TroubleKind } from "./troubles.ts";

/** How the ways of deliveries are while trouble may be: chances for each, and delays. */
export interface RoadFaults {
  readonly lost: number;
  readonly lostAnswer: number;
  readonly twice: number;
  readonly corrupt: number;
  /** ms; some take much longer than others, so they overtake each other. */
  readonly delayMs: number;
  readonly slow: number;
}

export interface HostPlan {
  readonly name: string;
  readonly clock: ClockFaults;
  readonly sources: readonly SimSource[];
  readonly spoolLimits: { readonly segmentBytes: number; readonly totalBytes: number };
  /** Chances while trouble may be. */
  readonly disk: DiskFaults;
  /** It begins with nothing but a key: nobody knows it, and what can go wrong goes wrong while it is let in. */
  readonly enrolsItself?: true;
}

/** One world as data, drawn from its seed. */
export interface World {
  readonly seed: number;
  /** Trouble may be until then, s; after that nothing new goes wrong, and all must come to rest. */
  readonly troubleS: number;
  readonly seconds: number;
  readonly hosts: readonly HostPlan[];
  /** Sources of each host that lie: at most F. */
  readonly liars: number;
  readonly policy: Partial<Policy>;
  readonly servers: number;
  readonly road: RoadFaults;
  readonly database: DatabaseFaults;
  /** A refused or unanswered notice of an alert. */
  readonly deafChannel: number;
  /** ns: a batch is checkpointed when it is as old, and never before the log has it. */
  readonly refillNs: bigint;
  readonly troubles: readonly Trouble[];
  readonly leap: LeapPlan | null;
  /** When a person wants another key of which host. */
  readonly rotations: readonly { readonly atS: number; readonly host: number }[];
}

const MS = 1_000_000;
const TROUBLE_S = 240;
/** The longest back-off of an agent, and what it takes to send all that waited. */
const HEALING_S = 420;

export const drawWorld = (seed: number): World => withRarities(drawUsual(seed));

function drawUsual(seed: number): World {
  const random = new SeededRandom(seed);
  const count = 1 + Math.floor(random.next() * 2.3);
  const liars = random.next() < 0.4 ? 1 : 0;
  const hosts = Array.from({ length: count }, (_, index) => drawHost(random, index, liars));
  const isRough = random.next() < 0.7;
  return {
    seed,
    troubleS: TROUBLE_S,
    seconds: TROUBLE_S + HEALING_S,
    hosts,
    liars,
    policy: {
      probe_interval_s: pick(random, [16, 32]),
      reading_interval_s: pick(random, [4, 8]),
      report_interval_s: pick(random, [8, 15, 30]),
      limit_ns: pick(random, [null, 5 * MS, 50 * MS, 500 * MS]),
    },
    servers: 1 + Math.floor(random.next() * 2),
    road: isRough ? roughRoad(random) : { lost: 0, lostAnswer: 0, twice: 0, corrupt: 0, delayMs: 20, slow: 0 },
    database: { lostStatement: rarely(random, 0.02), lostCommit: rarely(random, 0.1), slowestMs: random.between(1, 15) },
    deafChannel: rarely(random, 0.5),
    refillNs: BigInt(pick(random, [30, 60, 90])) * 1_000_000_000n,
    troubles: drawTroubles(random, { hosts: count, troubleS: TROUBLE_S }),
    leap: null,
    rotations: [],
  };
}

const pick = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;

/** In half of all worlds never. */
const rarely = (random: SeededRandom, most: number): number => (random.next() < 0.5 ? 0 : random.between(0, most));

const roughRoad = (random: SeededRandom): RoadFaults => ({
  lost: rarely(random, 0.3),
  lostAnswer: rarely(random, 0.3),
  twice: rarely(random, 0.2),
  corrupt: rarely(random, 0.1),
  delayMs: random.between(5, 800),
  slow: rarely(random, 0.1),
});

function drawHost(random: SeededRandom, index: number, liars: number): HostPlan {
  const sources = 3 + Math.floor(random.next() * 3);
  const isSmall = random.next() < 0.15;
  return {
    name: `host-${index + 1}`,
    clock: drawClock(random),
    sources: Array.from({ length: sources }, (_, at) => drawSource(random, index, at, at < liars)),
    spoolLimits: isSmall
      ? { segmentBytes: 6_000, totalBytes: 24_000 }
      : { segmentBytes: pick(random, [4_000, 20_000, 1 << 20]), totalBytes: 1 << 22 },
    disk: { failedSync: rarely(random, 0.05), full: rarely(random, 0.05), unreadable: rarely(random, 0.002) },
  };
}

function drawClock(random: SeededRandom): ClockFaults {
  const at = () => random.between(20, TROUBLE_S);
  const some = <T>(chance: number, make: () => T): T[] => (random.next() < chance ? [make()] : []);
  return {
    driftPpb: Math.round(random.between(-190_000, 190_000)),
    slewPpb: random.next() < 0.3 ? Math.round(random.between(-90_000, 90_000)) : 0,
    aheadNs: Math.round(random.between(-1, 1) * pick(random, [1, 100, 10_000]) * MS),
    steps: [
      ...some(0.4, () => ({ atS: at(), byNs: Math.round(random.between(-900, 900) * MS) })),
      ...some(0.1, () => ({ atS: at(), byNs: 3_600_000 * MS })),
    ],
    suspends: some(0.2, () => ({ atS: at(), forS: random.between(2, 120) })),
    standstills: some(0.15, () => ({ atS: at(), forS: random.between(0.5, 30), marked: true })),
  };
}

function drawSource(random: SeededRandom, host: number, at: number, isLiar: boolean): SimSource {
  const thereMs = random.between(0.2, 30);
  const rootDispersion = 66 + Math.floor(random.next() * 400);
  return {
    address: `198.51.${100 + host}.${10 + at}:123`,
    thereMs,
    backMs: random.next() < 0.3 ? random.between(0.2, 60) : thereMs,
    jitterMs: random.between(0, 5),
    loss: random.between(0, 0.2),
    // Honest ones stay within the root dispersion that they show, of 2⁻¹⁶ s.
    errorNs: isLiar ? random.between(-60, 60) * MS : random.between(-1, 1) * (rootDispersion / 65_536) * 0.9e9,
    rootDispersion,
    stratum: 1 + Math.floor(random.next() * 3),
    refid: 0x0a000000 + host * 256 + at,
    ...(random.next() < 0.2 ? { silentFromS: random.between(60, TROUBLE_S), silentUntilS: TROUBLE_S } : {}),
    interleaves: random.next() < 0.5,
  };
}

/** What a world can have that not every one has. */
export const TRAITS = [
  ...(Object.keys(CHANCES) as TroubleKind[]),
  "liar",
  "small_spool",
  "tight_spool",
  "unsynchronised",
  "leap",
  "rotation",
  "enrolment",
] as const;
export type Trait = (typeof TRAITS)[number];

export const isTrait = (text: string): text is Trait => (TRAITS as readonly string[]).includes(text);

export const hasTrait = ({ troubles, liars, hosts, leap, rotations }: World, trait: Trait): boolean => {
  if (trait === "rotation") return rotations.length > 0;
  if (trait === "enrolment") return hosts.some(({ enrolsItself }) => enrolsItself);
  if (trait === "leap") return leap !== null;
  if (trait === "liar") return liars > 0;
  if (trait === "small_spool") return hosts.some(({ spoolLimits }) => spoolLimits.totalBytes < 100_000);
  if (trait === "tight_spool") return hosts.some(({ spoolLimits }) => spoolLimits.totalBytes < 10_000);
  if (trait === "unsynchronised") return hosts.some(({ sources }) => sources.some((one) => one.unsynchronised !== undefined));
  return troubles.some(({ kind }) => kind === trait);
};

import type { Policy } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import type { DatabaseFaults } from "./database.ts";
import { drawHost, type HostPlan, pick, rarely, TROUBLE_S } from "./host-plan.ts";
import type { LeapPlan } from "./leap-second.ts";
import type { MeshPlan } from "./mesh-plan.ts";
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
  /** Its hosts measure each other; null = they do not. */
  readonly mesh: MeshPlan | null;
  /** When a person wants another key of which host. */
  readonly rotations: readonly { readonly atS: number; readonly host: number }[];
}

const MS = 1_000_000;
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
    mesh: null,
    rotations: [],
  };
}

const roughRoad = (random: SeededRandom): RoadFaults => ({
  lost: rarely(random, 0.3),
  lostAnswer: rarely(random, 0.3),
  twice: rarely(random, 0.2),
  corrupt: rarely(random, 0.1),
  delayMs: random.between(5, 800),
  slow: rarely(random, 0.1),
});

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
  "mesh",
] as const;
export type Trait = (typeof TRAITS)[number];

export const isTrait = (text: string): text is Trait => (TRAITS as readonly string[]).includes(text);

export const hasTrait = ({ troubles, liars, hosts, leap, mesh, rotations }: World, trait: Trait): boolean => {
  if (trait === "mesh") return mesh !== null;
  if (trait === "rotation") return rotations.length > 0;
  if (trait === "enrolment") return hosts.some(({ enrolsItself }) => enrolsItself);
  if (trait === "leap") return leap !== null;
  if (trait === "liar") return liars > 0;
  if (trait === "small_spool") return hosts.some(({ spoolLimits }) => spoolLimits.totalBytes < 100_000);
  if (trait === "tight_spool") return hosts.some(({ spoolLimits }) => spoolLimits.totalBytes < 10_000);
  if (trait === "unsynchronised") return hosts.some(({ sources }) => sources.some((one) => one.unsynchronised !== undefined));
  return troubles.some(({ kind }) => kind === trait);
};

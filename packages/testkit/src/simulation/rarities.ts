import { SeededRandom } from "../sim/random.ts";
import type { SimSource } from "../sim/sim-source.ts";
import type { HostPlan } from "./host-plan.ts";
import { type LeapPlan, leapPolicy } from "./leap-second.ts";
import { meshed } from "./mesh-plan.ts";
import { takesState } from "./troubles.ts";
import type { World } from "./world.ts";

/** What only some worlds have. Each is drawn by numbers of its own: a world that does not have it stays as it was. */
const RARITIES = [restoredFarBack, spoolTooSmall, sourcesLoseTheTime, liarSteps, leapSecond, keyChanges, enrolsItself, meshed] as const;

export const withRarities = (world: World): World =>
  RARITIES.reduce((before: World, draw, index) => draw(before, new SeededRandom(world.seed ^ (0x9e37_79b9 * (index + 1)))), world);

const ALMOST_ALL = 0.85;

/**
 * An older state of the database has less than what was acknowledged since, and almost as much as the refill window allows. Each
 * report has a file of its own: what the agent lets go of too early is then gone.
 */
function restoredFarBack(world: World, random: SeededRandom): World {
  if (random.next() < 0.4) return world;
  const refillS = Number(world.refillNs) / 1e9;
  const troubles = world.troubles.map((trouble) =>
    trouble.kind === "database_restored" ? { ...trouble, backS: refillS * random.between(0.4, ALMOST_ALL) } : trouble,
  );
  const isRestored = troubles.some(({ kind }) => kind === "database_restored");
  return isRestored ? { ...world, troubles, hosts: world.hosts.map((host) => withFiles(host, FILE_OF_ONE)) } : world;
}

const FILE_OF_ONE = 1_000;
const withFiles = (host: HostPlan, segmentBytes: number): HostPlan => ({
  ...host,
  spoolLimits: { ...host.spoolLimits, segmentBytes: Math.min(host.spoolLimits.segmentBytes, segmentBytes) },
});

/** A host that is cut off for longer than its spool has room. */
function spoolTooSmall(world: World, random: SeededRandom): World {
  if (random.next() < 0.88) return world;
  const atS = random.between(20, 60);
  const cutOff = { kind: "partition" as const, atS, host: 0, forS: random.between(120, world.troubleS - atS), way: "both" as const };
  const [first, ...others] = world.hosts as [HostPlan, ...HostPlan[]];
  const small = { ...first, spoolLimits: { segmentBytes: 2_000, totalBytes: 5_000 } };
  const policy = { ...world.policy, report_interval_s: 8 };
  return { ...world, policy, hosts: [small, ...others], troubles: [...world.troubles, cutOff].sort((a, b) => a.atS - b.atS) };
}

const HOUR_NS = 3_600e9;

/** What its servers go by is lost to most or all of a host's sources: they say so, and what they show is hours off. */
function sourcesLoseTheTime(world: World, random: SeededRandom): World {
  if (random.next() < 0.75) return world;
  const host = Math.floor(random.next() * world.hosts.length);
  const fromS = random.between(0, world.troubleS - 60);
  const lost = { fromS, untilS: fromS + random.between(20, 60), offNs: random.between(-5, 5) * HOUR_NS };
  const kept = Math.floor(random.next() * 2);
  const lose = (source: SimSource, at: number) => (at < kept ? source : { ...source, unsynchronised: lost });
  return withSources(world, (sources, index) => (index === host ? sources.map(lose) : sources));
}

/** A liar does not stay with its lie. */
function liarSteps(world: World, random: SeededRandom): World {
  if (world.liars === 0 || random.next() < 0.6) return world;
  const steps = [{ atS: random.between(10, world.troubleS), byNs: random.between(-5, 5) * HOUR_NS }];
  return withSources(world, (sources) => sources.map((source, at) => (at < world.liars ? { ...source, steps } : source)));
}

/** UTC has a second more, or one less, while all else goes wrong. */
function leapSecond(world: World, random: SeededRandom): World {
  if (random.next() < 0.85) return world;
  const step = random.next() < 0.7 ? 1 : -1;
  const leap: LeapPlan = { atS: random.between(30, world.troubleS), step, isListed: random.next() < 0.6 };
  const sources = world.hosts.flatMap((host) => host.sources.map(({ address }) => address));
  return { ...world, leap, policy: { ...world.policy, ...leapPolicy(leap, sources) } };
}

/** Another key is wished for; and in half of these worlds the database is then set back to before the change. */
function keyChanges(world: World, random: SeededRandom): World {
  if (random.next() < 0.8 || takesState(world.troubles)) return world;
  const host = Math.floor(random.next() * world.hosts.length);
  const atS = random.between(15, 120);
  const sinceS = (Number(world.refillNs) / 1e9) * random.between(0.4, 0.8);
  const restored = { kind: "database_restored" as const, atS: atS + sinceS, backS: sinceS + 1 };
  const others = world.troubles.filter(({ kind }) => kind !== "server_clock");
  const troubles = random.next() < 0.5 ? world.troubles : [...others, restored].sort((a, b) => a.atS - b.atS);
  return { ...world, rotations: [{ atS, host }], troubles };
}

/** Hosts whose enrolment is part of what goes wrong. What a database forgets that is set back to before it is for a person to mend. */
function enrolsItself(world: World, random: SeededRandom): World {
  const isSetBack = takesState(world.troubles) || world.troubles.some(({ kind }) => kind === "database_restored");
  if (random.next() < 0.75 || isSetBack || world.rotations.length > 0) return world;
  return { ...world, hosts: world.hosts.map((host) => ({ ...host, enrolsItself: true as const })) };
}

const withSources = (world: World, change: (sources: readonly SimSource[], host: number) => readonly SimSource[]): World => ({
  ...world,
  hosts: world.hosts.map((host, index) => ({ ...host, sources: change(host.sources, index) })),
});

import type { DaemonFacts, Followed, RunningDaemon } from "@truebound/agent";
import type { ChronydSays, DaemonSays } from "@truebound/wire";
import { SeededRandom } from "../sim/random.ts";
import type { Scenario } from "./scenario.ts";

/** A day in the life of a host's daemon: what happens when, drawn from a seed. All seconds are since the start. */
export interface DayPlan {
  readonly seed: number;
  /** Nothing of the network is heard for ten minutes. */
  readonly networkLostS: number;
  readonly suspends: { readonly atS: number; readonly forS: number };
  /** The daemon is gone for 40 s, and not synchronised for a minute more. */
  readonly restartS: number;
  /** When a twin of it goes wrong. */
  readonly faultS: number;
}

export const DAY_S = 86_400;
const NETWORK_LOST_FOR_S = 600;
const RESTART_FOR_S = 40;
const SYNCHRONISED_AFTER_S = 100;

export function planOf(seed: number): DayPlan {
  const random = new SeededRandom(seed);
  const within = (from: number, to: number) => Math.round(random.between(from, to));
  return {
    seed,
    networkLostS: within(8_000, 16_000),
    suspends: { atS: within(24_000, 28_000), forS: within(1_200, 7_200) },
    restartS: within(40_000, 44_000),
    faultS: within(50_000, 52_000),
  };
}

/** Three honest sources and one that lies all day, on a host whose oscillator wanders and whose daemon steps twice. */
export function dayScenario({ seed, networkLostS, suspends }: DayPlan): Scenario {
  const lost = { silentFromS: networkLostS, silentUntilS: networkLostS + NETWORK_LOST_FOR_S };
  const honest = [1, 2, 3].map((last) => ({
    address: `192.0.2.${last}:123`,
    thereMs: 0.4 * last,
    backMs: 0.3 * last,
    jitterMs: 0.3,
    loss: 0.02,
    refid: 0x47505300 + last,
    ...lost,
  }));
  const liar = { ...honest[0], address: "192.0.2.4:123", thereMs: 0.4, backMs: 0.4, refid: 0x4c494500, errorNs: LIE_NS };
  return {
    name: `a day of a host and its daemon, seed ${seed}`,
    seconds: DAY_S,
    seed,
    clock: {
      driftPpb: 12_000,
      slewPpb: -12_000,
      aheadNs: 30_000,
      wander: { kind: "walk", withinPpb: 200, stepPpb: 60, everyS: 900, seed },
      steps: [
        { atS: 20_000, byNs: 4_000_000 },
        { atS: 20_600, byNs: -4_000_000 },
      ],
      suspends: [suspends],
    },
    sources: [...honest, liar],
    policy: { faults: 1 },
    liars: 1,
    pollS: 256,
    readingS: 30,
  };
}

/** What the liar's clock is ahead of UTC. */
export const LIE_NS = 80_000_000;

/** A look at a host, as the truth has it. */
export interface Moment {
  readonly elapsedS: number;
  /** UTC − REALTIME, ns. */
  readonly truth: bigint;
}

/** What a look at the daemon gives, beside what is measured. */
export type Sight = Pick<DaemonFacts, "running" | "trouble" | "baseless" | "followed"> & {
  readonly says: Omit<DaemonSays, "asked_raw_ns" | "raw_ns">;
  /** By how much this daemon moved its own twin of the host's clock, ns on the offset: negative = ahead. */
  readonly movedNs?: bigint;
};

/** Look after look, in order. */
export type SimulatedDaemon = (moment: Moment) => Sight;

export type HonestKind = "chronyd" | "ntpd" | "timesyncd";

const NOBODY: RunningDaemon = { kind: "none", daemons: [], bystanders: [], seesAll: true };
export const running = (kind: HonestKind): RunningDaemon => ({
  kind: "one",
  daemons: [{ kind, pid: 612, steers: true, startTicks: null, configPath: null, directives: [] }],
  bystanders: [],
  seesAll: true,
});
export const goneSight: Sight = { says: {}, running: NOBODY, trouble: "refused", baseless: null, followed: null };

/**
 * An honest daemon: as wrong as its own root distance allows, and by another part of it after each poll. It polls at a pace that changes, goes from
 * source to source, loses the network, is restarted; its distance grows by `maxclockerror` and skew until the next poll.
 */
export function honestDaemon(kind: HonestKind, { seed, networkLostS, restartS, suspends }: DayPlan): SimulatedDaemon {
  const random = new SeededRandom(seed * 31 + kind.length);
  let [polledS, pollS, follows, part] = [0, 64, "192.0.2.1", 0.5];
  let followed: Followed = { id: "192.0.2.1:123", replies: 0, unsynchronised: 0 };
  const isLost = (at: number) => at >= networkLostS && at < networkLostS + NETWORK_LOST_FOR_S;
  const poll = (elapsedS: number) => {
    [polledS, pollS, part] = [elapsedS, 2 ** Math.round(random.between(5, 10)), random.between(-0.98, 0.98)];
    if (random.next() < 0.05) follows = `192.0.2.${1 + Math.floor(random.between(0, 3))}`;
    // Now and then a server is restarted and says for one poll that it is not synchronised.
    const isStarting = random.next() < 0.01;
    const before = followed.id === `${follows}:123` ? followed : { id: `${follows}:123`, replies: 0, unsynchronised: 0 };
    followed = isStarting ? { ...before, unsynchronised: before.unsynchronised + 1 } : { ...before, replies: before.replies + 1 };
  };
  return ({ elapsedS, truth }) => {
    if (elapsedS >= restartS && elapsedS < restartS + RESTART_FOR_S) return goneSight;
    const isStarting = elapsedS >= restartS && elapsedS < restartS + SYNCHRONISED_AFTER_S;
    if (elapsedS - polledS >= pollS && !isLost(elapsedS)) poll(elapsedS);
    const asleep = elapsedS > suspends.atS + suspends.forS && polledS < suspends.atS ? suspends.forS : 0;
    const distance = 180_000 + Math.round((elapsedS - polledS - asleep) * 1_100 + asleep * 2_000);
    const delay = Math.round(random.between(0, distance));
    const maxError = (elapsedS - polledS) * 500_000;
    const said = {
      // Of a measured offset the others have some left: any part of it between nothing and all.
      offset_ns: String((kind === "chronyd" ? truth : (truth * BigInt(Math.round(random.between(100, 300)))) / 100n) + off(part, distance)),
      root_delay_ns: String(delay),
      // timesyncd claims what it heard and leaves the rest to the kernel's maxerror.
      root_dispersion_ns: String(distance - Math.floor(delay / 2) + (kind === "timesyncd" ? maxError : 0)),
      stratum: 2,
      follows,
      is_synchronised: !isStarting,
    };
    return { says: { [kind]: said, ...kernelOf(maxError) }, running: running(kind), trouble: null, baseless: null, followed };
  };
}

const off = (part: number, distance: number): bigint => BigInt(Math.round(part * distance));

/** `maxerror` as a daemon tells it with each poll, and 500 ppm since. */
export const kernelOf = (maxErrorNs: number): Pick<DaemonSays, "kernel"> => ({
  kernel: {
    offset_ns: "0",
    max_error_ns: String(30_000_000 + maxErrorNs),
    estimated_error_ns: "1000",
    is_synchronised: true,
  },
});

/** What is changed of an honest sight once the fault is there; `sinceS` = seconds since then. */
export type Fault = (sight: Sight, moment: Moment, sinceS: number) => Sight;

/** The same day, honest until the fault comes. */
export const faultyDaemon =
  (honest: SimulatedDaemon, fault: Fault, { faultS }: DayPlan): SimulatedDaemon =>
  (moment) => {
    const sight = honest(moment);
    return moment.elapsedS < faultS ? sight : fault(sight, moment, moment.elapsedS - faultS);
  };

/** A claim of the daemon, or of whichever it is. */
export function claiming(sight: Sight, change: (said: ChronydSays) => Partial<ChronydSays>): Sight {
  const [kind] = (["chronyd", "ntpd", "timesyncd"] as const).filter((one) => sight.says[one] !== undefined);
  const said = kind && sight.says[kind];
  return said === undefined ? sight : { ...sight, says: { ...sight.says, [kind as HonestKind]: { ...said, ...change(said) } } };
}

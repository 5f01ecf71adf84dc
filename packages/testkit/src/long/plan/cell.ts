import { situationOf } from "@truebound/server";
import {
  CHRONY_MAX_SLEW,
  GOALS,
  type Goal,
  holds,
  type Measured,
  type PartsPerBillion,
  ppb,
  prospect,
  type Situation,
} from "@truebound/time";
import { DEFAULT_POLICY } from "@truebound/wire";

/** What is asked of a link: a limit, what the oscillator is taken to stray, and how chronyd is set. */
export interface PlanCell {
  /** ns. */
  readonly limit: bigint;
  readonly rho: PartsPerBillion;
  readonly steered: Steered;
}

/** chronyd as it comes, and with `maxslewrate 500`. */
export const STEERED = { stock: CHRONY_MAX_SLEW, capped: ppb(500_000n) } as const;
export type Steered = keyof typeof STEERED;
export const LIMITS = [100_000n, 1_000_000n, 50_000_000n] as const;
export const RHOS = [200_000n, 50_000n, 15_000n].map(ppb);

export const PLAN_CELLS: readonly PlanCell[] = (Object.keys(STEERED) as Steered[]).flatMap((steered) =>
  RHOS.flatMap((rho) => LIMITS.map((limit) => ({ limit, rho, steered }))),
);

/** The plan of a host whose policy names the limit and the drift, by what its first reports measured. How often it polls is planned, for at first it polled otherwise. */
export function planOf(look: Measured, { limit, rho }: PlanCell): Situation {
  const looked = situationOf(look, { ...DEFAULT_POLICY, limit_ns: Number(limit) }, { limit, appError: 0n, countsUnverified: false });
  const atPace = ({ floor }: (typeof looked.votes)[number]) => ({ floor, apart: null });
  return { ...looked, drift: rho, votes: looked.votes.map(atPace), sources: looked.sources.map(atPace) };
}

/** Of the time of an attempt, ns. */
export interface Share {
  readonly proved: bigint;
  readonly tried: bigint;
  /** The widest, ns; null = nothing had a bound. */
  readonly worst: bigint | null;
}

export interface CellFound {
  readonly cell: PlanCell;
  readonly situation: Situation;
  readonly tried: Readonly<Record<Goal, Share>>;
}

/** What is proved of all but this share of the time is proved: a machine that many share stalls now and then. */
const ALL_BUT = 0.01;

export const isProved = ({ proved, tried }: Share): boolean => tried > 0n && Number(proved) / Number(tried) >= 1 - ALL_BUT;

export type Judgement = "right" | "broken" | "needless";

/** `broken`: promised, and it did not hold. `needless`: refused, and it held. */
export function judge({ situation, tried }: CellFound, goal: Goal): Judgement {
  const promised = holds(situation, goal);
  if (promised === isProved(tried[goal])) return "right";
  return promised ? "broken" : "needless";
}

export const judgements = (cells: readonly CellFound[]): Judgement[] => cells.flatMap((cell) => GOALS.map((goal) => judge(cell, goal)));

/** Seconds between two polls, as the plan has it. */
export const pollSeconds = ({ situation }: Pick<CellFound, "situation">): number => Number(prospect(situation).pace.poll) / 1e9;

import { judge } from "./check/all-checks.ts";
import type { Violation } from "./check/violation.ts";
import { lineOf } from "./history.ts";
import { type Run, simulate } from "./run.ts";
import { drawWorld, hasTrait, type Trait } from "./world.ts";

/** What came of one seed. */
export interface Judged {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly run: Run;
}

export async function judgeSeed(seed: number): Promise<Judged> {
  const run = await simulate(seed);
  return { seed, violations: await judge(run), run };
}

/** What came of many. */
export interface Tally {
  readonly seeds: number;
  readonly turns: number;
  /** Batches that disks had, and those that are in the evidence. */
  readonly written: number;
  readonly kept: number;
  readonly told: number;
  /** Worlds in which each kind of trouble came. */
  readonly troubles: ReadonlyMap<string, number>;
  readonly failing: readonly { readonly seed: number; readonly violations: readonly Violation[] }[];
}

export interface SeedsWanted {
  readonly from: number;
  readonly count: number;
  /** Only worlds that have this; absent = all. */
  readonly among?: Trait | undefined;
  readonly untilFailure?: boolean;
}

const NOBODY = (): void => undefined;

/** One seed after the other. @param log told of each that fails. @param progress told after each hundred of how far it is. */
export async function judgeSeeds(
  { from, count, among, untilFailure = false }: SeedsWanted,
  log: (text: string) => void = NOBODY,
  progress: (text: string) => void = NOBODY,
): Promise<Tally> {
  const sum = { seeds: 0, turns: 0, written: 0, kept: 0, told: 0 };
  const troubles = new Map<string, number>();
  const failing: Tally["failing"][number][] = [];
  for (let seed = from; seed < from + count; seed++) {
    if (among !== undefined && !hasTrait(drawWorld(seed), among)) continue;
    sum.seeds += 1;
    const { run, violations } = await judgeSeed(seed);
    sum.turns += run.turns;
    sum.written += run.records.durable.size;
    sum.kept += run.tables.evidence.size;
    sum.told += run.records.told.length;
    for (const kind of new Set(run.world.troubles.map((one) => one.kind))) troubles.set(kind, (troubles.get(kind) ?? 0) + 1);
    if (violations.length > 0) {
      failing.push({ seed, violations });
      log(failureOf(seed, violations));
      if (untilFailure) break;
    }
    if ((seed - from + 1) % 100 === 0) progress(`${seed - from + 1} of ${count} seeds`);
  }
  return { ...sum, troubles, failing };
}

/** What is wrong, and the one command that shows it again. */
export const failureOf = (seed: number, violations: readonly Violation[]): string =>
  [...violations.map(({ check, what }) => `seed ${seed}: ${check}: ${what}`), `replay: npm run simulate -- --seed ${seed}`].join("\n");

export const historyText = ({ world, history, turns }: Run): string =>
  [
    `seed ${world.seed}: ${world.hosts.length} hosts, ${world.servers} servers, ${world.liars} liars of each host's sources`,
    ...history.entries.map(lineOf),
    `${turns} turns; digest of the history ${history.digest}`,
  ].join("\n");

import { SeededRandom } from "../../sim/random.ts";
import type { FuzzTarget } from "./target.ts";

export interface FuzzTally {
  readonly name: string;
  readonly cases: number;
  readonly seconds: number;
  /** What of it this process worked, s. */
  readonly processorS: number;
  /** Cases that took longer than the bound again and again. */
  readonly slow: number;
  /** Longest of those, ms; 0 where there were none. */
  readonly slowestMs: number;
  /** How much more the heap held afterwards, MiB; null where it cannot be told. */
  readonly heapMiB: number | null;
  readonly findings: readonly Finding[];
  readonly found: number;
}

export interface Finding {
  readonly case: number;
  readonly what: string;
  readonly input: string;
}

/** R4: no case may take longer. */
export const LONGEST_MS = 10;
const RETRIES = 4;
const MOST_FINDINGS = 3;
const WARM_UP = 2000;

/** `collect` clears the heap before it is measured, where the process may. */
export function runTarget(target: FuzzTarget, cases: number, seed: number, collect: (() => void) | null): FuzzTally {
  const findings: Finding[] = [];
  let [found, slow, slowestMs, heapBefore] = [0, 0, 0, 0];
  const since = performance.now();
  const workedBefore = process.cpuUsage();
  for (let index = 0; index < cases; index++) {
    if (index === WARM_UP && collect !== null) heapBefore = heapMiB(collect);
    const { what, ms } = runCase(target, seed + index);
    if (ms > LONGEST_MS) {
      slow += 1;
      slowestMs = Math.max(slowestMs, ms);
    }
    if (what === null) continue;
    found += 1;
    if (findings.length < MOST_FINDINGS) findings.push({ case: seed + index, what, input: shown(target, seed + index) });
  }
  const seconds = (performance.now() - since) / 1000;
  const { user, system } = process.cpuUsage(workedBefore);
  const processorS = (user + system) / 1e6;
  const heap = collect === null || cases <= WARM_UP ? null : heapMiB(collect) - heapBefore;
  return { name: target.name, cases, seconds, processorS, slow, slowestMs, heapMiB: heap, findings, found };
}

/** One case by its number, and how long it takes: where that seems long, what of it this process worked. */
export function runCase(target: FuzzTarget, number: number): { what: string | null; ms: number } {
  const input = target.draw(new SeededRandom(number));
  let [what, ms] = feedOnce(target, input);
  for (let turn = 0; ms > LONGEST_MS && turn < RETRIES; turn++)
    ms = Math.min(
      ms,
      workMs(() => feedOnce(target, input)),
    );
  return { what, ms };
}

/** Processor time: what others on this machine do meanwhile does not count. */
function workMs(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export function feedOnce(target: FuzzTarget, input: ReturnType<FuzzTarget["draw"]>): [string | null, number] {
  const since = performance.now();
  try {
    // A target draws what it eats; the union of all targets does not say so.
    const what = (target.feed as (input: unknown) => string | null)(input);
    return [what, performance.now() - since];
  } catch (error) {
    return [`threw ${String(error).slice(0, 200)}`, performance.now() - since];
  }
}

const heapMiB = (collect: () => void): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

function shown(target: FuzzTarget, number: number): string {
  const input = target.draw(new SeededRandom(number));
  const words = input instanceof Uint8Array ? Buffer.from(input).toString("hex") : JSON.stringify(input);
  return `${words}`.slice(0, 400);
}

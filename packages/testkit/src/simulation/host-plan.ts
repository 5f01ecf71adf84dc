import type { SeededRandom } from "../sim/random.ts";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { SimSource } from "../sim/sim-source.ts";
import type { DiskFaults } from "./disk.ts";

export interface HostPlan {
  readonly name: string;
  readonly clock: ClockFaults;
  readonly sources: readonly SimSource[];
  readonly spoolLimits: { readonly segmentBytes: number; readonly totalBytes: number };
  /** Chances while trouble may be. */
  readonly disk: DiskFaults;
  /** It begins with nothing but a key: nobody knows it, and what can go wrong goes wrong while it is let in. */
  readonly enrolsItself?: true;
  /** All of its sources show the same wrong time: nothing that it says of its clock is so. */
  readonly isMisled?: true;
}

/** Trouble may be until then, s. */
export const TROUBLE_S = 240;
const MS = 1_000_000;

export const pick = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;

/** In half of all worlds never. */
export const rarely = (random: SeededRandom, most: number): number => (random.next() < 0.5 ? 0 : random.between(0, most));

export function drawHost(random: SeededRandom, index: number, liars: number): HostPlan {
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

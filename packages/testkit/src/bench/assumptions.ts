import {
  CHRONY_MAX_SLEW,
  type KernelDiscipline,
  type PartsPerBillion,
  ppb,
  STA_NANO,
  STA_PLL,
  type Steering,
  slewAllowance,
} from "@truebound/time";
import {
  type Assumption,
  type CellBounds,
  evaluateCell,
  LIMITS,
  type Limit,
  type Provable,
  provable,
  readingFor,
} from "./assumption-cell.ts";
import type { ExchangeParts } from "./exchange-parts.ts";

/** A clock held at 20 ppm whose PLL has still 1 ms to correct, at the constant that goes with a poll of 64 s. */
export const TYPICAL: KernelDiscipline = {
  freq: 20n << 16n,
  tick: 10_000n,
  offset: 1_000_000n,
  status: STA_PLL | STA_NANO,
  constant: 6n,
  maxError: 0n,
  tai: 37,
};

/** Who steers the clock, and what may therefore happen to it between two looks. */
export interface Steered {
  readonly name: string;
  readonly slew: PartsPerBillion;
}

const steered = (name: string, steering: Steering): Steered => ({ name, slew: slewAllowance(steering, TYPICAL) });

export const STEERED: readonly Steered[] = [
  steered("chrony as it comes", { kind: "chrony", maxSlew: CHRONY_MAX_SLEW }),
  steered("chrony, maxslewrate 500", { kind: "chrony", maxSlew: ppb(500_000n) }),
  steered("kernel PLL", { kind: "kernel_pll" }),
];
export const POLLS_S = [1, 2, 4, 16, 64] as const;
export const RHOS: readonly PartsPerBillion[] = [ppb(200_000n), ppb(50_000n), ppb(15_000n)];

/** One row of the table: at the rate of readings that goes with each limit. */
export interface Cell {
  readonly steered: Steered;
  readonly assumption: Assumption;
  readonly bounds: Readonly<Record<Limit, CellBounds>>;
  readonly proves: Readonly<Record<Limit, Provable>>;
}

/** All cells of one link, of the parts that were measured under each slew allowance. */
export function cellsOf(parts: readonly ExchangeParts[]): Cell[] {
  return STEERED.flatMap((one) => {
    const measured = parts.find(({ slewPpb }) => slewPpb === one.slew);
    if (measured === undefined) return [];
    return RHOS.flatMap((rho) => POLLS_S.map((pollS) => cellOf(measured, one, { pollS, rho, slew: one.slew })));
  });
}

function cellOf(parts: ExchangeParts, one: Steered, assumption: Assumption): Cell {
  const byReading = new Map<number, CellBounds>();
  const boundsAt = (readingS: number): CellBounds => {
    const known = byReading.get(readingS) ?? evaluateCell(parts, assumption, readingS);
    byReading.set(readingS, known);
    return known;
  };
  const bounds = forLimits((limit) => boundsAt(readingFor(limit, assumption)));
  return { steered: one, assumption, bounds, proves: forLimits((limit) => provable(bounds[limit], limit)) };
}

const forLimits = <T>(of: (limit: Limit) => T): Record<Limit, T> =>
  Object.fromEntries(LIMITS.map((limit) => [limit, of(limit)])) as Record<Limit, T>;

import { absolute, BILLION, divCeil, maxOf, type PartsPerBillion, ppb } from "./units.ts";

/**
 * What the kernel says of its clock (adjtimex with modes = 0, which needs no privilege and changes nothing; adjtimex(2)).
 * The kernel's own words, in its own units.
 */
export interface KernelDiscipline {
  /** Frequency correction, 2⁻¹⁶ ppm; positive = the clock is run faster. */
  readonly freq: bigint;
  /** Length of a tick, µs: 10,000 with USER_HZ 100, and 100 ppm for each one more. */
  readonly tick: bigint;
  /** What the PLL has still to correct, ns. */
  readonly offset: bigint;
  readonly status: number;
  /** The PLL's time constant: it corrects offset / 2^(2 + constant) in a second. */
  readonly constant: bigint;
  /** µs. */
  readonly maxError: bigint;
  /** µs; a guess of the daemon's. Absent = not read. */
  readonly estimatedError?: bigint;
  /** TAI − UTC as the kernel was told, s; 0 = it was not. */
  readonly tai: number;
}

export const STA_PLL = 0x0001;
export const STA_FLL = 0x0008;
export const STA_UNSYNC = 0x0040;
export const STA_NANO = 0x2000;

const NORMAL_TICK = 10_000n;

/** freq and tick together: how much faster REALTIME is made to run than RAW, ppb, rounded away from zero (M9). */
export function rateOf({ freq, tick }: Pick<KernelDiscipline, "freq" | "tick">): bigint {
  const exact = freq * 1000n + (tick - NORMAL_TICK) * 100_000n * 65_536n;
  return exact < 0n ? -divCeil(-exact, 65_536n) : divCeil(exact, 65_536n);
}

/** Some hosts report an offset of exactly 2³² ns: a glitch of the kernel's bookkeeping, hundreds of false alarms elsewhere. */
const GLITCH = 1n << 32n;
/** Bounds that the kernel itself enforces, with room for old ones. */
const MOST_FREQ = 600n << 16n;
const MOST_OFFSET = BILLION;

export type DisciplineRefusal =
  | "offset_glitch"
  | "freq_out_of_range"
  | "tick_out_of_range"
  | "offset_out_of_range"
  | "constant_out_of_range";

/** `null` = plausible; else why what the kernel said is not believed. */
export function implausible({ freq, tick, offset, constant }: KernelDiscipline): DisciplineRefusal | null {
  if (absolute(offset) === GLITCH) return "offset_glitch";
  if (absolute(freq) > MOST_FREQ) return "freq_out_of_range";
  if (tick < 9000n || tick > 11_000n) return "tick_out_of_range";
  if (absolute(offset) > MOST_OFFSET) return "offset_out_of_range";
  return constant < 0n || constant > 30n ? "constant_out_of_range" : null;
}

/** Who steers REALTIME, as far as the agent could find out. `unknown` assumes the fastest that the kernel can be made to go. */
export type Steering =
  | { readonly kind: "chrony"; readonly maxSlew: PartsPerBillion }
  | { readonly kind: "kernel_pll" }
  | { readonly kind: "unknown" };

/** chrony's default `maxslewrate`, 83,333.333 ppm. */
export const CHRONY_MAX_SLEW = ppb(83_333_334n);
/** adjtime(2) slews at this beside everything else. */
const ADJTIME = 500_000n;

/** Slew allowance when nothing is known of who steers the clock: tick 100,000 + freq 500 + PLL 125,000 + adjtime 500 ppm. */
export const UNKNOWN_SLEW_PPM = 226_000n;
export const UNKNOWN_SLEW: PartsPerBillion = ppb(UNKNOWN_SLEW_PPM * 1000n);

/**
 * S: the fastest that REALTIME can be moved against RAW between two looks, ppb. chrony slews by at most its configured rate
 * on top of the frequency it holds. The kernel's PLL corrects offset / 2^(2 + constant) in a second, under the named
 * assumption `slew_held_1s`: nobody gives it a greater offset and takes it back within a second.
 */
export function slewAllowance(steering: Steering, kernel: KernelDiscipline | null): PartsPerBillion {
  if (kernel === null || implausible(kernel) !== null) return UNKNOWN_SLEW;
  const held = absolute(rateOf(kernel));
  if (steering.kind === "chrony") return ppb(steering.maxSlew + held);
  if (steering.kind === "kernel_pll" && (kernel.status & STA_PLL) !== 0 && (kernel.status & STA_FLL) === 0)
    return ppb(held + divCeil(absolute(kernel.offset), 1n << (2n + kernel.constant)) + ADJTIME);
  return UNKNOWN_SLEW;
}

/** The kernel's own limit on a frequency correction, ppb. */
const MOST_FREQUENCY = 500_000n;

/**
 * S from a look on, and not only up to it; @param allowance of that look. chrony slews by at most its configured rate around the
 * frequency that it holds, which it may change meanwhile, by no more than the kernel takes. Whoever steers by the kernel's PLL may give
 * it any offset right after the look, so only the fastest that there is bounds that.
 */
export function slewAhead(steering: Steering, allowance: PartsPerBillion): PartsPerBillion {
  if (steering.kind !== "chrony") return UNKNOWN_SLEW;
  return ppb(maxOf(allowance, steering.maxSlew) + MOST_FREQUENCY);
}

/** S of the stretch between two looks: the greater of what both say. */
export const greaterSlew = (a: PartsPerBillion, b: PartsPerBillion): PartsPerBillion => ppb(maxOf(a, b));

/** maxerror as the kernel will show it `elapsed` ns later if nobody sets it: it grows by 500 µs each second. */
export const maxErrorAfter = (maxErrorUs: bigint, elapsed: bigint): bigint => maxErrorUs + (elapsed / BILLION) * 500n;

/** Seconds until the kernel calls itself unsynchronised (maxerror 16 s); 0n = it does. */
export const secondsToUnsync = (maxErrorUs: bigint): bigint => maxOf(0n, divCeil(16_000_000n - maxErrorUs, 500n));

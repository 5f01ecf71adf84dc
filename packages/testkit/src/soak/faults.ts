import type { SeededRandom } from "../sim/random.ts";

/** What befalls an agent when it would report. */
export type Fault =
  | { readonly kind: "none" }
  /** The process dies, with what it was sending, and comes back some reports later with its spool. */
  | { readonly kind: "killed"; readonly rounds: number }
  /** The road is gone for so many reports, and all of them wait. */
  | { readonly kind: "cut_off"; readonly rounds: number }
  /** What was sent arrives, and its receipt does not. */
  | { readonly kind: "receipt_lost" }
  /** What was acknowledged is sent again. */
  | { readonly kind: "sent_twice" }
  /** Somebody sets the host's clock. */
  | { readonly kind: "clock_stepped"; readonly byNs: bigint };

const NONE: Fault = { kind: "none" };
const STEPS_S = [-3_600n, -1n, 1n, 3_600n, 86_400n] as const;

/** One report in twenty is under a fault. */
export function nextFault(random: SeededRandom): Fault {
  const draw = random.between(0, 100);
  if (draw < 1) return { kind: "killed", rounds: 1 + Math.floor(random.between(0, 3)) };
  if (draw < 2) return { kind: "cut_off", rounds: 2 + Math.floor(random.between(0, 10)) };
  if (draw < 3) return { kind: "receipt_lost" };
  if (draw < 4) return { kind: "sent_twice" };
  if (draw < 5) return { kind: "clock_stepped", byNs: (STEPS_S[Math.floor(random.between(0, 5))] ?? 1n) * 1_000_000_000n };
  return NONE;
}

/** Every twentieth agent is behind a road of 64 kbit/s. */
export const isOnSlowRoad = (index: number): boolean => index % 20 === 7;
export const SLOW_ROAD = { tickMs: 50, bytesPerTick: 400 };

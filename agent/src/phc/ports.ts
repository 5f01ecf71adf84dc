import type { PartsPerBillion } from "@truebound/time";
import type { PhcReading } from "./phc-reading.ts";

/** Why a card's clock cannot be read. */
export const PHC_REFUSALS = ["phc_no_native_code", "phc_denied", "phc_absent", "phc_failed"] as const;
export type PhcRefusal = (typeof PHC_REFUSALS)[number];

/** A card's clock, read only: it is never set. Never throws. */
export interface Phc {
  /** The tightest look that this card and kernel give, or why there is none. */
  read(): PhcReading | PhcRefusal;
  /** Most by which it can move against RAW: the correction that its driver takes, and two oscillators' errors; null = it does not say. */
  maxSlew(): PartsPerBillion | null;
  /** ns by which its maker bounds its error now (AWS ENA: phc_error_bound); null = none is told. */
  errorBound(): bigint | null;
  close(): void;
}

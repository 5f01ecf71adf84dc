import type { Batch, Bound, DaemonSays } from "@truebound/wire";
import { placeClaim } from "../evidence/daemon-claim.ts";
import type { PlacedReading } from "../evidence/placement.ts";

/** What a host's daemon said last, and what was measured meanwhile: as it is kept. */
export interface DaemonSaid {
  readonly says: DaemonSays;
  readonly at_ns: string;
  /** Nothing was measured then. */
  readonly marked: boolean;
  readonly measured: Bound | null;
}

export function daemonSaid(batch: Batch, placed: readonly PlacedReading[]): DaemonSaid | null {
  const claim = placeClaim(batch, placed);
  const reading = claim && placed[claim.row];
  if (!reading) return null;
  const { says, measured } = claim;
  return {
    says,
    at_ns: reading.at.toString(),
    marked: reading.marked,
    measured: measured && { lo_ns: measured.lo.toString(), hi_ns: measured.hi.toString() },
  };
}

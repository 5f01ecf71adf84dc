import type { ShownPresent } from "./agent-page.ts";

/** A healthy host without sources; a test says what is different. */
export const present = (more: Partial<Pick<ShownPresent["row"], "offset" | "tight" | "status">>): ShownPresent => ({
  row: {
    offset: { lo: -1_000n, hi: 3_000n },
    tight: { lo: 0n, hi: 2_000n },
    status: "proven",
    bound: { votes: 3, slope: { min: -1_000, max: 3_000 } },
    ...more,
  },
  assumptions: {
    rho_ppb: 200_000,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: 2_000,
    faults: 1,
    slew_ppm: 500,
    slew_basis: "chrony",
    stamp_mode: "kernel_basic",
  },
  sources: [],
});

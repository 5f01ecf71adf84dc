import type { Assumptions, BatchSource } from "@truebound/wire";

/** A healthy source, and what is assumed of a healthy host; a test says what is different. */
export const source = (id: string, more: Partial<BatchSource> = {}): BatchSource => ({
  id,
  address: "192.0.2.1",
  origin: "declared",
  state: "agrees",
  stratum: 2,
  refid: 0xc0000207,
  leap: 0,
  lo_ns: "-1000",
  hi_ns: "3000",
  delay_ns: "2000",
  polls: 10,
  replies: 10,
  refusals: {},
  local_reference: false,
  ...more,
});

export const assumptions = (more: Partial<Assumptions> = {}): Assumptions => ({
  rho_ppb: 200_000,
  oscillator_ppb: null,
  drift_basis: "assumed",
  sigma_ppb: null,
  faults: 1,
  slew_ppm: 500,
  slew_basis: "chrony",
  stamp_mode: "kernel_basic",
  ...more,
});

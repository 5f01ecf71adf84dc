import type { Assumptions, BatchSource, RootDeclaration } from "@truebound/wire";

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

/** What a document says of a source's own error, while it counts. */
export const DECLARATION: RootDeclaration = {
  ns: "1000",
  document: "d".repeat(64),
  signer: "NPL",
  valid_from: "2026-01-01T00:00:00.000000000Z",
  valid_to: "2027-01-01T00:00:00.000000000Z",
  void: null,
};

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

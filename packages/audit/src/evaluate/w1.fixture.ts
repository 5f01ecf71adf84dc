import type { AuditCase, InstantVerdict } from "../audit-case.ts";

const S = 1_000_000_000n;
const sample = (second: bigint, lo: bigint, hi: bigint) => ({ t: second * S, lo, hi });

/** W1 of the note on compliance; `w1.fixture.json` is the same, as `truebound explain audit` reads it. */
export const W1: AuditCase = {
  terms: { limit: { min: -100_000n, max: 100_000n }, appError: 0n, horizon: 30n * S, requiresTraceability: true, minimumProvenPpm: null },
  window: { from: 0n, to: 120n * S },
  schedule: [{ from: 0n, to: 120n * S }],
  exemptions: [{ from: 105n * S, to: 110n * S, declaredAt: -3600n * S }],
  clock: {
    driftPpb: 5000n,
    cuts: [{ from: 75n * S, to: 75n * S, reason: "clock_set" }],
    samples: [
      sample(0n, -20_000n, 30_000n),
      sample(10n, -200_000n, 250_000n),
      sample(20n, 60_000n, 95_000n),
      sample(30n, 110_000n, 140_000n),
      sample(40n, 70_000n, 90_000n),
      sample(90n, -5_000n, 5_000n),
      sample(100n, -8_000n, 4_000n),
    ],
    spans: [],
  },
};

const span = (from: bigint, to: bigint, verdict: InstantVerdict) => ({ from: from * 100_000_000n, to: to * 100_000_000n, verdict });

export const W1_EXPECTED = {
  spans: [
    span(0n, 140n, "COMPLIANT"),
    span(140n, 190n, "UNPROVEN"),
    span(190n, 210n, "COMPLIANT"),
    span(210n, 280n, "UNPROVEN"),
    span(280n, 320n, "VIOLATION"),
    span(320n, 380n, "UNPROVEN"),
    span(380n, 420n, "COMPLIANT"),
    span(420n, 700n, "UNPROVEN"),
    span(700n, 750n, "NO_EVIDENCE"),
    span(750n, 1184n, "COMPLIANT"),
    span(1184n, 1200n, "UNPROVEN"),
  ],
  inScope: 120n * S,
  exempt: 5n * S,
  audited: 115n * S,
  compliant: 58_400_000_000n,
  violation: 4n * S,
  unproven: 47_600_000_000n,
  conflict: 0n,
  noEvidence: 5n * S,
  coveragePpm: 956_521,
  provenPpm: 507_826,
  violationPpm: 34_783,
  compliancePpmRange: [507_826, 965_218],
  episodes: [{ from: 28n * S, to: 32n * S, peakProven: 110_000n }],
  verdict: "FAIL",
};

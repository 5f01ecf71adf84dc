/** As much of a manifest as the page reads. */
export const MANIFEST = {
  demo: true,
  issuer: { installation: "lon-1.clocks.example", key_id: "mN3kQ0ZbX7sTj4Vw", software: "truebound 0.1.0" },
  profiles: [{ profile: { id: "eu-2025-1155-hft", status: "draft" } }, { profile: { id: "us-cat-member", status: "in_force" } }],
  totals: {
    hosts: 12,
    results: 24,
    shares: { proven_ppm: 995_541, violation_ppm: 140, coverage_ppm: 995_680, compliance_ppm_range: [995_541, 999_861] },
    sampled: { samples: 734_400, inside: 734_387 },
    verdicts: { PASS: 21, PASS_WITHIN_POLICY: 0, INCONCLUSIVE: 2, FAIL: 1, NOT_APPLICABLE: 0 },
    worst: { host: "0198c0de-0000-7000-8000-000000000002", name: "match-02.lon-1.example", profile: "eu-2025-1155-hft" },
  },
  results: [
    {
      host: "a",
      name: "match-01",
      documents: ["gnss"],
      terms: { requires_traceability: true },
      sampled: { greatest_divergence_ns: "8417", longest_interval_ns: "394000000001" },
    },
    {
      host: "b",
      name: "match-02",
      documents: [],
      terms: { requires_traceability: true },
      sampled: { greatest_divergence_ns: "161030", longest_interval_ns: "1004210337" },
    },
    {
      host: null,
      name: "match-03",
      documents: [],
      terms: { requires_traceability: true },
      sampled: { greatest_divergence_ns: null, longest_interval_ns: null },
    },
  ],
} as const;

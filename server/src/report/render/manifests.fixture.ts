import {
  type AuditVerdict,
  type ManifestDocument,
  type ManifestForecast,
  type ManifestHost,
  type ManifestResult,
  PROFILES,
  type ReportManifest,
  sayProfile,
  totalsOf,
} from "@truebound/audit";

/** Manifests written by hand, to look at and to hold the pages against. */

const PERIOD = { from: "2026-03-02T08:00:00.000000000Z", to: "2026-03-02T16:30:00.000000000Z" };
const at = (time: string): string => `2026-03-02T${time}Z`;
const HALF_DAY = "30600000000000";
const hex = (digit: string): string => digit.repeat(64);
export const SHA256 = "5f1d7a3c".repeat(8);

const HFT = "eu-2017-574-hft";
const CAT = "us-cat-member";
const DRAFT = "eu-2025-1155-hft";

const saidProfile = (id: string): ReportManifest["profiles"][number] => {
  const profile = PROFILES.find((one) => one.id === id);
  if (profile === undefined) throw new Error(`There is no profile ${id}`);
  return { profile: sayProfile(profile) as unknown as Readonly<Record<string, unknown>>, sha256: hex("c") };
};

const scope = (profile: string): ReportManifest["scopes"][number] => ({
  name: `matching-${profile}`,
  profile,
  hosts: { site: "lon-1", role: "matching" },
  calendar: "xlon",
  service: "cash equities",
  activity: "high-frequency trading",
  stamp_point: "kernel receive stamp of the order gateway, NIC eth2",
  app_error_ns: "2500",
  horizon_ns: "30000000000",
  counts_unverified: false,
  minimum_proven_ppm: null,
});

const host = (number: number, lost: readonly (readonly [number, number])[] = []): ManifestHost => ({
  id: `0198c0de-0000-7000-8000-${String(number).padStart(12, "0")}`,
  name: `match-${String(number).padStart(2, "0")}.lon-1.example`,
  labels: { site: "lon-1", role: "matching" },
  enrolled_at: "2025-11-03T09:12:44.120000000Z",
  retired_at: null,
  leaf: { shard: "2025-11", index: 310 + number },
  keys: [{ public_key: "x".repeat(43), leaf: { shard: "2025-11", index: 310 + number } }],
  chains: [{ epoch: 1, first_seq: 40_112, last_seq: 41_004, lost, unreadable: 0 }],
});

const DOCUMENT: ManifestDocument = {
  id: "gnss-lon-1",
  title: "GNSS reference LON-1, calibrated against UTC(NPL)",
  sha256: hex("d"),
  kind: "calibration",
  hosts: 2,
  valid_from: "2026-01-12T00:00:00.000000000Z",
  reviewed_at: "2026-01-15T10:30:00.000000000Z",
};

const zero = { unproven_ns: "0", conflict_ns: "0", violation_ns: "0", no_evidence_ns: "0", exempt_ns: "0" };

/** All of it proved inside, until something else is said. */
function result(number: number, changes: Partial<ManifestResult> = {}): ManifestResult {
  const { id, name } = host(number);
  return {
    host: id,
    name,
    scope: "matching-engines",
    profile: HFT,
    terms: {
      limit_ns: ["-100000", "100000"],
      app_error_ns: "2500",
      horizon_ns: "30000000000",
      drift_ppb: 515_000,
      counts_unverified: false,
      requires_traceability: false,
      minimum_proven_ppm: null,
    },
    schedule: [[PERIOD.from, PERIOD.to]],
    exemptions: [],
    cuts: [],
    spans: [[PERIOD.from, PERIOD.to, "COMPLIANT"]],
    episodes: [],
    gaps: [],
    totals: { in_scope_ns: HALF_DAY, audited_ns: HALF_DAY, compliant_ns: HALF_DAY, ...zero },
    shares: { coverage_ppm: 1_000_000, proven_ppm: 1_000_000, violation_ppm: 0, compliance_ppm_range: [1_000_000, 1_000_000] },
    sampled: { samples: 30_600, inside: 30_600, greatest_divergence_ns: "8417", longest_interval_ns: "1004210337" },
    statistics: {
      spans: 511,
      dropped: { untraceable: 0, in_cut: 0, contradictory: 0, rehearsed: 0 },
      max_gap_ns: "0",
      worst_bound_ns: "31877",
      bound_ns: { p50: "18320", p99: "27110", p999: "30050" },
      unproven_by_ns: { wide: "0", drift: "0", conflict: "0", leap: "0" },
    },
    counts: { leap_events: 0, source_changes: 1, conflicts: 0, steps: 0 },
    findings: [],
    documents: ["gnss-lon-1"],
    service: "cash equities",
    activity: "high-frequency trading",
    stamp_point: "kernel receive stamp of the order gateway, NIC eth2",
    verdict: "PASS",
    ...changes,
  };
}

interface Told {
  readonly results: readonly ManifestResult[];
  readonly hosts: readonly ManifestHost[];
  readonly profiles?: readonly string[];
}

export function manifestOf({ results, hosts, profiles = [HFT] }: Told, changes: Partial<ReportManifest> = {}): ReportManifest {
  return {
    format: "truebound-report/1",
    algorithm: "tb-audit/1+spans",
    evidence: "tb-evidence/1",
    id: "0199a2f4-6c1e-7d30-9b52-3f0f5a1c7e44",
    created_at: "2026-03-03T06:00:12.481000000Z",
    period: PERIOD,
    final: true,
    demo: false,
    issuer: { installation: "lon-1.clocks.example", key_id: "mN3kQ0ZbX7sTj4Vw", public_key: "y".repeat(43), software: "truebound 0.1.0" },
    previous: {
      id: "0199a2f0-1111-7d30-9b52-3f0f5a1c7e43",
      sha256: hex("e"),
      head: { shard: "2026-03", size: 40_120, root: hex("b"), timestamp_ns: "1772431212000000000" },
    },
    profiles: profiles.map(saidProfile),
    scopes: profiles.map(scope),
    inventory: {
      kind: "ansible",
      source: "inventory/production.ini",
      sha256: hex("a"),
      imported_at: "2026-03-01T22:00:00.000000000Z",
      listed: hosts.length,
      missing: [],
      unlisted: [],
    },
    hosts,
    results,
    results_sha256: hex("f"),
    totals: totalsOf(results),
    chain_documents: results.length === 0 ? [] : [DOCUMENT],
    assumptions: [
      "The oscillator of a host strays from its frequency by no more than the rho that its agent reports, and its daemon slews it by no more than the reported allowance; drift_ppb of each result is the greatest sum of the two.",
      "At most as many independent sources lie as the policy of a host allows (faults in its reports).",
    ],
    leap_table: [["2017-01-01T00:00:00.000000000Z", 37]],
    log: {
      head: { shard: "2026-03", size: 52_884, root: hex("9"), timestamp_ns: "1772517600000000000" },
      anchor_period_ns: "3600000000000",
    },
    limits: ["A host that lies before it signs.", "A stolen key of an agent.", "Sources that lie in step with all others of a host."],
    ...changes,
  };
}

/** 12.7 s certainly outside at 10:14, a reboot, and an exemption declared too late. */
const failing = (number: number): ManifestResult =>
  result(number, {
    verdict: "FAIL" satisfies AuditVerdict,
    spans: [
      [PERIOD.from, at("10:14:02.250000000"), "COMPLIANT"],
      [at("10:14:02.250000000"), at("10:14:05.100000000"), "UNPROVEN"],
      [at("10:14:05.100000000"), at("10:14:17.800000000"), "VIOLATION"],
      [at("10:14:17.800000000"), at("10:14:21.000000000"), "UNPROVEN"],
      [at("10:14:21.000000000"), at("13:02:10.000000000"), "COMPLIANT"],
      [at("13:02:10.000000000"), at("13:08:44.000000001"), "NO_EVIDENCE"],
      [at("13:08:44.000000001"), PERIOD.to, "COMPLIANT"],
    ],
    episodes: [{ from: at("10:14:05.100000000"), to: at("10:14:17.800000000"), peak_proven_ns: "148220" }],
    gaps: [[at("13:02:10.000000000"), at("13:08:44.000000001")]],
    cuts: [[at("13:02:10.000000000"), at("13:08:44.000000001"), "boot"]],
    exemptions: [
      {
        id: "17",
        host: null,
        scope: "matching-engines",
        from: at("10:10:00.000000000"),
        to: at("10:20:00.000000000"),
        reason: "switch lon-1-a replaced, change CHG-20417",
        declared_by: "n.okafor",
        declared_at: at("14:31:07.004000000"),
      },
    ],
    totals: {
      in_scope_ns: HALF_DAY,
      exempt_ns: "587300000000",
      audited_ns: "30012700000000",
      compliant_ns: "29605999999999",
      violation_ns: "12700000000",
      unproven_ns: "0",
      conflict_ns: "0",
      no_evidence_ns: "394000000001",
    },
    shares: { coverage_ppm: 986_872, proven_ppm: 986_449, violation_ppm: 424, compliance_ppm_range: [986_449, 999_577] },
    sampled: { samples: 30_206, inside: 30_193, greatest_divergence_ns: "161030", longest_interval_ns: "394000000001" },
    statistics: {
      ...result(number).statistics,
      max_gap_ns: "394000000001",
      worst_bound_ns: "171204",
      dropped: { untraceable: 0, in_cut: 4, contradictory: 0, rehearsed: 0 },
    },
    counts: { leap_events: 0, source_changes: 3, conflicts: 0, steps: 1 },
    findings: [
      { kind: "self_report", words: "an episode of 1 s or more beyond the limit is to be told, where the rule of the profile asks for it" },
      { kind: "granularity", words: "stamps have microseconds; the profile asks for 1 µs or finer" },
    ],
  });

const conflicting = (number: number): ManifestResult =>
  result(number, {
    verdict: "INCONCLUSIVE",
    spans: [
      [PERIOD.from, at("11:30:00.000000000"), "COMPLIANT"],
      [at("11:30:00.000000000"), at("11:31:00.000000000"), "CONFLICT"],
      [at("11:31:00.000000000"), PERIOD.to, "COMPLIANT"],
    ],
    totals: { ...result(number).totals, compliant_ns: "30540000000000", unproven_ns: "60000000000", conflict_ns: "60000000000" },
    shares: { coverage_ppm: 1_000_000, proven_ppm: 998_039, violation_ppm: 0, compliance_ppm_range: [998_039, 1_000_000] },
    counts: { leap_events: 0, source_changes: 2, conflicts: 1, steps: 0 },
    documents: [],
  });

const unseen = (number: number, isEnrolled: boolean): ManifestResult =>
  result(number, {
    ...(isEnrolled ? {} : { host: null }),
    verdict: "INCONCLUSIVE",
    spans: [[PERIOD.from, PERIOD.to, "NO_EVIDENCE"]],
    gaps: [[PERIOD.from, PERIOD.to]],
    totals: { ...result(number).totals, compliant_ns: "0", no_evidence_ns: HALF_DAY },
    shares: { coverage_ppm: 0, proven_ppm: 0, violation_ppm: 0, compliance_ppm_range: [0, 1_000_000] },
    sampled: { samples: 0, inside: 0, greatest_divergence_ns: null, longest_interval_ns: null },
    statistics: { ...result(number).statistics, spans: 0, max_gap_ns: null, worst_bound_ns: null, bound_ns: null },
    counts: { leap_events: 0, source_changes: 0, conflicts: 0, steps: 0 },
    documents: [],
  });

const PAIR = "cockroachdb";
const member = (number: number) => ({ host: host(number).id, name: host(number).name });

/** Host 3 is far off for a while, and of host 4 nothing is known at the end. */
function grouped(): ManifestResult {
  const one = failing(1);
  return {
    ...one,
    host: null,
    name: "all pairs of matching-engines",
    profile: PAIR,
    terms: { ...one.terms, limit_ns: ["-400000000", "400000000"] },
    episodes: [{ from: at("10:14:05.100000000"), to: at("10:14:17.800000000"), peak_proven_ns: "731040112" }],
    sampled: { samples: 0, inside: 0, greatest_divergence_ns: null, longest_interval_ns: null },
    statistics: {
      ...one.statistics,
      worst_bound_ns: "742108331",
      bound_ns: { p50: "2118000", p99: "3204000", p999: "742200000" },
    },
    findings: [],
    documents: [],
    group: {
      members: [1, 2, 3, 4].map(member),
      pairs: 6,
      pairs_outside: 2,
      outside: [1, 2].map((number) => ({
        a: member(number),
        b: member(3),
        violation_ns: "12700000000",
        episodes: 1,
        first: at("10:14:05.100000000"),
        peak_proven_ns: number === 1 ? "731040112" : "730112004",
      })),
      members_silent: 1,
      silent: [{ ...member(4), silent_ns: "394000000001" }],
    },
  };
}

const upTo = (count: number): number[] => [...Array(count).keys()].map((index) => index + 1);

function many(count: number): ReportManifest {
  const kinds = [result, result, result, result, failing, result, conflicting, result, result, (number: number) => unseen(number, true)];
  const results = upTo(count).map((number) => (kinds[number % kinds.length] ?? result)(number));
  return manifestOf({ results, hosts: upTo(count).map((number) => host(number)) });
}

/** There is evidence of it, and none that counts. */
const untraceable = (number: number): ManifestResult => {
  const seen = unseen(number, true);
  const { dropped } = seen.statistics;
  return {
    ...seen,
    terms: { ...seen.terms, requires_traceability: true },
    statistics: { ...seen.statistics, dropped: { ...dropped, untraceable: 3_104 } },
  };
};

const foretold = (result: number, changes: Partial<ManifestForecast> = {}): ManifestForecast => ({
  result,
  limit_ns: "97500",
  basis: {
    reports: 60,
    from: at("16:20:04.118000000"),
    to: at("16:29:54.120500000"),
    drift_ppb: 200_000,
    slew_ppm: 520,
    faults: 1,
    votes: 3,
    votes_needed: 3,
  },
  live: { verdict: "no", worst_ns: "104120" },
  report: { verdict: "yes", worst_ns: "93377" },
  binding: { term: "path", ns: "41870" },
  ...changes,
});
const UNKNOWN = { verdict: "unknown", worst_ns: null } as const;

export const MANIFESTS = {
  compliant: manifestOf({ results: [result(1), result(2)], hosts: [host(1), host(2)] }),
  violations: manifestOf(
    { results: [result(1), failing(2), result(3)], hosts: [host(1), host(2, [[40_600, 40_604]]), host(3)] },
    {
      forecasts: [
        foretold(0),
        foretold(1, {
          live: { verdict: "out_of_reach", worst_ns: "20318007" },
          binding: { term: "path", ns: "18312004" },
          report: { verdict: "out_of_reach", worst_ns: "19004411" },
        }),
        foretold(2, { basis: null, live: UNKNOWN, report: UNKNOWN, binding: null }),
      ],
    },
  ),
  no_evidence: manifestOf(
    { results: [unseen(1, true), unseen(2, false)], hosts: [host(1)] },
    { chain_documents: [], log: { ...manifestOf({ results: [], hosts: [] }).log, anchor_period_ns: null }, previous: null },
  ),
  untraceable: manifestOf({ results: [result(1), untraceable(2)], hosts: [host(1), host(2)] }),
  conflict: manifestOf({ results: [conflicting(1), result(2)], hosts: [host(1), host(2)] }),
  provisional: manifestOf(
    {
      results: [result(1), result(1, { profile: DRAFT }), result(2, { profile: CAT, stamp_point: null })],
      hosts: [host(1), host(2)],
      profiles: [HFT, DRAFT, CAT],
    },
    { final: false, demo: true, inventory: null },
  ),
  pairs: manifestOf({ results: [grouped()], hosts: [1, 2, 3, 4].map((number) => host(number)), profiles: [PAIR] }),
  two_hundred: many(200),
  empty: manifestOf({ results: [], hosts: [], profiles: [] }),
} as const satisfies Readonly<Record<string, ReportManifest>>;

export const manyHosts = many;

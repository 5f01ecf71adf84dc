import { type HostDetail, type HostEvent, type HostSource, type Series, saidOfKernel, type TermsSeries } from "@truebound/wire";

export const HOST = "00000000-0000-4000-8000-00000000a057";
const iso = (ms: number): string => new Date(ms).toISOString();

const source = (id: string, more: Partial<HostSource> = {}): HostSource => ({
  id,
  address: "192.0.2.7",
  origin: "declared",
  state: "agrees",
  why: "agrees with the bound",
  stratum: 1,
  refid: "GPS",
  leap: 0,
  bound: { lo_ns: "-410000", hi_ns: "520000" },
  delay_ns: "700000",
  polls: 120,
  replies: 119,
  refusals: {},
  local_reference: false,
  source: "192.0.2.7",
  ...more,
});

const KEY = "q3Zx0_".repeat(7).concat("A");

/** A sound host, measured `age_ms` before `now`. */
export const proven = (now: number, more: Partial<HostDetail> = {}, age_ms = 2000): HostDetail => ({
  id: HOST,
  name: "trade-7",
  labels: { site: "fra", desk: "equities" },
  liveness: "reporting",
  status: "proven",
  reason: null,
  as_of: iso(now - age_ms),
  as_of_marked: false,
  guaranteed: { lo_ns: "-300000", hi_ns: "420000" },
  tight: { lo_ns: "-90000", hi_ns: "160000" },
  worst_error_ns: "420000",
  clone_suspected: false,
  is_ahead: false,
  delivered_until: null,
  words: "within 420 µs of UTC",
  injected_ns: null,
  last_received_at: iso(now - age_ms + 300),
  explanation: "This clock is within 420 µs of UTC: three of four sources agree, and the one that does not is left out.",
  terms: { path_ns: "350000", root_ns: "180000", precision_ns: "1000", stamp_ns: "24000", drift_ns: "165000", slew_ns: "41000" },
  frequency: { oscillator: [-12_400, -11_800], daemon_slew: [11_900, 12_300] },
  forecast: [
    { limit_ns: "100000", within_ns: "0" },
    { limit_ns: "1000000", within_ns: "2900000000000" },
  ],
  calibration: null,
  assumptions: {
    rho_ppb: 200_000,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: 2_000,
    faults: 1,
    slew_ppm: 500,
    slew_basis: "chrony",
    trust: [],
    stamp_mode: "hardware_interleaved",
  } as never,
  trusting: [],
  votes: 4,
  need: 3,
  sources: [
    source("ntp1.example:123", {
      root: "declared",
      declaration: DECLARATION,
      nts: { mode: "required", authenticated: true, name: "ntp1.example", key: KEY, dates: "confirmed" },
    }),
    source("ntp2.example:123", {
      refid: "PTP",
      nts: { mode: "preferred", authenticated: false, name: null, key: null, dates: null },
      refusals: { nts_ke_untrusted: 2 },
    }),
    source("ntp3.example:123", {
      stratum: 2,
      refid: "192.0.2.1",
      root: "advertised",
      declaration: { ...DECLARATION, void: "stratum" },
    }),
    source("ntp4.example:123", {
      address: "203.0.113.9",
      source: "203.0.113.9",
      root_delay_ns: "15259",
      root_dispersion_ns: "30518",
      state: "falseticker",
      why: "disagrees with the others: it is 47 ms or more away from what they allow",
      bound: { lo_ns: "47900000", hi_ns: "49100000" },
    }),
  ],
  daemon: daemonOf(now),
  events: [],
  boot_id: "3f0f8a0e-0000-4000-8000-000000000001",
  software: "truebound-agent/0.1.0",
  policy_version: 3,
  enrolled_at: iso(now - 86_400_000),
  evidence: { epoch: 1, seq: 4711 },
  limits: [
    { scope: "equities", profile: "eu-2017-574-hft", lo_ns: "-100000", hi_ns: "100000" },
    { scope: "all-hosts", profile: "finra-4590", lo_ns: "-50000000", hi_ns: "50000000" },
  ],
  ...more,
});

const DECLARATION = {
  ns: "1000",
  document: "3b5d5c3712955042212316173ccf37be8000fe45fc5ca1dbc8fa1b8b1a1ba0c1",
  signer: "NPL",
  valid_from: "2026-01-01T00:00:00.000000000Z",
  valid_to: "2027-01-01T00:00:00.000000000Z",
  void: null,
} as const;

/** What chronyd and the kernel claim, beside what was measured; `excluded` = chronyd is wrong. */
const daemonOf = (now: number, isExcluded = false): NonNullable<HostDetail["daemon"]> => ({
  at: iso(now - 21_000),
  at_marked: false,
  measured: { lo_ns: "-310000", hi_ns: "430000" },
  claims: [
    {
      claimant: "chronyd",
      claim: isExcluded ? { lo_ns: "-912000", hi_ns: "-471000" } : { lo_ns: "-346000", hi_ns: "421000" },
      claimed_error_ns: isExcluded ? "912000" : "421000",
      verdict: isExcluded ? "excluded" : "open",
      words: isExcluded
        ? "excludes what was measured: it is wrong about this clock, or what the bound rests on does not hold"
        : "meets in part what was measured: neither refutes the other",
    },
    {
      claimant: "kernel",
      claim: null,
      claimed_error_ns: null,
      verdict: "not_judged",
      words: "it claims nothing: it says that this clock is not synchronised",
    },
  ],
  chronyd: {
    offset_ns: isExcluded ? "-691500" : "37500",
    root_delay_ns: isExcluded ? "368780" : "612441",
    root_dispersion_ns: isExcluded ? "36110" : "77280",
    stratum: 3,
    follows: "192.0.2.7",
    is_synchronised: true,
  },
  kernel: { offset_ns: "0", max_error_ns: "16000000000", estimated_error_ns: "16000000000", is_synchronised: false },
  findings: isExcluded
    ? [
        {
          finding: "daemon_bound_violated",
          words: "Its claim and what is proved of this clock exclude each other: one of them is wrong.",
        },
      ]
    : [],
});

/** ntpd steers it and claims more than the kernel; no findings are judged. */
const daemonNtpd = (now: number): NonNullable<HostDetail["daemon"]> => {
  const { claims, chronyd, ...rest } = daemonOf(now);
  return {
    ...rest,
    claims: claims.map((one) => (one.claimant === "chronyd" ? { ...one, claimant: "ntpd" } : one)),
    chronyd: null,
    ntpd: chronyd,
  };
};

/** What its port says of a grandmaster that follows GNSS. */
const LOCKED = {
  grandmaster: "42bb53.fffe.a9d203",
  clock_class: 6,
  class_says: "locked",
  accuracy_ns: "100",
  steps_removed: 2,
  port_state: "SLAVE",
  parent_port: "9e5c3b.fffe.ea6dd1-4",
  offset_ns: "-12",
  path_delay_ns: "4270",
  utc_offset_s: 37,
  is_time_traceable: true,
  clock: "/dev/ptp0",
};
const ASSUMED = ["ptp_declared", "grandmaster_accuracy", "path_delay_holds", "transparent_clocks_correct", "boundary_clocks_declared"];
const asked = { address: null, source: "ptp:of-this-host", stratum: null, refid: null, leap: null, delay_ns: null, kind: "ptp" as const };

/** A PTP port whose word counts, another one whose grandmaster lost GNSS long ago, and a card's clock that nobody declared. */
const PTP_SOURCES: readonly HostSource[] = [
  source("ptp:/var/run/ptp4lro", {
    ...asked,
    counts: true,
    assumes: ASSUMED,
    document: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    facts: LOCKED,
    bound: { lo_ns: "-4900", hi_ns: "5100" },
  }),
  source("ptp:second", {
    ...asked,
    counts: false,
    assumes: ASSUMED,
    state: "stale",
    why: "answers, but with nothing that can be used (grandmaster degraded); it has no vote, since its error is declared, and nobody lets that count here",
    document: null,
    facts: { ...LOCKED, grandmaster: "08c0eb.fffe.717402", clock_class: 52, class_says: "degraded", accuracy_ns: null, steps_removed: 1 },
    bound: null,
    refusals: { ptp_grandmaster_degraded: 41 },
  }),
  source("phc:/dev/ptp1", {
    ...asked,
    kind: "phc",
    counts: false,
    assumes: ["phc_declared", "driver_error_bound", "scale_utc"],
    document: null,
    facts: { clock: "/dev/ptp1", read_by: "extended", bracket_ns: "1840", error_bound_ns: "21500", scale: "utc" },
    bound: { lo_ns: "-61000", hi_ns: "42000" },
    why: "agrees with the bound; it has no vote, since its error is declared, and nobody lets that count here",
  }),
];

const opinion = {
  address: null,
  source: "opinion:of-this-host",
  stratum: null,
  refid: null,
  leap: null,
  delay_ns: null,
  kind: "opinion" as const,
  counts: false,
  document: null,
  facts: { program: "ntp-time-sync", address: "192.0.2.10" },
};

/** What another program makes of three servers: it agrees, it contradicts, it is not installed. */
const OPINIONS: readonly HostSource[] = [
  source("opinion:ntp1.example.net", {
    ...opinion,
    bound: { lo_ns: "-2210000", hi_ns: "2740000" },
    why: "agrees with the bound; it has no vote, since it is a second opinion",
  }),
  source("opinion:ntp2.example.net", {
    ...opinion,
    state: "falseticker",
    bound: { lo_ns: "4100000", hi_ns: "9300000" },
    why: "contradicts the bound: it is 4.09 ms or more away from what they allow; it has no vote, since it is a second opinion",
  }),
  source("opinion:ntp3.example.net", {
    ...opinion,
    facts: { program: "ntp-time-sync" },
    state: "never_answered",
    bound: null,
    replies: 0,
    refusals: { opinion_not_installed: 12 },
    why: "cannot be asked: ntp-time-sync is not installed on that host; no bound rests on it",
  }),
];

/** ptp4l steers it: it claims no bound, and says what it follows. */
const daemonPtp4l = (now: number): NonNullable<HostDetail["daemon"]> => {
  const { claims, ...rest } = daemonOf(now);
  return {
    ...rest,
    claims: claims.filter(({ claimant }) => claimant === "kernel"),
    chronyd: null,
    ptp4l: { port_state: "SLAVE", offset_ns: "-212", clock_class: 248, is_time_traceable: false },
    findings: [
      {
        finding: "unsynchronised_source_in_use",
        words: "It follows a clock that follows nothing itself: what it keeps to is not UTC for certain.",
      },
    ],
  };
};

/** chronyd as ever, and a kernel of whose word nothing is taken. */
const daemonRefused = (now: number): NonNullable<HostDetail["daemon"]> => {
  const { claims, ...rest } = daemonOf(now);
  return {
    ...rest,
    claims: claims.filter(({ claimant }) => claimant !== "kernel"),
    kernel: null,
    kernel_refused: { why: "offset_glitch", words: saidOfKernel("offset_glitch") },
  };
};

const UNBOUNDED = { guaranteed: null, tight: null, worst_error_ns: null, terms: null, frequency: null, forecast: [] };

const DOCUMENT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const NOT_NTP = { address: null, stratum: null, refid: null, leap: null, delay_ns: null, counts: false } as const;

/** Beside its servers a receiver that counts, a port of PTP that contradicts them, and a second opinion. */
const declared = (now: number): HostDetail => {
  const host = proven(now);
  const { source: _, ...plain } = source("external:gps");
  return {
    ...host,
    assumptions: { ...host.assumptions, declared: ["external:gps"] } as never,
    explanation: "This clock is within 420 µs of UTC: four of five sources agree, and the one that does not is left out.",
    sources: [
      ...host.sources,
      {
        ...plain,
        ...NOT_NTP,
        kind: "external",
        counts: true,
        assumes: ["external_declared"],
        document: DOCUMENT,
        facts: { clock: "raw", model: "GPS receiver 7", restarts: 0 },
        bound: { lo_ns: "-91000", hi_ns: "103000" },
      },
      {
        ...plain,
        ...NOT_NTP,
        id: "ptp:/run/ptp4lro",
        kind: "ptp",
        state: "falseticker",
        why: "contradicts the bound: it is 36.9 s or more away from what they allow; it has no vote, since its error is declared, and nobody lets that count here",
        assumes: ["ptp_declared"],
        document: null,
        facts: { grandmaster: "001d c1ff fe10 0203", clock_class: 6, accuracy: "within 100 ns", steps_removed: 1 },
        bound: { lo_ns: "36999910000", hi_ns: "37000120000" },
      },
      {
        ...plain,
        ...NOT_NTP,
        id: "opinion:ntp-time-sync",
        kind: "opinion",
        why: "agrees with the bound; it has no vote, since it is a second opinion",
        assumes: [],
        document: null,
        facts: {},
        bound: { lo_ns: "-2100000", hi_ns: "1900000" },
      },
    ],
  };
};

export const HOSTS: Readonly<Record<string, (now: number) => HostDetail>> = {
  proven,
  declared,
  ntpd: (now) => proven(now, { daemon: daemonNtpd(now) }),
  refused: (now) => proven(now, { daemon: daemonRefused(now), sources: [...proven(now).sources, ...OPINIONS] }),
  ptp4l: (now) => proven(now, { daemon: daemonPtp4l(now), sources: [...proven(now).sources, ...PTP_SOURCES], votes: 5, need: 4 }),
  holdover: (now) =>
    proven(now, {
      status: "holdover",
      guaranteed: { lo_ns: "-9000000", hi_ns: "11000000" },
      tight: null,
      words: "within 11 ms of UTC, and growing",
      explanation: "No source answers. The bound grows by 200 µs each second.",
    }),
  never: (now) =>
    proven(now, {
      ...UNBOUNDED,
      daemon: null,
      status: "unknown",
      reason: "never_measured",
      as_of_marked: true,
      words: "never measured",
      explanation: "Nothing is known of this clock: no source has answered yet.",
    }),
  disrupted: (now) =>
    proven(now, {
      ...UNBOUNDED,
      status: "disrupted",
      words: "disrupted",
      explanation: "The machine was suspended; nothing is claimed yet.",
    }),
  conflict: (now) =>
    proven(now, {
      status: "conflict",
      daemon: daemonOf(now, true),
      tight: null,
      words: "its two sources contradict each other",
      explanation: "Its two sources contradict each other; the last bound is widened until they agree.",
    }),
  silent: (now) => proven(now, { liveness: "silent", words: "silent" }, 900_000),
};

export const stepped = (at_ms: number): HostEvent => ({
  at: iso(at_ms),
  at_marked: false,
  kind: "clock_stepped",
  source: null,
  detail: { by_ns: "250000000", kernel_notice: true },
  words: "the clock was set forward by 250 ms (the kernel gave notice)",
});

const claimAt = (sway: number, isExcluded: boolean): Partial<Series["points"][number]> =>
  isExcluded
    ? { claim_lo_ns: String(sway - 912_000), claim_hi_ns: String(sway - 471_000), claim_excluded: true }
    : { claim_lo_ns: String(Math.round(sway / 2) - 346_000), claim_hi_ns: String(Math.round(sway / 2) + 421_000) };

/** What a host of this status sent in a range: so many points. */
export function seriesOf(host: HostDetail, from_ms: number, to_ms: number, count = 300): Series {
  const points = Array.from({ length: count }, (_, index): Series["points"][number] => {
    const t = iso(from_ms + ((to_ms - from_ms) * index) / count);
    const sway = Math.round(40_000 * Math.sin(index / 17) + 15_000 * Math.sin(index / 3));
    const growth = host.status === "holdover" && index > 200 ? (index - 200) * 100_000 : 0;
    const isGap = host.status === "disrupted" && index > 240;
    if (host.status === "unknown" || isGap)
      return { t, lo_ns: null, hi_ns: null, mid_ns: null, status: host.status, reason: host.reason ?? "suspended" };
    const status = index > 200 ? host.status : "proven";
    const tight = status === "proven" ? { tight_lo_ns: String(sway - 60_000), tight_hi_ns: String(sway + 60_000) } : {};
    return {
      t,
      lo_ns: String(sway - 210_000 - growth),
      hi_ns: String(sway + 230_000 + growth),
      mid_ns: String(sway + 10_000),
      status,
      tight_lo_ns: null,
      tight_hi_ns: null,
      ...tight,
      ...(index % 8 === 0 && host.daemon ? claimAt(sway, host.status === "conflict" && index > 220) : {}),
    };
  });
  return { from: iso(from_ms), to: iso(to_ms), host: host.id, resolution: "evidence", merged: false, points };
}

/** It settles from a wide range, and wanders with the temperature. */
function frequencyAt({ frequency }: HostDetail, index: number): TermsSeries["points"][number]["frequency"] {
  if (frequency?.oscillator === null || frequency?.oscillator === undefined || index < 2 || (index > 40 && index < 46))
    return { oscillator: null, daemon_slew: null };
  const [min, max] = frequency.oscillator;
  const [wander, doubt] = [Math.round(700 * Math.sin((index - 89) / 19)), Math.round(9000 / index) - 101];
  return { oscillator: [min + wander - doubt, max + wander + doubt], daemon_slew: frequency.daemon_slew };
}

export function termsOf(host: HostDetail, from_ms: number, to_ms: number): TermsSeries {
  const points = Array.from({ length: 90 }, (_, index): TermsSeries["points"][number] => ({
    t: iso(from_ms + ((to_ms - from_ms) * index) / 90),
    status: host.status,
    terms:
      host.terms === null || (index > 40 && index < 46)
        ? null
        : { ...host.terms, drift_ns: String(60_000 + (index % 16) * 14_000), path_ns: String(330_000 + (index % 7) * 9_000) },
    frequency: frequencyAt(host, index),
    evidence: { epoch: 1, seq: 4600 + index },
  }));
  return { from: iso(from_ms), to: iso(to_ms), host: host.id, sampled: true, points };
}

/** A source that agrees and is called false by turns, each ten seconds; the newest first. */
export const flapping = (now: number, count: number): HostEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const [to, from] = index % 2 === 0 ? ["agrees", "falseticker"] : ["falseticker", "agrees"];
    return {
      at: iso(now - index * 10_000),
      at_marked: false,
      kind: "source_state_changed",
      source: "192.0.2.7",
      detail: { to: to ?? "", from: from ?? "" },
      words: `a source changed: 192.0.2.7, to ${to}, from ${from}`,
    };
  });

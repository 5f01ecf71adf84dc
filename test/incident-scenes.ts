import type { Alert, HostSummary, Incident, IncidentDetail, IncidentEntry, IncidentList, NoticeDelivery, Series } from "@truebound/wire";

/** Answers of the API about incidents, as a server would give them, for a page under test. Every instant counts back from `now`. */
export const hostId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
export const ago = (now: number, seconds: number): string => new Date(now - seconds * 1000).toISOString().replace("Z", "456789Z");
const MINUTE = 60;
const HOUR = 3600;

const incident = (now: number, id: number, seconds: number, more: Partial<Incident>): Incident => ({
  id: String(id),
  cause: { kind: "host", key: `host:${hostId(id)}`, name: `db-${id}` },
  title: `db-${id} is out of its limit`,
  severity: "warning",
  certainty: "cannot_prove",
  opened_at: ago(now, seconds),
  changed_at: ago(now, seconds),
  resolved_at: null,
  absorbed_by: null,
  acknowledged: null,
  silenced_by: null,
  rehearsal: false,
  rules: ["cannot_prove_limit"],
  alerts: 1,
  hosts: 1,
  ...more,
});

const past = (now: number, id: number, began: number, lasted: number, more: Partial<Incident> = {}): Incident =>
  incident(now, id, began, { resolved_at: ago(now, began - lasted), ...more });

const cause = (kind: Incident["cause"]["kind"], name: string): Incident["cause"] => ({ kind, key: `${kind}:${name}`, name });

/** One of every kind of trouble, and of every way in which somebody dealt with it. */
export const night = (now: number): Incident[] => [
  incident(now, 45, 5 * HOUR, {
    title: "near the limit: db-45 uses more than 80 % of its limit of 100 µs",
    severity: "info",
    certainty: "proved_inside",
    rules: ["near_limit"],
  }),
  incident(now, 41, 47 * MINUTE, {
    title: "The agents of 12 hosts of rack=r7 are silent",
    cause: cause("group", "rack=r7"),
    certainty: "no_evidence",
    rules: ["host_silent"],
    alerts: 12,
    hosts: 12,
    acknowledged: { who: "Mira Okafor", at: ago(now, 31 * MINUTE) },
  }),
  incident(now, 40, 4 * MINUTE + 20, {
    title: "ntp3.example.net is false: 400 of 412 hosts that use it say so, and 31 that follow it are led astray",
    cause: cause("source", "10.0.0.9"),
    severity: "critical",
    certainty: "proved_outside",
    rules: ["falseticker", "proved_outside_limit"],
    alerts: 431,
    hosts: 400,
  }),
  incident(now, 44, 26 * HOUR, {
    title: "web-3 has no majority of sources",
    cause: { kind: "host", key: `host:${hostId(44)}`, name: "web-3" },
    rules: ["no_majority"],
    silenced_by: "12",
  }),
  incident(now, 42, 75, {
    title: "db-7 is proved outside its limit of 100 µs: 3.1 ms to 3.4 ms behind UTC",
    cause: { kind: "host", key: `host:${hostId(7)}`, name: "db-7.fra.example.net" },
    severity: "critical",
    certainty: "proved_outside",
    rules: ["proved_outside_limit"],
  }),
  incident(now, 43, 12 * MINUTE, {
    title: "The server’s own clock is not proven: no agent of this machine reports",
    cause: cause("server", "server"),
    certainty: "no_evidence",
    rules: ["server_clock_unproven"],
    hosts: 0,
  }),
  incident(now, 46, 130, {
    title: "Rehearsal: lab-2 is proved outside its limit of 1 ms",
    cause: { kind: "host", key: `host:${hostId(46)}`, name: "lab-2" },
    severity: "critical",
    certainty: "proved_outside",
    rules: ["proved_outside_limit"],
    rehearsal: true,
  }),
];

export const history = (now: number): Incident[] => [
  past(now, 30, 9 * HOUR, 14 * MINUTE, { title: "db-30 could not be proved inside its limit of 1 ms" }),
  past(now, 29, 11 * HOUR, 50 * MINUTE, {
    title: "web-1 stepped its clock by 250 ms",
    rules: ["clock_stepped"],
    acknowledged: { who: "Mira Okafor", at: ago(now, 10 * HOUR) },
  }),
  past(now, 28, 30 * HOUR, 3 * MINUTE, {
    title: "queue-2 was silent",
    rules: ["host_silent"],
    certainty: "no_evidence",
    absorbed_by: "27",
  }),
  ...Array.from({ length: 42 }, (_, number) => past(now, 27 - Math.min(26, number), (40 + number) * HOUR, 5 * MINUTE)).map(
    (one, number) => ({ ...one, id: String(1000 + number) }),
  ),
];

export type ListScene = (now: number) => Omit<IncidentList, "next">;

const judged = (now: number, seconds = 1) => ({ evaluated_at: ago(now, seconds), alerting: "server" as const });

export const LISTS = {
  night: (now: number) => ({ items: night(now), ...judged(now) }),
  quiet: (now: number) => ({ items: [], ...judged(now) }),
  late: (now: number) => ({ items: night(now).slice(0, 3), ...judged(now, 17 * MINUTE) }),
  lateAndEmpty: (now: number) => ({ items: [], ...judged(now, 17 * MINUTE) }),
  never: () => ({ items: [], evaluated_at: null, alerting: "server" as const }),
  prometheus: (now: number) => ({ items: night(now).slice(0, 2), evaluated_at: ago(now, 1), alerting: "prometheus" as const }),
  hushed: (now: number) => ({
    items: night(now).filter(({ silenced_by, rehearsal }) => silenced_by !== null || rehearsal),
    ...judged(now),
  }),
} satisfies Record<string, ListScene>;

const bound = (lo: number, hi: number) => ({ lo_ns: String(lo), hi_ns: String(hi) });

const alert = (now: number, id: number, seconds: number, more: Partial<Alert> = {}): Alert => ({
  id: String(id),
  rule: "proved_outside_limit",
  finding: "proved_outside_limit",
  host: { id: hostId(7), name: "db-7.fra.example.net", labels: { rack: "r2" } },
  source: null,
  severity: "critical",
  certainty: "proved_outside",
  since: ago(now, seconds),
  ended_at: null,
  limit_ns: "100000",
  guaranteed: bound(3_104_117, 3_391_220),
  dominant: "offset",
  evidence: { epoch: 4, seq: 18_231 },
  words: "3.1 ms to 3.4 ms behind UTC, at least 3 ms beyond its limit of 100 µs; the clock was stepped by 3.2 ms",
  labels: { team: "storage" },
  runbook: `/runbook/${more.finding ?? "proved_outside_limit"}`,
  incident: "42",
  ...more,
});

const STORY: readonly (readonly [number, IncidentEntry["kind"], string | null, string])[] = [
  [75, "opened", null, "db-7.fra.example.net is proved outside its limit of 100 µs"],
  [74, "recorded", null, "db-7.fra.example.net was asked for what it kept of the last ten minutes"],
  [73, "notified", null, "told pager-night and ops-webhook"],
  [60, "not_notified", null, "ops-mail takes incidents of severity info alone"],
  [41, "worsened", null, "from cannot prove to proved outside"],
  [22, "commented", "Jan Brandt", "Looks like somebody ran ntpdate by hand; asking the storage team."],
];

const story = (now: number): IncidentEntry[] => STORY.map(([seconds, kind, who, words]) => ({ at: ago(now, seconds), kind, who, words }));

const delivery = (now: number, channel: string, more: Partial<NoticeDelivery>): NoticeDelivery => ({
  key: "truebound-42-1",
  channel,
  kind: "opened",
  state: "delivered",
  attempts: 1,
  created_at: ago(now, 75),
  delivered_at: ago(now, 73),
  error: null,
  ...more,
});

const whole = (now: number, id: string, more: Partial<IncidentDetail>): IncidentDetail => ({
  ...([...night(now), ...history(now)].find((one) => one.id === id) as Incident),
  members: [],
  more: 0,
  timeline: story(now),
  deliveries: [],
  flights: [],
  ...more,
});

const misled = (now: number, number: number): Alert =>
  alert(now, 600 + number, 250 - number, {
    host: { id: hostId(100 + number), name: `web-${number + 1}.ams.example.net`, labels: { rack: `r${number % 4}` } },
    rule: number < 2 ? "proved_outside_limit" : "falseticker",
    finding: number < 2 ? "proved_outside_limit" : "falseticker",
    source: "ntp3.example.net (10.0.0.9)",
    severity: number < 2 ? "critical" : "warning",
    certainty: number < 2 ? "proved_outside" : "proved_inside",
    guaranteed: number < 2 ? bound(-48_900_000 - number * 1e6, -47_100_000) : bound(-310_000 - number * 11_000, 402_000),
    limit_ns: number < 2 ? "1000000" : "10000000",
    dominant: number < 2 ? "offset" : "path",
    words: number < 2 ? "47.1 ms to 48.9 ms ahead of UTC" : "ntp3.example.net lies 47.8 ms away from what three other sources agree on",
    incident: "40",
    ended_at: number === 7 ? ago(now, 20) : null,
  });

export const DETAILS: Readonly<Record<string, (now: number) => IncidentDetail>> = {
  "42": (now) =>
    whole(now, "42", {
      members: [alert(now, 501, 75)],
      deliveries: [
        delivery(now, "pager-night", {}),
        delivery(now, "ops-webhook", {
          state: "due",
          attempts: 4,
          delivered_at: null,
          error: "https://hooks.example.net/truebound answered 503 Service Unavailable; tried again in 40 s",
        }),
        delivery(now, "ops-slack", { state: "given_up", attempts: 31, delivered_at: null, error: "no such host: hooks.slack.example" }),
      ],
      flights: [{ host: { id: hostId(7), name: "db-7.fra.example.net" }, received_at: ago(now, 60), bytes: 181_402 }],
    }),
  "40": (now) =>
    whole(now, "40", {
      members: Array.from({ length: 8 }, (_, number) => misled(now, number)),
      more: 423,
      deliveries: [delivery(now, "pager-night", { key: "truebound-40-1" })],
    }),
  "41": (now) =>
    whole(now, "41", {
      members: [1, 2, 3].map((number) =>
        alert(now, 700 + number, 47 * MINUTE, {
          host: { id: hostId(300 + number), name: `cache-${number}`, labels: { rack: "r7" } },
          rule: "host_silent",
          finding: "host_silent",
          severity: "warning",
          certainty: "no_evidence",
          guaranteed: null,
          limit_ns: null,
          dominant: null,
          words: `nothing was heard for 47 min, at intervals of 16 s`,
          runbook: "https://wiki.example.net/runbooks/silent-rack",
          incident: "41",
        }),
      ),
      more: 9,
    }),
  "43": (now) =>
    whole(now, "43", {
      members: [
        alert(now, 801, 12 * MINUTE, {
          host: null,
          rule: "server_clock_unproven",
          finding: "server_clock_unproven",
          severity: "warning",
          certainty: "no_evidence",
          guaranteed: null,
          limit_ns: null,
          dominant: null,
          evidence: null,
          words: "no agent of this machine reports, so nothing is known of the server’s own clock",
          incident: "43",
        }),
      ],
      timeline: [],
    }),
  "46": (now) => whole(now, "46", { members: [alert(now, 901, 130, { limit_ns: "1000000", guaranteed: bound(-1_700_000, -1_200_000) })] }),
  "30": (now) =>
    whole(now, "30", {
      members: [
        alert(now, 951, 9 * HOUR, {
          rule: "cannot_prove_limit",
          finding: "cannot_prove_limit",
          certainty: "cannot_prove",
          severity: "warning",
          limit_ns: "1000000",
          guaranteed: bound(-700_000, 1_900_000),
          dominant: "path",
          ended_at: ago(now, 8 * HOUR),
          words: "within 1.9 ms of UTC: a bound that reaches past 1 ms",
        }),
      ],
    }),
  "28": (now) => whole(now, "28", {}),
};

/** Hosts of the fleet page: one whose own matter is open, and one that is fine. */
export const hostsOfTheNight = (now: number): HostSummary[] =>
  [7, 8].map((number) => ({
    id: hostId(number),
    name: `db-${number}.fra.example.net`,
    labels: { rack: "r2" },
    liveness: "reporting",
    status: "proven",
    reason: null,
    as_of: ago(now, 1),
    as_of_marked: false,
    guaranteed: number === 7 ? bound(3_104_117, 3_391_220) : bound(-41_000, 38_000),
    tight: null,
    worst_error_ns: number === 7 ? "3391220" : "41000",
    clone_suspected: false,
    is_ahead: false,
    delivered_until: null,
    words: number === 7 ? "3.1 ms behind UTC, at most 3.4 ms" : "within 41 µs of UTC",
    peer_standing: "unaccused",
    injected_ns: null,
    last_received_at: ago(now, 1),
  }));

/** A quarter of an hour in which a clock was stepped. */
export function seriesOfTheNight(now: number): Series {
  const points = Array.from({ length: 90 }, (_, place) => {
    const seconds = 900 - place * 10;
    const middle = seconds > 90 ? 4_000 * Math.sin(place / 5) : 3_250_000;
    const half = 38_000 + 2_000 * (place % 5);
    const end = (value: number): string => String(Math.round(value));
    return { t: ago(now, seconds), lo_ns: end(middle - half), hi_ns: end(middle + half), mid_ns: end(middle), status: "proven" as const };
  });
  return { from: ago(now, 900), to: ago(now, 0), host: hostId(7), points, resolution: "evidence", merged: false };
}

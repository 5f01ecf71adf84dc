import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { HostText, Nullable } from "./schema.ts";

/** What a rule may look for. `not_proved_inside`, `offset_exceeds` and `frequency_exceeds` are in no rule that comes with Truebound. */
export const FINDINGS = [
  "proved_outside_limit",
  "bound_exceeds_limit",
  "cannot_prove_limit",
  "near_limit",
  "will_exceed_in",
  "not_proved_inside",
  "offset_exceeds",
  "frequency_exceeds",
  "no_majority",
  "source_lost",
  "falseticker",
  "declared_source_contradicts",
  "grandmaster_lost_reference",
  "mixed_timescales",
  "shared_upstream",
  "clock_stepped",
  "disrupted",
  "drift_assumption_broken",
  "root_declaration_void",
  "bounds_inconsistent",
  "daemon_bound_violated",
  "daemon_dead",
  "daemon_in_minority_camp",
  "unsynchronised_source_in_use",
  "host_silent",
  "host_late",
  "leap_pending",
  "leap_file_expired",
  "spool_degraded",
  "clone_suspected",
  "server_clock_unproven",
  "log_mismatch",
  "log_scrub_overdue",
  "traceability_review_due",
] as const;
export type FindingKind = (typeof FINDINGS)[number];

/** The worst first. `critical` pages somebody, `warning` is a ticket. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is known of a clock and a limit. `no_evidence`: nothing is known of the clock at all. */
export const CERTAINTIES = ["proved_outside", "cannot_prove", "no_evidence", "proved_inside"] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** Where a thing that is set came from; what a file set is changed by that file alone. */
export const ORIGINS = ["shipped", "file", "person"] as const;
export type Origin = (typeof ORIGINS)[number];

const literals = <const T extends readonly string[]>(values: T): Type.TEnum<[...T]> =>
  Type.Enum([...values]) as unknown as Type.TEnum<[...T]>;
export const Finding = literals(FINDINGS);
export const Severity = literals(SEVERITIES);
export const Certainty = literals(CERTAINTIES);
export const Origin = literals(ORIGINS);

/** Names of rules, groups, calendars and channels. */
export const Name = Type.String({ pattern: "^[a-z][a-z0-9_-]{0,62}$" });
const closed = { additionalProperties: false } as const;
const DAY_S = 86_400;
const Seconds = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });

/** Whom a rule, a silence or a channel means: the hosts of a group that has a name, and of these those with all labels. */
export const Whom = Type.Object({ group: Type.Optional(Name), labels: Type.Optional(Labels) }, closed);
export type Whom = Static<typeof Whom>;

/** A rule: what is looked for, on whom, for how long it must hold, and what is made of it. */
export const AlertRule = Type.Object(
  {
    /** Also the alertname by which others know its alerts. */
    name: Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" }),
    finding: Finding,
    /** Absent = all hosts. */
    hosts: Type.Optional(Whom),
    /** On the worst error, either way; null = the strictest one that the host's policy names, and without such a one `otherwise_ns`. */
    limit_ns: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
    /** Null = a host whose policy names no limit has none. */
    otherwise_ns: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 })),
    /** `near_limit`: this share of the limit, per cent. */
    share_pct: Type.Optional(Seconds(1, 100)),
    /** `will_exceed_in`: the limit is passed within so many seconds if nothing is heard any more. */
    within_s: Type.Optional(Seconds(1, 30 * DAY_S)),
    /** `frequency_exceeds`: ppb. */
    ppb: Type.Optional(Seconds(1, 1_000_000_000)),
    /** It must hold for so long, on the server's monotonic clock. */
    hold_s: Seconds(0, DAY_S),
    /** It must be over for so long. */
    clear_s: Seconds(0, 7 * DAY_S),
    /** It is over only within this share of its threshold, per cent; 100 = at the threshold itself. */
    clear_pct: Seconds(1, 100),
    /** After a server process began to look, or a host to report, it begins no alert for so long. */
    grace_s: Seconds(0, DAY_S),
    /** The host is asked to measure anew, and the alert begins only if a later report shows it too. */
    confirm: Type.Boolean(),
    severity: Severity,
    /** It counts while this calendar is open, and so long before; absent = always. */
    calendar: Type.Optional(Type.Object({ name: Name, before_s: Seconds(0, DAY_S) }, closed)),
    /** Go with its alerts. */
    labels: Labels,
    /** Absent = the page that comes with Truebound. */
    runbook: Type.Optional(HostText(500)),
    enabled: Type.Boolean(),
  },
  closed,
);
export type AlertRule = Static<typeof AlertRule>;

export const AlertRuleView = Type.Object({
  ...AlertRule.properties,
  origin: Origin,
  /** What it says, in a sentence. */
  words: Type.String(),
  /** Alerts by it that go on. */
  firing: Type.Integer({ minimum: 0 }),
});
export type AlertRuleView = Static<typeof AlertRuleView>;
export const AlertRuleList = Type.Object({ items: Type.Array(AlertRuleView), next: Nullable(Type.String()) });
export type AlertRuleList = Static<typeof AlertRuleList>;

/** HH:MM */
const TimeOfDay = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" });
/** YYYY-MM-DD */
export const Day = Type.String({ pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" });
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When a market, or whatever else needs right clocks, is open. */
export const Calendar = Type.Object(
  {
    name: Name,
    /** IANA name, such as Europe/London. */
    timezone: HostText(64),
    days: Type.Array(literals(WEEKDAYS), { minItems: 1, maxItems: 7 }),
    open: TimeOfDay,
    /** Not after `open` = on the next day. */
    close: TimeOfDay,
    holidays: Type.Array(Day, { maxItems: 1000 }),
  },
  closed,
);
export type Calendar = Static<typeof Calendar>;

/** On some days of every week at a time of a wall clock, for so long of elapsed time. */
export const Weekly = Type.Object(
  {
    days: Type.Array(literals(WEEKDAYS), { minItems: 1, maxItems: 7 }),
    at: TimeOfDay,
    for_s: Seconds(60, 7 * DAY_S),
    /** IANA name, such as Europe/London. */
    timezone: HostText(64),
  },
  closed,
);
export type Weekly = Static<typeof Weekly>;

/** A window in which nobody is told. Once: `from` and `to`; every week: `days`, `at` and `for_s` in a timezone. */
export const Maintenance = Type.Object(
  {
    name: Name,
    hosts: Whom,
    /** Of these only those of one of these names or ids; absent = whatever they are called. */
    names: Type.Optional(Type.Array(HostText(255), { minItems: 1, maxItems: 100 })),
    comment: HostText(500),
    once: Type.Optional(Type.Object({ from: Type.String({ format: "date-time" }), to: Type.String({ format: "date-time" }) }, closed)),
    weekly: Type.Optional(Weekly),
  },
  closed,
);
export type Maintenance = Static<typeof Maintenance>;

/** A group of hosts that has a name. */
export const HostGroup = Type.Object({ name: Name, labels: Labels }, closed);
export type HostGroup = Static<typeof HostGroup>;

/** A secret is never in a file that is applied, nor in the database: it lies in a file on the server's machine. */
const SecretFile = Type.String({ pattern: "^/", maxLength: 500 });
const channelHead = {
  name: Name,
  /** Only incidents of these. */
  severities: Type.Array(Severity, { minItems: 1, maxItems: 3 }),
  /** Only incidents that such a host is part of; absent = all, also those of no host. */
  hosts: Type.Optional(Whom),
  enabled: Type.Boolean(),
  /** Private and local addresses may be reached too. */
  allow_private: Type.Boolean(),
};
const Url = Type.String({ pattern: "^https?://", maxLength: 2000 });

/** Somewhere that incidents are told to. */
export const Channel = Type.Union([
  Type.Object({ ...channelHead, kind: Type.Literal("alertmanager"), urls: Type.Array(Url, { minItems: 1, maxItems: 8 }) }, closed),
  Type.Object({ ...channelHead, kind: Type.Literal("webhook"), url: Url, secret_file: Type.Optional(SecretFile) }, closed),
  Type.Object({ ...channelHead, kind: Type.Literal("slack"), url_file: SecretFile }, closed),
  Type.Object({ ...channelHead, kind: Type.Literal("pagerduty"), routing_key_file: SecretFile, url: Type.Optional(Url) }, closed),
  Type.Object(
    {
      ...channelHead,
      kind: Type.Literal("email"),
      host: HostText(255),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      /** `starttls` is required, not only tried. */
      tls: Type.Enum(["none", "starttls", "tls"]),
      from: HostText(320),
      to: Type.Array(HostText(320), { minItems: 1, maxItems: 50 }),
      user: Type.Optional(HostText(320)),
      password_file: Type.Optional(SecretFile),
    },
    closed,
  ),
]);
export type Channel = Static<typeof Channel>;
export type ChannelKind = Channel["kind"];

/** What there is one of. */
export const AlertSettings = Type.Object(
  {
    /** Who tells people: this server through its channels, or a Prometheus by the rules that come with it. */
    alerting: Type.Enum(["server", "prometheus"]),
    /** Where people reach the page, for links; null = as it is served on its own machine. */
    page_url: Nullable(Url),
    /** Told every so often while all is well here; whoever is there tells people when it falls silent. */
    heartbeat: Nullable(
      Type.Object(
        { url_file: Type.Optional(SecretFile), url: Type.Optional(Url), every_s: Seconds(5, 3600), allow_private: Type.Boolean() },
        closed,
      ),
    ),
  },
  closed,
);
export type AlertSettings = Static<typeof AlertSettings>;
export const DEFAULT_ALERT_SETTINGS: AlertSettings = { alerting: "server", page_url: null, heartbeat: null };

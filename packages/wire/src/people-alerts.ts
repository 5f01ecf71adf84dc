import Type, { type Static } from "typebox";
import { Certainty, FINDINGS, Origin, Severity, Weekly } from "./alert-rule.ts";
import { Labels } from "./enrol.ts";
import { Bound, DecimalString, HostText, Instant, Natural, Nullable, Uuid } from "./schema.ts";

/** An id of the database, as decimal digits. */
const Id = Type.String({ pattern: "^[1-9][0-9]{0,18}$" });

/** What an incident is about: what its alerts have in common. */
export const CAUSE_KINDS = ["host", "source", "group", "upstream", "mesh", "server", "fleet"] as const;
export const Cause = Type.Object({
  kind: Type.Enum([...CAUSE_KINDS] as unknown as typeof CAUSE_KINDS),
  /** The same as long as it is the same cause; one incident of a key is open at a time. */
  key: Type.String(),
  /** As people call it: a host's name, a source's address, `rack=r1`. */
  name: Type.String(),
});
export type Cause = Static<typeof Cause>;

/** Of the width of a bound, and `offset`: the clock itself is off by more than all of these. */
export const DOMINANTS = ["offset", "path", "root", "precision", "stamp", "drift", "slew"] as const;

/** One rule that holds for one host, or one source of it, or none of both. */
export const Alert = Type.Object({
  id: Id,
  rule: Type.String(),
  finding: Type.Enum([...FINDINGS] as unknown as typeof FINDINGS),
  host: Nullable(Type.Object({ id: Uuid, name: HostText(255), labels: Labels })),
  /** As the host calls it, here and in the metrics. */
  source: Nullable(Type.String()),
  severity: Severity,
  certainty: Certainty,
  since: Instant,
  ended_at: Nullable(Instant),
  limit_ns: Nullable(DecimalString),
  guaranteed: Nullable(Bound),
  /** What makes the bound as wide as it is; null = there is none, or nothing is known of it. */
  dominant: Nullable(Type.Enum([...DOMINANTS] as unknown as typeof DOMINANTS)),
  /** The report that showed it. */
  evidence: Nullable(Type.Object({ epoch: Natural, seq: Natural })),
  words: Type.String(),
  labels: Labels,
  runbook: Type.String(),
  incident: Id,
});
export type Alert = Static<typeof Alert>;
export const AlertList = Type.Object({ items: Type.Array(Alert), next: Nullable(Type.String()) });
export type AlertList = Static<typeof AlertList>;

export const Incident = Type.Object({
  id: Id,
  cause: Cause,
  /** In a sentence: what is the matter, with whom. */
  title: Type.String(),
  /** The worst of its alerts that go on; of one that is over: the worst that there was. */
  severity: Severity,
  certainty: Certainty,
  opened_at: Instant,
  changed_at: Instant,
  resolved_at: Nullable(Instant),
  /** It became part of this one. */
  absorbed_by: Nullable(Id),
  acknowledged: Nullable(Type.Object({ who: Type.String(), at: Instant })),
  /** Why nobody is told of it: the silence's id or the maintenance window's name; null = they are. */
  silenced_by: Nullable(Type.String()),
  /** A fault that was declared and is no real one. */
  rehearsal: Type.Boolean(),
  rules: Type.Array(Type.String()),
  /** How many that go on, and of how many hosts; of one that is over: how many there were. */
  alerts: Natural,
  hosts: Natural,
});
export type Incident = Static<typeof Incident>;
export const IncidentList = Type.Object({
  items: Type.Array(Incident),
  next: Nullable(Type.String()),
  /** When this was last judged, and by which mode people are told; null = nobody has judged yet. */
  evaluated_at: Nullable(Instant),
  alerting: Type.Enum(["server", "prometheus"]),
});
export type IncidentList = Static<typeof IncidentList>;

export const ENTRY_KINDS = [
  "opened",
  "grew",
  "shrank",
  "worsened",
  "eased",
  "absorbed",
  "acknowledged",
  "commented",
  "silenced",
  "unsilenced",
  "notified",
  "not_notified",
  "recorded",
  "resolved",
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** A line of an incident's story. */
export const IncidentEntry = Type.Object({
  at: Instant,
  kind: Type.Enum([...ENTRY_KINDS] as unknown as typeof ENTRY_KINDS),
  /** Null = Truebound itself. */
  who: Nullable(Type.String()),
  words: Type.String(),
});
export type IncidentEntry = Static<typeof IncidentEntry>;

/** How telling one channel of one change went. */
export const DELIVERY_STATES = ["due", "delivered", "given_up"] as const;
export const NoticeDelivery = Type.Object({
  key: Type.String(),
  channel: Type.String(),
  kind: Type.Enum(["opened", "changed", "acknowledged", "resolved"]),
  state: Type.Enum([...DELIVERY_STATES] as unknown as typeof DELIVERY_STATES),
  attempts: Natural,
  created_at: Instant,
  delivered_at: Nullable(Instant),
  error: Nullable(Type.String()),
});
export type NoticeDelivery = Static<typeof NoticeDelivery>;

/** What an agent kept of the minutes around an incident (`packages/wire/src/flight.ts`). */
export const FlightSummary = Type.Object({
  host: Type.Object({ id: Uuid, name: HostText(255) }),
  received_at: Instant,
  bytes: Natural,
});

export const IncidentDetail = Type.Intersect([
  Incident,
  Type.Object({
    /** The worst first, at most 200; `more` = how many others there are. */
    members: Type.Array(Alert),
    more: Natural,
    timeline: Type.Array(IncidentEntry),
    deliveries: Type.Array(NoticeDelivery),
    flights: Type.Array(FlightSummary),
  }),
]);
export type IncidentDetail = Static<typeof IncidentDetail>;

/** What a channel is told of one change of an incident; kept as it was written, so a repeat says the same. */
export const Notice = Type.Object({
  version: Type.Literal(1),
  /** The same in every repeat: `truebound-INSTALLATION-INCIDENT-ORDINAL`. */
  key: Type.String(),
  kind: Type.Enum(["opened", "changed", "acknowledged", "resolved"]),
  /** Counts the notices of an incident from 1. */
  ordinal: Natural,
  at: Instant,
  incident: Incident,
  /** The worst first, at most 50; `more` = how many others there are. In `resolved`: those that were. */
  alerts: Type.Array(Alert),
  more: Natural,
  /** Alerts that ended since the notice before; others may have been told that they go on. */
  ended: Type.Array(Alert),
  /** Where people read on; null = there is no page to reach. */
  url: Nullable(Type.String()),
});
export type Notice = Static<typeof Notice>;

/** Label names and the values that they must have; of an alert: alertname, severity, finding, host, source, and its labels. */
export const Matchers = Type.Record(Type.String({ pattern: "^[a-zA-Z_][a-zA-Z0-9_]{0,62}$" }), HostText(255), {
  minProperties: 1,
  maxProperties: 16,
  // A name of another form fits no label, so it would never match.
  additionalProperties: false,
});
export type Matchers = Static<typeof Matchers>;

export const SilenceRequest = Type.Object(
  {
    matchers: Matchers,
    for_s: Type.Integer({ minimum: 60, maximum: 90 * 86_400 }),
    who: HostText(120),
    comment: HostText(500),
  },
  { additionalProperties: false },
);
export type SilenceRequest = Static<typeof SilenceRequest>;

export const Silence = Type.Object({
  id: Id,
  matchers: Matchers,
  from: Instant,
  to: Instant,
  who: Type.String(),
  comment: Type.String(),
  origin: Origin,
  active: Type.Boolean(),
});
export type Silence = Static<typeof Silence>;
/** What became of a request for one. */
export const SilenceMade = Type.Intersect([
  Silence,
  /** Open incidents of which nobody is told from now on, by this silence alone. */
  Type.Object({ silences_now: Natural }),
]);
export type SilenceMade = Static<typeof SilenceMade>;
export const SilenceList = Type.Object({ items: Type.Array(Silence), next: Nullable(Type.String()) });
export type SilenceList = Static<typeof SilenceList>;

export const CommentRequest = Type.Object({ who: HostText(120), words: HostText(2000) }, { additionalProperties: false });
export type CommentRequest = Static<typeof CommentRequest>;
export const AcknowledgeRequest = Type.Object({ who: HostText(120) }, { additionalProperties: false });
export type AcknowledgeRequest = Static<typeof AcknowledgeRequest>;

/** A channel as it is shown: where its secrets lie, never what they are. */
export const ChannelView = Type.Object({
  name: Type.String(),
  kind: Type.Enum(["alertmanager", "webhook", "slack", "pagerduty", "email"]),
  severities: Type.Array(Severity),
  enabled: Type.Boolean(),
  origin: Origin,
  /** Where it leads, without secrets. */
  to: Type.String(),
  /** Deliveries that wait, and what the latest attempt ended with; null = none was made yet. */
  waiting: Natural,
  last: Nullable(Type.Object({ at: Instant, delivered: Type.Boolean(), error: Nullable(Type.String()) })),
});
export type ChannelView = Static<typeof ChannelView>;
export const ChannelList = Type.Object({ items: Type.Array(ChannelView), next: Nullable(Type.String()) });
export type ChannelList = Static<typeof ChannelList>;

/** What became of a test of a channel. */
export const ChannelTest = Type.Object({ delivered: Type.Boolean(), took_ms: Natural, error: Nullable(Type.String()) });
export type ChannelTest = Static<typeof ChannelTest>;

/** `coming` is also a window of every week between two of its times. */
export const WINDOW_STATES = ["running", "coming", "past"] as const;

/** One time of a window. */
export const WindowTime = Type.Object({ from: Instant, to: Instant });
export type WindowTime = Static<typeof WindowTime>;

/** A maintenance window as it is shown. */
export const MaintenanceView = Type.Object({
  name: Type.String(),
  hosts: Type.String(),
  when: Type.String(),
  /** Of one that comes once; null = every week. */
  from: Nullable(Instant),
  to: Nullable(Instant),
  /** Of one of every week the time that is running, or comes next; null = once, or this server knows no such timezone. */
  next: Nullable(WindowTime),
  comment: Type.String(),
  /** Whoever declared it: a person, or the file as it was given. */
  who: Type.String(),
  origin: Origin,
  active: Type.Boolean(),
  state: Type.Enum([...WINDOW_STATES] as unknown as typeof WINDOW_STATES),
});
export type MaintenanceView = Static<typeof MaintenanceView>;

/** A window as people declare it: of one time (`to`), or of every week (`weekly`). */
export const MaintenanceRequest = Type.Object(
  {
    /** Names or ids; absent = by labels alone. */
    names: Type.Optional(Type.Array(HostText(255), { minItems: 1, maxItems: 100 })),
    /** Hosts that carry all of these; {} = every host. */
    labels: Labels,
    /** Absent, or in the past = from now on. */
    from: Type.Optional(Type.String({ format: "date-time" })),
    to: Type.Optional(Type.String({ format: "date-time" })),
    weekly: Type.Optional(Weekly),
    who: HostText(120),
    comment: HostText(500),
  },
  { additionalProperties: false },
);
export type MaintenanceRequest = Static<typeof MaintenanceRequest>;
/** What became of a request for one. */
export const MaintenanceMade = Type.Intersect([
  MaintenanceView,
  /** Hosts that it covers now; others may come to carry its labels. */
  Type.Object({ hosts_now: Natural }),
]);
export type MaintenanceMade = Static<typeof MaintenanceMade>;
export const MaintenanceEnd = Type.Object({ who: HostText(120) }, { additionalProperties: false });
export type MaintenanceEnd = Static<typeof MaintenanceEnd>;
/** When a window of every week would hold, from now on. */
export const WindowTimes = Type.Object({ items: Type.Array(WindowTime) });
export type WindowTimes = Static<typeof WindowTimes>;
export const MaintenanceList = Type.Object({ items: Type.Array(MaintenanceView), next: Nullable(Type.String()) });
export type MaintenanceList = Static<typeof MaintenanceList>;

/** The beginning of a finding's page, for whoever was paged: lines of Markdown with code between backticks, and no other marks. */
export const RunbookBrief = Type.Object({
  finding: Type.Enum([...FINDINGS] as unknown as typeof FINDINGS),
  /** What it means, in a paragraph. */
  means: Type.String(),
  /** What to look at first, and how it is mended: the first steps of the page. */
  look: Type.Array(Type.String()),
  mend: Type.Array(Type.String()),
  /** Steps that the page has beyond these. */
  more: Natural,
});
export type RunbookBrief = Static<typeof RunbookBrief>;

import type { AlertRuleView, ChannelView, MaintenanceView, Silence } from "@truebound/wire";
import { ago } from "./incident-scenes.ts";

/** Answers of the API about what alerting is set to, as a server would give them. */
const HOUR = 3600;

const rule = (name: AlertRuleView["finding"], severity: AlertRuleView["severity"], words: string, more: Partial<AlertRuleView> = {}) =>
  ({
    name,
    finding: name,
    limit_ns: null,
    otherwise_ns: 100_000_000,
    hold_s: 0,
    clear_s: 60,
    clear_pct: 100,
    grace_s: 0,
    confirm: false,
    severity,
    labels: {},
    enabled: true,
    origin: "shipped",
    words,
    firing: 0,
    ...more,
  }) as AlertRuleView;

export const RULES: readonly AlertRuleView[] = [
  rule("cannot_prove_limit", "warning", "For 5 min nothing has proved that a clock is within the limit of its policy, or 100 ms."),
  rule(
    "proved_outside_limit",
    "critical",
    "A clock is proved to be outside the limit of its policy, or 100 ms, and a second report shows it too.",
    {
      firing: 32,
    },
  ),
  rule("falseticker", "warning", "For 1 min a source has contradicted what the others agree on.", { firing: 399, origin: "file" }),
  rule("near_limit", "info", "For 10 min a bound has used more than 80 % of its limit.", { firing: 1 }),
  rule("host_late", "info", "For 1 min a host has been late with its reports.", { origin: "file", enabled: false }),
  rule("not_proved_inside", "warning", "5 min before lse opens, and while it is open, a clock is not proved to be within 100 µs.", {
    name: "lse_open",
    origin: "person",
    runbook: "see binder 4, page 2",
  }),
];

export const channels = (now: number): ChannelView[] => [
  {
    name: "pager-night",
    kind: "pagerduty",
    severities: ["critical"],
    enabled: true,
    origin: "file",
    to: "https://events.pagerduty.com/v2/enqueue",
    waiting: 0,
    last: { at: ago(now, 73), delivered: true, error: null },
  },
  {
    name: "ops-webhook",
    kind: "webhook",
    severities: ["critical", "warning"],
    enabled: true,
    origin: "person",
    to: "https://hooks.example.net/truebound",
    waiting: 3,
    last: { at: ago(now, 12), delivered: false, error: "answered 503 Service Unavailable; tried again in 40 s" },
  },
  {
    name: "ops-mail",
    kind: "email",
    severities: ["info"],
    enabled: false,
    origin: "file",
    to: "ops@example.net by mail.example.net:587",
    waiting: 0,
    last: null,
  },
];

export const silences = (now: number): Silence[] => [
  {
    id: "12",
    matchers: { host: "web-3", alertname: "no_majority" },
    from: ago(now, 25 * HOUR),
    to: ago(now, -23 * HOUR),
    who: "Jan Brandt",
    comment: "two of its sources are being replaced, ticket 4711",
    origin: "person",
    active: true,
  },
  {
    id: "3",
    matchers: { site: "lab" },
    from: ago(now, 90 * 24 * HOUR),
    to: ago(now, -90 * 24 * HOUR),
    who: "truebound.yaml",
    comment: "the lab may be wrong",
    origin: "file",
    active: true,
  },
  {
    id: "11",
    matchers: { group: "rack=r2" },
    from: ago(now, 4 * HOUR),
    to: ago(now, 3 * HOUR),
    who: "Mira Okafor",
    comment: "power work in rack r2",
    origin: "person",
    active: false,
  },
];

const window = (now: number, more: Partial<MaintenanceView>): MaintenanceView => ({
  name: "maintenance-1",
  hosts: "all hosts",
  when: "",
  from: ago(now, 1_800),
  to: ago(now, -5_400),
  next: null,
  comment: "kernel updates, hosts restart one after the other",
  who: "Mira Okafor",
  origin: "person",
  active: false,
  state: "coming",
  ...more,
});

export const windows = (now: number): readonly MaintenanceView[] => [
  window(now, {
    name: "maintenance-11",
    from: ago(now, 54_000),
    to: ago(now, 42_000),
    state: "past",
    hosts: "db-7, web-1.ams.example.net",
  }),
  window(now, { name: "maintenance-12", state: "running", active: true, hosts: "hosts with rack=r7", comment: "the rack moves" }),
  window(now, { name: "maintenance-13", from: ago(now, -36_000), to: ago(now, -43_200), hosts: "all hosts", who: "Jan Brandt" }),
  window(now, {
    name: "sunday-patching",
    hosts: "hosts with site=fra",
    when: "every sun at 02:00 (Europe/Berlin) for 3 h",
    from: null,
    to: null,
    next: { from: ago(now, -72_000), to: ago(now, -82_800) },
    who: "truebound.yaml",
    origin: "file",
  }),
];

import { WEEKDAYS } from "@truebound/wire";
import { type Field, mapOf } from "./fields.ts";
import {
  choice,
  count,
  day,
  flag,
  instant,
  labels,
  list,
  mailAddress,
  matchers,
  name,
  secretFile,
  severity,
  span,
  targetName,
  text,
  timeOfDay,
  timezone,
  url,
} from "./kinds.ts";
import { whom } from "./whom-fields.ts";

const named = (means: string): Field => ({ key: "name", stored: "name", kind: name, required: true, means });
const enabled = (means: string): Field => ({ key: "enabled", stored: "enabled", kind: flag, initial: true, means });
const allowPrivate: Field = {
  key: "allow_private",
  stored: "allow_private",
  kind: flag,
  initial: false,
  means: "private and local addresses may be reached too",
};
const days: Field = {
  key: "days",
  stored: "days",
  kind: list(choice(WEEKDAYS), 1, 7),
  required: true,
  means: "days of the week, as the timezone has them",
};
const zone: Field = { key: "timezone", stored: "timezone", kind: timezone, required: true, means: "whose wall clock counts" };

export const GROUP: readonly Field[] = [
  named("by which rules, channels and windows know it"),
  { key: "labels", stored: "labels", kind: labels, required: true, means: "its hosts are those that carry all of these" },
];

export const CALENDAR: readonly Field[] = [
  named("by which rules know it"),
  zone,
  days,
  { key: "open", stored: "open", kind: timeOfDay, required: true, means: "when it opens" },
  { key: "close", stored: "close", kind: timeOfDay, required: true, means: "when it closes; not after open = on the next day" },
  { key: "holidays", stored: "holidays", kind: list(day, 0, 1000), initial: [], means: "days on which it does not open" },
];

export const MAINTENANCE: readonly Field[] = [
  named("as incidents that it keeps quiet name it"),
  { key: "hosts", stored: "hosts", kind: whom, initial: {}, means: "of which hosts nobody is told; {} = of all" },
  {
    key: "names",
    stored: "names",
    kind: list(text(255), 1, 100),
    means: "of these, hosts of one of these names or ids",
    otherwise: "whatever they are called",
  },
  { key: "comment", stored: "comment", kind: text(500), required: true, means: "what is done" },
  {
    key: "once",
    stored: "once",
    kind: mapOf([
      { key: "from", stored: "from", kind: instant, required: true, means: "it begins" },
      { key: "to", stored: "to", kind: instant, required: true, means: "it ends" },
    ]),
    means: "one time; either this or weekly",
    otherwise: "none",
  },
  {
    key: "weekly",
    stored: "weekly",
    kind: mapOf([
      days,
      { key: "at", stored: "at", kind: timeOfDay, required: true, means: "it begins" },
      {
        key: "for",
        stored: "for_s",
        kind: span(60, 7 * 86_400),
        required: true,
        means: "it lasts, also across a change of the wall clock",
      },
      zone,
    ]),
    means: "every week",
    otherwise: "none",
  },
];

export const SILENCE: readonly Field[] = [
  named("by which the file knows it"),
  {
    key: "matchers",
    stored: "matchers",
    kind: matchers,
    required: true,
    means: "labels of alerts: alertname, severity, finding, host, source, group, the rule's labels, the host's labels",
  },
  { key: "from", stored: "from", kind: instant, means: "it begins", otherwise: "when it is first applied" },
  { key: "to", stored: "to", kind: instant, required: true, means: "it ends" },
  { key: "comment", stored: "comment", kind: text(500), required: true, means: "why" },
];

const channelHead = (means: string): readonly Field[] => [
  named("by which deliveries and tests know it"),
  { key: "kind", stored: "kind", kind: choice(["alertmanager", "webhook", "slack", "pagerduty", "email"]), required: true, means },
  {
    key: "severities",
    stored: "severities",
    kind: list(severity, 1, 3),
    initial: ["critical", "warning"],
    means: "incidents of these",
  },
  { key: "hosts", stored: "hosts", kind: whom, means: "incidents that such a host is part of", otherwise: "all incidents" },
  enabled("false = it is told nothing"),
  allowPrivate,
];

/** Keys of a channel by its kind; the first ones are the same. */
export const CHANNELS: Readonly<Record<string, readonly Field[]>> = {
  alertmanager: [
    ...channelHead("alertmanager"),
    { key: "urls", stored: "urls", kind: list(url, 1, 8), required: true, means: "each Alertmanager of a cluster, without /api/v2/alerts" },
  ],
  webhook: [
    ...channelHead("webhook"),
    { key: "url", stored: "url", kind: url, required: true, means: "where it is posted to" },
    {
      key: "secret_file",
      stored: "secret_file",
      kind: secretFile,
      means: "holds the secret by which it is signed",
      otherwise: "it is not signed",
    },
  ],
  slack: [
    ...channelHead("slack"),
    { key: "url_file", stored: "url_file", kind: secretFile, required: true, means: "holds the URL of the incoming webhook" },
  ],
  pagerduty: [
    ...channelHead("pagerduty"),
    { key: "routing_key_file", stored: "routing_key_file", kind: secretFile, required: true, means: "holds the routing key" },
    { key: "url", stored: "url", kind: url, means: "another place that speaks Events v2", otherwise: "PagerDuty's own" },
  ],
  email: [
    ...channelHead("email"),
    { key: "host", stored: "host", kind: text(255), required: true, means: "the mail server" },
    { key: "port", stored: "port", kind: count(1, 65_535), required: true, means: "its port" },
    {
      key: "tls",
      stored: "tls",
      kind: choice(["none", "starttls", "tls"]),
      initial: "starttls",
      means: "starttls is required, not only tried",
    },
    { key: "from", stored: "from", kind: mailAddress, required: true, means: "the sender" },
    { key: "to", stored: "to", kind: list(mailAddress, 1, 50), required: true, means: "the recipients" },
    { key: "user", stored: "user", kind: text(320), means: "who signs in", otherwise: "nobody" },
    { key: "password_file", stored: "password_file", kind: secretFile, means: "holds the password", otherwise: "none" },
  ],
};

export const TARGET: readonly Field[] = [
  { key: "name", stored: "name", kind: targetName, required: true, means: "by which people know it" },
  { key: "address", stored: "address", kind: text(255), required: true, means: "a name, or an IPv4 or IPv6 address" },
  { key: "port", stored: "port", kind: count(1, 65_535), initial: 123, means: "UDP port on which it answers NTP" },
  { key: "domain", stored: "domain", kind: text(64), required: true, means: "hosts of this domain of the mesh measure it" },
  { key: "labels", stored: "labels", kind: labels, initial: {}, means: "what it is shown with" },
];

export const SETTINGS: readonly Field[] = [
  {
    key: "alerting",
    stored: "alerting",
    kind: choice(["server", "prometheus"]),
    means: "who tells people: this server, or a Prometheus by the rules that come with it",
    otherwise: "server",
  },
  { key: "page_url", stored: "page_url", kind: url, means: "where people reach the page, for links", otherwise: "none" },
  {
    key: "heartbeat",
    stored: "heartbeat",
    kind: mapOf([
      { key: "url", stored: "url", kind: url, means: "asked every so often while all is well; either this or url_file", otherwise: "none" },
      { key: "url_file", stored: "url_file", kind: secretFile, means: "holds that address, where it is a secret", otherwise: "none" },
      { key: "every", stored: "every_s", kind: span(5, 3600), initial: 60, means: "how often" },
      allowPrivate,
    ]),
    means: "whoever is there tells people when it falls silent",
    otherwise: "none",
  },
];

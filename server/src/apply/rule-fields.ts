import { type AlertRule, FINDINGS, type FindingKind, validator, AlertRule as WireRule } from "@truebound/wire";
import { SHIPPED_RULES } from "../alert/shipped-rules.ts";
import { type Body, type Field, mapOf, readFields } from "./fields.ts";
import { choice, either, flag, labels, percent, rate, ruleName, severity, span, url, width } from "./kinds.ts";
import type { LocatedMap, Reading } from "./located.ts";
import { referring, whom } from "./whom-fields.ts";

const DAY = 86_400;
const LIMITED: readonly FindingKind[] = [
  "proved_outside_limit",
  "bound_exceeds_limit",
  "cannot_prove_limit",
  "near_limit",
  "will_exceed_in",
  "not_proved_inside",
  "offset_exceeds",
];

interface RuleField extends Field {
  /** The findings that heed it; absent = all. */
  readonly of?: readonly FindingKind[];
}

const SHIPPED = "as the rule that comes with Truebound for this finding";

export const RULE: readonly RuleField[] = [
  {
    key: "name",
    stored: "name",
    kind: ruleName,
    required: true,
    means: "also the alertname of its alerts; the name of a rule that comes with Truebound puts this one in its place",
  },
  {
    key: "finding",
    stored: "finding",
    kind: choice(FINDINGS),
    means: "what is looked for",
    otherwise: "the name, where that is a finding",
  },
  { key: "hosts", stored: "hosts", kind: whom, means: "whom it concerns", otherwise: "all hosts" },
  {
    key: "limit",
    stored: "limit_ns",
    kind: either("policy", null, width(1, 1_000_000_000_000)),
    of: LIMITED,
    means: "on the worst error, either way; policy = the limit of the host's policy",
    otherwise: "policy",
  },
  {
    key: "otherwise",
    stored: "otherwise_ns",
    kind: either("none", null, width(1, 1_000_000_000_000)),
    of: LIMITED,
    means: "the limit of a host whose policy names none; none = the rule does not concern it",
    otherwise: "100ms",
  },
  {
    key: "share",
    stored: "share_pct",
    kind: percent,
    of: ["near_limit"],
    means: "near is beyond this share of the limit",
    otherwise: "80%",
  },
  {
    key: "within",
    stored: "within_s",
    kind: span(1, 30 * DAY),
    of: ["will_exceed_in"],
    means: "the limit is passed within this time if nothing is heard any more",
    otherwise: "10m",
  },
  {
    key: "frequency",
    stored: "ppb",
    kind: rate(1, 1_000_000_000),
    of: ["frequency_exceeds"],
    means: "the oscillator's frequency error, either way; needed",
    otherwise: "none",
  },
  { key: "hold", stored: "hold_s", kind: span(0, DAY), means: "it must hold for so long", otherwise: SHIPPED },
  { key: "clear", stored: "clear_s", kind: span(0, 7 * DAY), means: "it must be over for so long", otherwise: SHIPPED },
  {
    key: "clear_within",
    stored: "clear_pct",
    kind: percent,
    means: "it is over only within this share of its threshold",
    otherwise: SHIPPED,
  },
  {
    key: "grace",
    stored: "grace_s",
    kind: span(0, DAY),
    means: "no alert begins for so long after the server began to look, or the host to report",
    otherwise: SHIPPED,
  },
  {
    key: "confirm",
    stored: "confirm",
    kind: flag,
    means: "the host is asked to measure anew, and a later report must show it too",
    otherwise: SHIPPED,
  },
  {
    key: "severity",
    stored: "severity",
    kind: severity,
    means: "critical pages somebody, warning is a ticket",
    otherwise: SHIPPED,
  },
  {
    key: "calendar",
    stored: "calendar",
    kind: mapOf([
      { key: "name", stored: "name", kind: referring("calendar"), required: true, means: "it counts while this calendar is open" },
      { key: "before", stored: "before_s", kind: span(0, DAY), initial: 0, means: "and for so long before it opens" },
    ]),
    means: "when the rule counts",
    otherwise: "always",
  },
  { key: "labels", stored: "labels", kind: labels, initial: {}, means: "go with its alerts" },
  { key: "runbook", stored: "runbook", kind: url, means: "where people read what to do", otherwise: "the page that comes with Truebound" },
  { key: "enabled", stored: "enabled", kind: flag, initial: true, means: "false = it finds nothing" },
];

/** What a rule of this finding is as far as a file leaves it open. */
export function ruleBase(finding: FindingKind): Body {
  const shipped = SHIPPED_RULES.find((rule) => rule.finding === finding);
  const { name: _, ...base } = shipped ?? { ...UNSHIPPED, finding, name: finding };
  return { ...base };
}

const MS = 1_000_000;
/** For findings of which no rule comes with Truebound. */
const UNSHIPPED: Omit<AlertRule, "name" | "finding"> = {
  limit_ns: null,
  otherwise_ns: 100 * MS,
  hold_s: 60,
  clear_s: 60,
  clear_pct: 100,
  grace_s: 60,
  confirm: false,
  severity: "warning",
  labels: {},
  enabled: true,
};

const isRule = validator(WireRule);
const isFinding = (word: unknown): word is FindingKind => FINDINGS.some((one) => one === word);

export function readRule(node: LocatedMap, path: string, reading: Reading): Body | undefined {
  const problems = reading.problems.length;
  const named = readFields(node, path, RULE, reading);
  const finding = named.finding ?? named.name;
  if (reading.problems.length > problems) return undefined;
  if (!isFinding(finding))
    return reading.tell(node.at, `Cannot take ${path} without finding: its name is not what a rule can look for; docs/rules.md lists that`);
  const strange = RULE.find(({ of, stored }) => of !== undefined && !of.includes(finding) && named[stored] !== undefined);
  if (strange?.of !== undefined)
    return reading.tell(
      node.at,
      `Cannot take ${strange.key} in ${path}: ${finding} heeds none; ${strange.of.join(", ")} ${strange.of.length === 1 ? "does" : "do"}`,
    );
  if (finding === "frequency_exceeds" && named.ppb === undefined)
    return reading.tell(node.at, `Cannot take ${path} without frequency: write it, such as 50ppm`);
  const rule: Body = { ...ruleBase(finding), ...named, finding };
  const [error] = isRule.errors(rule);
  return error === undefined ? rule : reading.tell(node.at, `Cannot take ${path}: ${error.pointer} ${error.detail}`);
}

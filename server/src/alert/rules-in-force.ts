import type { AlertRule, Policy, Severity } from "@truebound/wire";
import { choosePolicy, type LabelSet, type PolicyRule } from "../policy/choose-policy.ts";
import { type AlertConfig, isMeant } from "./alert-config.ts";
import { isOpen } from "./calendar.ts";
import { LIMIT_OTHERWISE_NS } from "./certainty.ts";
import { findingOf, type HostTest, type RuleInForce, type SourceTest } from "./finding.ts";
import { EVENT_FINDINGS } from "./findings/event.ts";
import { FLEET_FINDINGS, HOST_TESTS, LIMITED, SOURCE_TESTS } from "./findings/tests.ts";

/** The rules that concern hosts of the same labels, each with what it asks. */
export interface HostRules {
  readonly host: readonly (RuleInForce & { readonly test: HostTest })[];
  readonly source: readonly (RuleInForce & { readonly test: SourceTest })[];
  readonly event: readonly RuleInForce[];
  readonly byName: ReadonlyMap<string, RuleInForce>;
  /** ns: the strictest limit that such hosts have to keep. */
  readonly strictest: number;
  /** ns: no rule holds of a proven bound that reaches no farther, whatever its limit; below 0 = some rule asks for more than the bound. */
  readonly quietBelow: number;
}

/** Rules by labels, looked up once for each set of labels; another configuration is another book. */
export class RuleBook {
  /** Differs where what is in force differs. */
  readonly version: string;
  readonly fleet: readonly RuleInForce[];
  readonly #rules: readonly AlertRule[];
  readonly #config: AlertConfig;
  readonly #policies: readonly PolicyRule[];
  readonly #known = new Map<string, HostRules>();

  constructor(config: AlertConfig, policies: readonly PolicyRule[]) {
    this.#config = config;
    this.#policies = policies;
    this.#rules = rulesNow(config);
    this.fleet = this.#rules.filter((rule) => FLEET_FINDINGS.has(findingOf(rule))).map((rule) => inForce(rule, 0));
    this.version = JSON.stringify([this.#rules, config.groups, policies.map(({ version }) => version)]);
  }

  of(labels: LabelSet): HostRules {
    const key = JSON.stringify(labels);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#find(labels);
    this.#known.set(key, found);
    return found;
  }

  #find(labels: LabelSet): HostRules {
    const policy = choosePolicy(labels, this.#policies);
    const concerned = this.#rules.flatMap((rule) => {
      const limit = LIMITED.has(findingOf(rule)) ? limitOf(rule, policy) : 0;
      return limit !== null && isMeant(labels, rule.hosts, this.#config.groups) ? [inForce(rule, limit)] : [];
    });
    return {
      host: concerned.flatMap((one) => withTest(one, HOST_TESTS[one.finding])),
      source: concerned.flatMap((one) => withTest(one, SOURCE_TESTS[one.finding])),
      event: concerned.filter(({ finding }) => EVENT_FINDINGS.has(finding)),
      byName: new Map(concerned.map((one) => [one.rule.name, one])),
      strictest: policy.limit_ns ?? LIMIT_OTHERWISE_NS,
      quietBelow: Math.min(...concerned.map(quietBelow)),
    };
  }
}

/** Enabled, and its calendar open or about to be. A calendar that is not there hides no rule. */
const rulesNow = ({ rules, calendars, now }: AlertConfig): AlertRule[] =>
  rules
    .map(({ body }) => body)
    .filter(({ enabled, calendar }) => {
      const named = calendars.find(({ body }) => body.name === calendar?.name)?.body;
      return enabled && (calendar === undefined || named === undefined || isOpen(named, now, calendar.before_s));
    });

const limitOf = (rule: AlertRule, policy: Policy): number | null => rule.limit_ns ?? policy.limit_ns ?? rule.otherwise_ns;

const inForce = (rule: AlertRule, limit: number): RuleInForce => ({
  rule,
  finding: findingOf(rule),
  severity: rule.severity as Severity,
  limit,
  clear: Math.floor((limit * rule.clear_pct) / 100),
});

const withTest = <T>(one: RuleInForce, test: T | undefined): (RuleInForce & { readonly test: T })[] =>
  test === undefined ? [] : [{ ...one, test }];

/** The tight bound lies within the guaranteed one, so that a rule on the offset holds of none that is within. */
function quietBelow({ rule, finding, clear }: RuleInForce): number {
  if (finding === "frequency_exceeds") return -1;
  if (finding === "near_limit") return ((rule.share_pct ?? 80) * clear) / 100;
  return LIMITED.has(finding) ? clear : Number.POSITIVE_INFINITY;
}

import type { AlertRuleView } from "@truebound/wire";
import type { JSX } from "preact";
import { severityRank } from "../../format/severity.ts";
import { Link } from "../../route/link.tsx";
import { INCIDENTS_PATH } from "../../route/place.ts";
import { lastingQuery, withQuery } from "../../route/query.ts";
import { OriginMark } from "../parts/origin-mark.tsx";
import { RunbookLink } from "../parts/runbook-link.tsx";
import { SeverityMark } from "../parts/severity-mark.tsx";

interface RulesSectionProps {
  readonly rules: readonly AlertRuleView[];
  readonly search: string;
}

/** What each rule says, in words; what fires first. */
export const RulesSection = ({ rules, search }: RulesSectionProps): JSX.Element => (
  <section aria-labelledby="rules-title">
    <div class="section-head">
      <h2 id="rules-title">Rules</h2>
      <p>
        what is looked for; changed by <code>truebound apply --diff FILE</code>, never here
      </p>
    </div>
    {rules.length === 0 && <p class="none">There is no rule, so nothing is looked for.</p>}
    {rules.length > 0 && (
      <table class="sources rules">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Severity</th>
            <th scope="col">What it says</th>
            <th scope="col">Firing</th>
            <th scope="col">Origin</th>
          </tr>
        </thead>
        <tbody>
          {firingFirst(rules).map((rule) => (
            <RuleRow key={rule.name} rule={rule} search={search} />
          ))}
        </tbody>
      </table>
    )}
  </section>
);

const firingFirst = (rules: readonly AlertRuleView[]): readonly AlertRuleView[] =>
  rules.toSorted((a, b) => Number(b.firing > 0) - Number(a.firing > 0) || severityRank(a.severity) - severityRank(b.severity));

const RuleRow = ({ rule, search }: { readonly rule: AlertRuleView; readonly search: string }): JSX.Element => (
  <tr class={rule.enabled ? "" : "part-over"}>
    <th scope="row" class="source-name">
      <RunbookLink runbook={rule.runbook ?? `/runbook/${rule.finding}`} finding={rule.finding}>
        {rule.name}
      </RunbookLink>
      {!rule.enabled && <span class="fact-note">off: it finds nothing</span>}
    </th>
    <td data-name="severity">
      <SeverityMark severity={rule.severity} isOver={!rule.enabled} />
    </td>
    <td data-name="what it says">{rule.words}</td>
    <td data-name="firing">
      {rule.firing === 0 ? (
        <span class="muted">none</span>
      ) : (
        <Link to={`${INCIDENTS_PATH}${withQuery(lastingQuery(search), { q: rule.name })}`}>{rule.firing}</Link>
      )}
    </td>
    <td data-name="origin">
      <OriginMark origin={rule.origin} />
    </td>
  </tr>
);

import { atMost, TERMS } from "@truebound/time";
import type { HostPlan, PlanGoal, PlanWay } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact, Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { costWords, paceWords, TERM_MEANS, unknownWords, VERDICTS, worstWords } from "./plan-words.ts";

/** One host: whether it can be proved live and in a report, and what would change that. */
export const PlanRow = ({ plan, search }: { readonly plan: HostPlan; readonly search: string }): JSX.Element => (
  <tr id={`plan-${plan.id}`}>
    <th scope="row" class="source-name">
      <Link to={`${hostPath(plan.id)}${lastingQuery(search)}`}>{plan.name}</Link>
      <Basis plan={plan} />
    </th>
    <td data-name="live">
      <Goal goal={plan.live} />
    </td>
    <td data-name="in a report">
      <Goal goal={plan.report} />
    </td>
    <td data-name="what would change it">
      <Changes plan={plan} />
    </td>
  </tr>
);

function Basis({ plan: { basis, binding, app_error_ns, limit_ns, status, liveness } }: { readonly plan: HostPlan }): JSX.Element {
  return (
    <>
      {app_error_ns !== "0" && (
        <span class="fact-note">
          its limit: {atMost(BigInt(limit_ns))}, for its application errs by {atMost(BigInt(app_error_ns))}
        </span>
      )}
      {basis === null || binding === null ? (
        <span class="fact-note">{codeWords(liveness === "reporting" || liveness === "late" ? status : liveness)}</span>
      ) : basis.votes < basis.votes_needed ? (
        <span class="fact-note">
          too few votes: {basis.votes} of {basis.votes_needed}
        </span>
      ) : (
        <span class="fact-note">
          mostly {binding.term}: <Exact text={atMost(BigInt(binding.ns))} exact={exactNs(binding.ns).replace("+", "")} />
        </span>
      )}
    </>
  );
}

function Goal({ goal }: { readonly goal: PlanGoal }): JSX.Element {
  const { words, look } = VERDICTS[goal.verdict];
  const worst = worstWords(goal);
  return (
    <>
      <span class={`plan-verdict row-${look}`}>
        <Mark look={look} /> <strong>{words}</strong>
      </span>
      {worst !== null && goal.worst_ns !== null && (
        <span class="fact-note">
          <Exact text={worst} exact={exactNs(goal.worst_ns).replace("+", "")} />
        </span>
      )}
      {goal.verdict !== "unknown" && (
        <span class="fact-note">{goal.needs === null ? "at no pace as it is" : `needs at least ${paceWords(goal.needs)}`}</span>
      )}
    </>
  );
}

function Changes({ plan }: { readonly plan: HostPlan }): JSX.Element {
  const { live, report } = plan;
  if (live.verdict === "unknown") return <p class="plan-none">{unknownWords(plan)}</p>;
  const isSame = sayWay(live.ways[0]) === sayWay(report.ways[0]);
  return (
    <>
      {live.verdict === "yes" && report.verdict === "yes" && <p class="plan-none">Nothing has to change.</p>}
      {live.verdict !== "yes" && <Ways title={isSame ? "Live, and in a report" : "Live"} goal={live} />}
      {report.verdict !== "yes" && !isSame && <Ways title="In a report alone" goal={report} />}
      <MadeOf plan={plan} />
    </>
  );
}

const sayWay = (way: PlanWay | undefined): string => (way === undefined ? "" : way.changes.map(({ words }) => words).join("\n"));

function Ways({ title, goal: { ways } }: { readonly title: string; readonly goal: PlanGoal }): JSX.Element {
  const [cheapest, ...others] = ways;
  if (cheapest === undefined)
    return (
      <p class="plan-none">
        <strong>{title}:</strong> nothing that is known of this host would make it so.
      </p>
    );
  return (
    <div class="plan-ways">
      <strong>{title}:</strong>
      <Way way={cheapest} />
      {others.length > 0 && (
        <details>
          <summary>{others.length === 1 ? "Another way" : `${others.length} other ways`}</summary>
          {others.map((way) => (
            <Way key={sayWay(way)} way={way} />
          ))}
        </details>
      )}
    </div>
  );
}

const Way = ({ way }: { readonly way: PlanWay }): JSX.Element => (
  <>
    <ul class="plan-way">
      {way.changes.map(({ kind, words }) => (
        <li key={kind}>{words}.</li>
      ))}
    </ul>
    <span class="fact-note">costs {costWords(way.cost)} in all</span>
  </>
);

/** All figures, for whoever doubts them. */
function MadeOf({ plan: { basis, terms, pace, cost } }: { readonly plan: HostPlan }): JSX.Element | null {
  if (basis === null || terms === null || pace === null || cost === null) return null;
  return (
    <details class="plan-made">
      <summary>What this rests on</summary>
      <dl>
        {TERMS.map((term) => (
          <div key={term} title={TERM_MEANS[term]}>
            <dt>{term}</dt>
            <dd>
              <Exact text={atMost(BigInt(terms[`${term}_ns`]))} exact={exactNs(terms[`${term}_ns`]).replace("+", "")} />
            </dd>
          </div>
        ))}
      </dl>
      <p>
        The worst of {basis.reports} reports, the last of <Instant at={basis.to} />. Today {paceWords(pace)}: {costWords(cost)}. Assumed:
        drift {basis.drift_ppb / 1000} ppm, slew {basis.slew_ppm} ppm, F = {basis.faults}; {basis.votes} votes of {basis.votes_needed} that
        it takes
        {basis.interleaved ? "; interleaved, so that each exchange is finished by the next one" : ""}.
      </p>
    </details>
  );
}

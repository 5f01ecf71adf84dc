import type { Alert, IncidentDetail, RunbookBrief } from "@truebound/wire";
import type { JSX } from "preact";
import { loadRunbook } from "../../../api/incident-requests.ts";
import { useServices } from "../../../api/services.ts";
import { useOnce } from "../../../api/use-once.ts";
import { countWords } from "../../../format/count-words.ts";
import { isOwnRunbook } from "../../../format/runbook-address.ts";
import { CodeWords } from "../../parts/code-words.tsx";
import { RunbookLink } from "../../parts/runbook-link.tsx";
import { ongoingFirst } from "./members.ts";

/** What to do first about the worst alert, from its rule's page, and the way to the pages of all of its rules. */
export function GuideSection({ incident }: { readonly incident: IncidentDetail }): JSX.Element | null {
  const rules = [...new Map(ongoingFirst(incident.members).map((alert) => [alert.rule, alert])).values()];
  const pages = rules.filter(({ runbook }) => runbook !== "");
  const [first] = pages;
  if (first === undefined) return null;
  return (
    <section aria-labelledby="guide-title">
      <div class="section-head">
        <h2 id="guide-title">What to do</h2>
        <p>
          The whole page of each rule:{" "}
          {pages.map(({ rule, runbook, finding }, index) => (
            <span key={rule}>
              {index > 0 && ", "}
              <RunbookLink runbook={runbook} finding={finding}>
                {rule}
              </RunbookLink>
            </span>
          ))}
        </p>
      </div>
      {isOwnRunbook(first.runbook, first.finding) && <Guide key={first.finding} alert={first} />}
    </section>
  );
}

/** Nothing where the page cannot be had: the link to it stands above. */
function Guide({ alert }: { readonly alert: Alert }): JSX.Element | null {
  const { clock } = useServices();
  const asked = useOnce(alert.finding, (signal) => loadRunbook(alert.finding, clock, signal));
  if (asked.kind === "failed") return null;
  // Its room is taken from the beginning.
  return <div class="guide">{asked.kind === "answered" && <Brief brief={asked.value} alert={alert} />}</div>;
}

const Brief = ({ brief: { means, look, mend, more }, alert }: { readonly brief: RunbookBrief; readonly alert: Alert }): JSX.Element => (
  <>
    <p class="guide-means">
      <CodeWords text={means} />
    </p>
    <div class="guide-lists">
      <Steps title="What to look at" steps={look} />
      <Steps title="How to mend it" steps={mend} />
    </div>
    {more > 0 && (
      <p class="guide-more">
        <RunbookLink runbook={alert.runbook} finding={alert.finding}>
          {countWords(more, "more step")}
        </RunbookLink>
      </p>
    )}
  </>
);

const Steps = ({ title, steps }: { readonly title: string; readonly steps: readonly string[] }): JSX.Element | null =>
  steps.length === 0 ? null : (
    <div>
      <h3>{title}</h3>
      <ul>
        {steps.map((step) => (
          <li key={step}>
            <CodeWords text={step} />
          </li>
        ))}
      </ul>
    </div>
  );

import type { ReportItem } from "@truebound/wire";
import type { JSX } from "preact";
import { Mark } from "../parts/mark.tsx";
import { verdictLook, worstFirst } from "./verdict-look.ts";

const MOST_SHOWN = 4;

/** One line for each profile, the worst first. Null = the report is older than they are: it is not said to be fine. */
export function VerdictsCell({ verdicts }: Pick<ReportItem, "verdicts">): JSX.Element {
  if (verdicts === null) return <span class="muted">not kept; the report has them</span>;
  const more = verdicts.length - MOST_SHOWN;
  return (
    <ul class="report-verdicts">
      {worstFirst(verdicts)
        .slice(0, MOST_SHOWN)
        .map(({ profile, verdict }) => {
          const { word, look } = verdictLook(verdict);
          return (
            <li key={profile}>
              <Mark look={look} /> <strong>{word}</strong> <span>{profile}</span>
            </li>
          );
        })}
      {more > 0 && <li class="muted">and {more} more, none worse</li>}
    </ul>
  );
}

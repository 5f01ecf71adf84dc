import type { ReportItem } from "@truebound/wire";
import type { JSX } from "preact";
import { countWords } from "../../format/count-words.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { Standing } from "./report-table.tsx";
import type { ReportSummary } from "./summary.ts";

interface ReportHeadProps {
  readonly report: ReportItem;
  /** Numbers of exemptions that were withdrawn since. */
  readonly withdrawn: readonly string[];
  readonly summary: ReportSummary;
  readonly search: string;
}

/** The worst verdict, how many there are of each, and who is worst. */
export function ReportHead({ report, withdrawn, summary, search }: ReportHeadProps): JSX.Element {
  const { verdicts, totals } = summary;
  const [worst] = verdicts;
  const look = worst?.look ?? "unknown";
  return (
    <>
      <section class={`summary truth-line row-${look}`} aria-label="The report in one line">
        <div class="truth-verdict">
          <Mark look={look} />
          <h1>
            {worst === undefined ? "Nothing was audited" : `${worst.count} of ${countWords(totals.results, "result")}: ${worst.word}`}
          </h1>
        </div>
        <p class="truth-facts">
          {verdicts.map(({ word, count }) => (
            <span key={word}>
              {count} {word}
            </span>
          ))}
          <span>{countWords(totals.hosts, "clock")}</span>
        </p>
      </section>
      <p class="report-about">
        <Standing isFinal={report.final} />
        <span>
          <Instant at={report.from} /> to <Instant at={report.to} />
        </span>
        <span>{report.scope}</span>
        <Worst summary={summary} search={search} />
      </p>
      <Doubts report={report} withdrawn={withdrawn} summary={summary} />
    </>
  );
}

function Worst({ summary: { totals }, search }: Pick<ReportHeadProps, "summary" | "search">): JSX.Element | null {
  return totals.worst === null || totals.verdicts.PASS === totals.results ? null : (
    <span>
      worst: <WorstName {...totals.worst} search={search} />, {totals.worst.profile}
    </span>
  );
}

const WorstName = ({
  host,
  name,
  search,
}: {
  readonly host: string | null;
  readonly name: string;
  readonly search: string;
}): JSX.Element => (host === null ? <strong>{name}</strong> : <Link to={`${hostPath(host)}${lastingQuery(search)}`}>{name}</Link>);

const someNames = (names: readonly string[]): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and others (${names.length} in all)` : ""}`;

/** What nobody may read it without. */
function Doubts({
  report,
  withdrawn,
  summary: { isDemo, drafts, named, untied, untraceable },
}: Pick<ReportHeadProps, "report" | "withdrawn" | "summary">): JSX.Element | null {
  const doubts = [
    ...(report.final ? [] : ["Provisional: made before its period and horizon were over. Figures may still change."]),
    ...(isDemo ? ["Demonstration: clocks of this report are simulated. It is evidence of nothing."] : []),
    ...(named.length === 0
      ? []
      : [`Of named hosts only: ${someNames(named)}. Other hosts of its scopes are not in it, nor pairs with them.`]),
    ...(untied === null
      ? []
      : [
          `Nothing ties it to the report before, ${untied.id}: the log of ${untied.month}, on which that one rests, was left after a key of the server was lost.`,
        ]),
    ...(withdrawn.length === 0
      ? []
      : [
          `Rests on what was withdrawn since: exemption ${withdrawn.join(", ")}. It stays as it was signed; make the period again for one without.`,
        ]),
    ...(untraceable.length === 0
      ? []
      : [`Evidence of ${someNames(untraceable)} does not count: the profile demands documents of the chain to UTC, and there is none.`]),
    ...(drafts.length === 0 ? [] : [`Draft profile: the law’s own text was not read for ${drafts.join(", ")}.`]),
  ];
  return doubts.length === 0 ? null : (
    <ul class="report-doubts">
      {doubts.map((doubt) => (
        <li key={doubt}>{doubt}</li>
      ))}
    </ul>
  );
}

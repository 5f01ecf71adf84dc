import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type ReportShelf, useReports } from "../../api/use-reports.ts";
import { useSession } from "../../api/use-session.ts";
import { countWords } from "../../format/count-words.ts";
import { mayAudit } from "../audit/may-audit.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { JobsSection } from "./jobs-section.tsx";
import { MakeReport } from "./make-report.tsx";
import { ReportTable } from "./report-table.tsx";

interface ReportsViewProps {
  readonly search: string;
  /** Stands under the title: the ways to other rooms. */
  readonly children: ComponentChildren;
}

/** Audits that were made, the newest first. */
export function ReportsView({ search, children }: ReportsViewProps): JSX.Element {
  const [pages, setPages] = useState(1);
  const { loaded, renew } = useReports(pages);
  const since = useStale(loaded);
  const isAuditor = mayAudit(useSession());
  useTitle("Reports");
  useEffect(() => {
    if (pages > 1) renew();
  }, [pages, renew]);
  if (loaded.kind !== "ready")
    return (
      <>
        <header class="audit-head">
          <h1>Reports</h1>
        </header>
        {children}
        {loaded.kind === "failed" ? (
          <FailureNotice failure={loaded.failure} onRetry={renew} isPart />
        ) : (
          <Loading title="Asking the server for the reports…" isPart />
        )}
      </>
    );
  const { items, jobs, next } = loaded.value;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        <Head shelf={loaded.value} />
        {children}
        {items.length === 0 && jobs.length === 0 && <NoReports isAuditor={isAuditor} />}
        {isAuditor && <MakeSection isFirst={items.length === 0 && jobs.length === 0} search={search} />}
        <JobsSection jobs={jobs} onCancelled={renew} />
        {items.length > 0 && <ReportTable reports={items} search={search} />}
        {next !== null && (
          <button type="button" class="more" onClick={() => setPages(pages + 1)}>
            Load more
          </button>
        )}
      </StaleFrame>
    </>
  );
}

interface MakeSectionProps {
  /** There is nothing else to do here yet. */
  readonly isFirst: boolean;
  readonly search: string;
}

/** What the form offers is asked of the server once somebody opens it. */
function MakeSection({ isFirst, search }: MakeSectionProps): JSX.Element {
  const [isOpen, setIsOpen] = useState(isFirst);
  return (
    <details class="report-make" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Make a report</summary>
      {isOpen && <MakeReport search={search} />}
    </details>
  );
}

function Head({ shelf: { items, jobs, next } }: { readonly shelf: ReportShelf }): JSX.Element {
  const provisional = items.filter(({ final }) => !final).length;
  const making = jobs.filter(({ state }) => state === "making").length;
  return (
    <header class="audit-head">
      <h1>
        {items.length === 0 && jobs.length === 0 ? "No report was made yet" : countWords(items.length, "report")}
        {next !== null && ", and older ones"}
      </h1>
      {(provisional > 0 || making > 0) && (
        <p class="truth-facts">
          {provisional > 0 && <span>{provisional} provisional</span>}
          {making > 0 && <span>{making} being made</span>}
        </p>
      )}
    </header>
  );
}

const NoReports = ({ isAuditor }: { readonly isAuditor: boolean }): JSX.Element => (
  <div class="no-reports">
    <p>
      A report holds the clocks of a period against limits, and proves what it says.{" "}
      {isAuditor ? "The form below makes one; so does the command line, here of a day:" : "By the command line, one of a day:"}
    </p>
    <p>
      <code>truebound report create --from 2026-03-02 --to 2026-03-03 --profile us-cat-member --out march-2</code>
    </p>
  </div>
);

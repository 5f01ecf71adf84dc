import type { ReportView as ReportAnswer, ReportItem } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { isNotFound } from "../../api/answer.ts";
import { useReport } from "../../api/use-reports.ts";
import { Link } from "../../route/link.tsx";
import { REPORTS_PATH } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Instant } from "../parts/exact.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { FilesSection } from "./files-section.tsx";
import { CancelJob, JobState } from "./jobs-section.tsx";
import { manifestOf, type Sampled } from "./manifest.ts";
import { ReportHead } from "./report-head.tsx";
import { SignoffSection } from "./signoff-section.tsx";
import { type ReportSummary, summaryOf } from "./summary.ts";
import { TimelineSection } from "./timeline/timeline-section.tsx";
import { TodosSection } from "./todos-section.tsx";
import { TwoLines } from "./two-lines.tsx";

interface ReportViewProps {
  readonly id: string;
  readonly search: string;
}

/** One report in short; what is signed are its files. */
export function ReportView({ id, search }: ReportViewProps): JSX.Element {
  const { loaded, renew } = useReport(id);
  const since = useStale(loaded);
  useTitle("Report");
  if (loaded.kind === "loading") return <Loading title="Asking the server for this report…" />;
  if (loaded.kind === "failed")
    return isNotFound(loaded.failure) ? <Unknown id={id} search={search} /> : <FailureNotice failure={loaded.failure} onRetry={renew} />;
  return (
    <article class="host report-page">
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <Link to={`${REPORTS_PATH}${lastingQuery(search)}`} class="back">
        ◂ All reports
      </Link>
      <StaleFrame isStale={since !== null}>
        <Whole answer={loaded.value} search={search} onCancelled={renew} />
      </StaleFrame>
    </article>
  );
}

interface WholeProps {
  readonly answer: ReportAnswer;
  readonly search: string;
  readonly onCancelled: () => void;
}

function Whole({ answer, search, onCancelled }: WholeProps): JSX.Element {
  const { report, job, files, todos, withdrawn_exemptions } = answer;
  // A manifest never changes: what is asked again brings the same one.
  const manifest = useMemo(() => manifestOf(answer), [report?.sha256]);
  const summary = useMemo(() => summaryOf({ manifest: answer.manifest }), [report?.sha256]);
  if (report === null || manifest === null || summary === null) return <NotYet job={job} onCancelled={onCancelled} />;
  return (
    <>
      <ReportHead report={report} withdrawn={withdrawn_exemptions} summary={summary} search={search} />
      <TwoLines shares={summary.totals.shares} sampled={summary.isOfPairs ? null : sampledOf(summary)} of="of all together" />
      <TimelineSection manifest={manifest} search={search} />
      <TodosSection todos={todos} />
      <SignoffSection report={report} />
      <FilesSection report={report} files={files} />
      <Provenance report={report} summary={summary} />
    </>
  );
}

/** Sums of counts, and the greatest of any. */
const sampledOf = ({ totals, greatest_divergence_ns, longest_interval_ns }: ReportSummary): Sampled => ({
  ...totals.sampled,
  greatest_divergence_ns,
  longest_interval_ns,
});

const NotYet = ({ job, onCancelled }: Pick<ReportAnswer, "job"> & Pick<WholeProps, "onCancelled">): JSX.Element => (
  <Notice title="This report is not made yet">
    {job !== null && (
      <p>
        <JobState job={job} /> <CancelJob job={job} onCancelled={onCancelled} />
      </p>
    )}
  </Notice>
);

interface ProvenanceProps {
  readonly report: ReportItem;
  readonly summary: NonNullable<ReturnType<typeof summaryOf>>;
}

const Provenance = ({ report, summary: { issuer } }: ProvenanceProps): JSX.Element => (
  <section aria-labelledby="provenance-title">
    <div class="section-head">
      <h2 id="provenance-title">Who signed it, and how to check</h2>
    </div>
    <dl class="report-facts">
      <dt>Signed by</dt>
      <dd>
        {issuer.installation}, key <code>{issuer.key_id}</code>, {issuer.software}
      </dd>
      <dt>Made</dt>
      <dd>
        <Instant at={report.created_at} />
      </dd>
      <dt>Manifest, SHA-256</dt>
      <dd>
        <code>{report.sha256}</code>
      </dd>
      <dt>Results, SHA-256</dt>
      <dd>
        <code>{report.results_sha256}</code>
      </dd>
      <dt>Bundle on the server</dt>
      <dd>
        <code>{report.place}</code>
      </dd>
      <dt>Check it offline</dt>
      <dd>
        <code>
          truebound report verify {report.place} --key={issuer.key_id}
        </code>
        <br />
        <code>
          python3 verify.py {report.place} --key={issuer.key_id}
        </code>
        <p class="muted">
          Copy the whole folder to any machine, also one without a network: each of the two needs nothing else, and ends with 0 only if
          every step holds. Get the key’s id from somebody you trust, not from this page.
        </p>
      </dd>
    </dl>
  </section>
);

const Unknown = ({ id, search }: ReportViewProps): JSX.Element => (
  <Notice title="This report is not known">
    <p>
      The server has no report <code>{id}</code>. The address may be cut short.{" "}
      <Link to={`${REPORTS_PATH}${lastingQuery(search)}`}>All reports</Link>
    </p>
  </Notice>
);

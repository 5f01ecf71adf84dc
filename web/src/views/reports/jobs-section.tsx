import type { ReportJob } from "@truebound/wire";
import type { JSX } from "preact";
import { cancelReport } from "../../api/audit-requests.ts";
import { useServices } from "../../api/services.ts";
import { useSession } from "../../api/use-session.ts";
import { Press } from "../admin/press.tsx";
import { mayAudit } from "../audit/may-audit.ts";
import { Instant } from "../parts/exact.tsx";

interface JobsSectionProps {
  readonly jobs: readonly ReportJob[];
  readonly onCancelled: () => void;
}

/** Reports on their way, and those that came to nothing since the server started. */
export function JobsSection({ jobs, onCancelled }: JobsSectionProps): JSX.Element | null {
  if (jobs.length === 0) return null;
  return (
    <section class="report-jobs" aria-labelledby="jobs-title">
      <div class="section-head">
        <h2 id="jobs-title">On their way</h2>
      </div>
      <ul>
        {jobs.map((job) => (
          <li key={job.id}>
            <span>
              <Instant at={job.from} /> to <Instant at={job.to} />
            </span>
            <JobState job={job} />
            <CancelJob job={job} onCancelled={onCancelled} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function JobState({ job: { state, done, of, trouble } }: { readonly job: ReportJob }): JSX.Element {
  if (state === "failed") return <span class="inline-trouble">failed: {trouble}</span>;
  if (state !== "making") return <span class="muted">{state}</span>;
  if (of === null) return <span class="muted">being planned</span>;
  return (
    <span>
      <progress value={done} max={of} aria-label="Hosts that are done" /> {done} of {of} hosts
    </span>
  );
}

interface CancelJobProps {
  readonly job: ReportJob;
  readonly onCancelled: () => void;
}

/** Offered to whoever may have it made. */
export function CancelJob({ job: { id, state }, onCancelled }: CancelJobProps): JSX.Element | null {
  const { clock } = useServices();
  const isMine = mayAudit(useSession());
  if (state !== "making" || !isMine) return null;
  return (
    <Press
      verb="Cancel"
      what="the report"
      warning="It ends, and nothing is left of it. The same one can be made again."
      send={() => cancelReport(id, clock)}
      done={() => "It ends"}
      onDone={onCancelled}
    />
  );
}

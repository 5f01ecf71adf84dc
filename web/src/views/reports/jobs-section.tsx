import type { ReportJob } from "@truebound/wire";
import type { JSX } from "preact";
import { Instant } from "../parts/exact.tsx";

/** Reports on their way, and those that came to nothing since the server started. */
export function JobsSection({ jobs }: { readonly jobs: readonly ReportJob[] }): JSX.Element | null {
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

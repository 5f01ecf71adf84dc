import { heedSignals } from "./children.ts";
import { doLinkJob, type LinkJob } from "./link-job.ts";

/** Started by the bench: takes one job, answers, and ends; also when the bench is gone. */
heedSignals();
process.once("disconnect", () => process.exit(1));
process.once("message", (job: LinkJob) => {
  doLinkJob(job).then(
    (done) => process.send?.({ done }, () => process.exit(0)),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : String(error) }, () => process.exit(0)),
  );
});

import type { LogView } from "@truebound/wire";
import type { JSX } from "preact";
import { useLog } from "../../../api/log-requests.ts";
import { ageText } from "../../../format/age.ts";
import { FailureNotice } from "../../parts/failure-notice.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Mark } from "../../parts/mark.tsx";
import { StaleBanner } from "../../parts/stale-banner.tsx";
import { StaleFrame } from "../../parts/stale-frame.tsx";
import { useStale } from "../../parts/use-stale.ts";
import { groupedText } from "../../reports/summary.ts";
import { AnchorsSection } from "./anchors-section.tsx";
import { HeadSection } from "./head-section.tsx";
import { logStanding, waitingWords } from "./log-words.ts";
import { MonthsSection } from "./months-section.tsx";
import { RereadSection } from "./reread-section.tsx";
import { TroubleSection } from "./trouble-section.tsx";

/** The log that all evidence lies in: what seals it, whether it still is what was sealed, and what hinders that. */
export function LogRoom(): JSX.Element {
  const { loaded, renew } = useLog();
  const since = useStale(loaded);
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} isPart />;
  if (loaded.kind === "loading") return <Loading title="Asking the server for the log…" isPart />;
  const log = loaded.value;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        <div class="log-room">
          <LogLine log={log} />
          <TroubleSection log={log} />
          <HeadSection head={log.head} />
          <MonthsSection log={log} />
          <AnchorsSection anchoring={log.anchoring} />
          <RereadSection log={log} />
        </div>
      </StaleFrame>
    </>
  );
}

function LogLine({ log }: { readonly log: LogView }): JSX.Element {
  const { look, title } = logStanding(log);
  const { months, waiting, sequencing } = log;
  return (
    <section class={`summary truth-line row-${look}`} aria-label="The log in one line">
      <div class="truth-verdict">
        <Mark look={look} />
        <h2>{title}</h2>
      </div>
      <p class="truth-facts">
        <span>{groupedText(months.reduce((sum, { leaves }) => sum + leaves, 0))} leaves under heads</span>
        <span>
          {waitingWords(waiting) ?? "nothing"} wait{waitingWords(waiting) === null && "s"}
        </span>
        <span>
          {sequencing.passed_seconds_ago === null
            ? "this server has not looked at it yet"
            : `looked after ${ageText(sequencing.passed_seconds_ago * 1000)} ago`}
        </span>
      </p>
    </section>
  );
}

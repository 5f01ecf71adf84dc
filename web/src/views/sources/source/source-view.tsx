import type { SourceDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { isNotFound } from "../../../api/answer.ts";
import { useSource } from "../../../api/use-sources.ts";
import { Link } from "../../../route/link.tsx";
import { SOURCES_PATH } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { FailureNotice } from "../../parts/failure-notice.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { StaleBanner } from "../../parts/stale-banner.tsx";
import { StaleFrame } from "../../parts/stale-frame.tsx";
import { useStale } from "../../parts/use-stale.ts";
import { useTitle } from "../../parts/use-title.ts";
import { SharedGroup } from "../shared-section.tsx";
import { HistorySection } from "./history-section.tsx";
import { OffsetsSection } from "./offsets-section.tsx";
import { SeriesSection } from "./series-section.tsx";
import { SourceFacts } from "./source-facts.tsx";
import { SourceHeading } from "./source-heading.tsx";
import { UsersSection } from "./users-section.tsx";

interface SourceViewProps {
  readonly id: string;
  readonly search: string;
}

/** One upstream: what its users make of it, each with why. */
export function SourceView({ id, search }: SourceViewProps): JSX.Element {
  const { loaded, renew } = useSource(id);
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? loaded.value.id : "A source");
  if (loaded.kind === "loading") return <Loading title="Asking the server for this source…" />;
  if (loaded.kind === "failed")
    return isNotFound(loaded.failure) ? (
      <UnknownSource id={id} search={search} />
    ) : (
      <FailureNotice failure={loaded.failure} onRetry={renew} />
    );
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <article class="host">
        <AllSources search={search} />
        <StaleFrame isStale={since !== null}>
          <Source source={loaded.value} search={search} />
        </StaleFrame>
      </article>
    </>
  );
}

const AllSources = ({ search }: { readonly search: string }): JSX.Element => (
  <Link to={`${SOURCES_PATH}${lastingQuery(search)}`} class="back">
    ◂ All sources
  </Link>
);

const Source = ({ source, search }: { readonly source: SourceDetail; readonly search: string }): JSX.Element => (
  <>
    <SourceHeading source={source} />
    <SourceFacts source={source} search={search} />
    {source.shared !== null && (
      <section aria-labelledby="shared-title">
        <div class="section-head">
          <h2 id="shared-title">One vote with others</h2>
          <p>They can be wrong together.</p>
        </div>
        <SharedGroup group={source.shared} search={search} />
      </section>
    )}
    <OffsetsSection offsets={source.offsets} verdict={source.verdict} />
    <SeriesSection source={source} search={search} />
    <HistorySection source={source} search={search} />
    <UsersSection source={source} search={search} />
  </>
);

const UnknownSource = ({ id, search }: SourceViewProps): JSX.Element => (
  <Notice title="No host of the fleet uses this source">
    <p>
      The server knows no source with the address or name <code>{id}</code>. Those who used it may have been given others, or the address is
      cut short. <Link to={`${SOURCES_PATH}${lastingQuery(search)}`}>All sources</Link>
    </p>
  </Notice>
);

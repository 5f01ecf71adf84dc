import type { JSX } from "preact";
import type { FoundSources } from "../../api/source-requests.ts";
import { useSources } from "../../api/use-sources.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { ListSection } from "./list-section.tsx";
import { SharedSection } from "./shared-section.tsx";
import { readSourceQuery } from "./source-query.ts";
import { SourcesEmpty } from "./sources-empty.tsx";
import { truthOf } from "./truth.ts";
import { TruthLine } from "./truth-line.tsx";

/** Every upstream of the fleet, who calls it false, and which of them are one vote. */
export function SourcesView({ search }: { readonly search: string }): JSX.Element {
  const { loaded, renew } = useSources(readSourceQuery(search));
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? titleOf(loaded.value) : "Sources");
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  if (loaded.kind === "loading") return <Loading title="Asking the server for the sources…" />;
  const { list } = loaded.value;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        {list.totals.sources === 0 ? (
          <SourcesEmpty />
        ) : (
          <article class="all-sources">
            <TruthLine list={list} search={search} isOld={since !== null} />
            <SharedSection shared={list.shared} search={search} />
            <ListSection found={loaded.value} search={search} />
          </article>
        )}
      </StaleFrame>
    </>
  );
}

function titleOf({ list: { totals } }: FoundSources): string {
  return totals.by_verdict.false > 0 ? `${truthOf(totals).headline} · Sources` : "Sources";
}

import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { useIncidentsOfHost } from "../../api/use-incidents.ts";
import { Link } from "../../route/link.tsx";
import { INCIDENTS_PATH } from "../../route/place.ts";
import { withQuery } from "../../route/query.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { OpenSection } from "./open-section.tsx";
import { PastSection } from "./past-section.tsx";
import { hostSought, matchingIncidents } from "./shelves.ts";
import { type OpenList, truthOf } from "./truth.ts";
import { TruthLine } from "./truth-line.tsx";

const HINTS = { placeholder: "Search incidents", label: "Search incidents by title, host, cause, rule, certainty or who acknowledged" };

/** What is wrong, with which host or source, since when. */
export function IncidentsView({ search }: { readonly search: string }): JSX.Element {
  const { loaded, renew } = useOpenIncidents();
  const since = useStale(loaded);
  const list = loaded.kind === "ready" ? loaded.value : null;
  const truth = useMemo(() => (list === null ? null : truthOf(list)), [list]);
  useTitle(truth === null ? "Incidents" : `${truth.headline} · Incidents`);
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  if (list === null || truth === null) return <Loading title="Asking the server for the incidents…" />;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.kind === "ready" ? loaded.failure : null} onRetry={renew} />}
      <StaleFrame isStale={since !== null}>
        <TruthLine truth={truth} list={list} />
        {list.judging.isLate && <NotJudged list={list} />}
        <Lists list={list} search={search} isGrey={list.judging.isLate && since === null} />
      </StaleFrame>
    </>
  );
}

/** Silence of the judge looks like a quiet night, and is none. */
const NotJudged = ({ list }: { readonly list: OpenList }): JSX.Element => (
  <p class="inline-trouble">
    {list.evaluated_at === null
      ? "No server has judged the fleet by its rules yet: after a start that takes seconds."
      : `No server judges the fleet by its rules any more, so nothing new is found here${list.alerting === "prometheus" ? "" : " and nobody is told"}.`}{" "}
    If this lasts, <a href="/readyz">/readyz</a> and the server’s log say why.
  </p>
);

interface ListsProps {
  readonly list: OpenList;
  readonly search: string;
  readonly isGrey: boolean;
}

function Lists({ list, search, isGrey }: ListsProps): JSX.Element {
  const query = new URLSearchParams(search);
  const words = query.get("q") ?? "";
  const severity = query.get("severity");
  const ofHost = useIncidentsOfHost("open", hostSought(words));
  const found = matchingIncidents(list.items, words, severity, ofHost);
  const box = useRef<HTMLDivElement>(null);
  useListKeys(box);
  return (
    <div ref={box}>
      <div class="tools">
        <SearchBox words={words} search={search} path={INCIDENTS_PATH} hints={HINTS} />
        <Severities search={search} chosen={severity} />
        {found.length < list.items.length && (
          <span class="muted num">
            {found.length} of {list.items.length} open
          </span>
        )}
        <span class="tools-end">
          <kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open
        </span>
      </div>
      <StaleFrame isStale={isGrey}>
        {found.length === 0 && list.items.length > 0 && <p class="none">No open incident matches.</p>}
        <OpenSection incidents={found} search={search} />
      </StaleFrame>
      <PastSection search={search} words={words} severity={severity} />
    </div>
  );
}

const FILTERS = [null, "critical", "warning", "info"] as const;

const Severities = ({ search, chosen }: { readonly search: string; readonly chosen: string | null }): JSX.Element => (
  <nav class="ranges severities" aria-label="Severity">
    {FILTERS.map((name) => (
      <Link key={name} to={`${INCIDENTS_PATH}${withQuery(search, { severity: name })}`} current={name === chosen}>
        {name ?? "all"}
      </Link>
    ))}
  </nav>
);

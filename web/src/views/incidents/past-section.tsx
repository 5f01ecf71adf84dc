import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useIncidents, useIncidentsOfHost } from "../../api/use-incidents.ts";
import { causeOf } from "../../format/failure-words.ts";
import { IncidentTable } from "./incident-table.tsx";
import { hostSought, joined, matchingIncidents } from "./shelves.ts";

const PAGE = 20;

interface PastSectionProps {
  readonly search: string;
  readonly words: string;
  readonly severity: string | null;
}

/** What is over, a page at a time. */
export function PastSection({ search, words, severity }: PastSectionProps): JSX.Element {
  const [pages, setPages] = useState(1);
  const { loaded, renew } = useIncidents("resolved", { state: "resolved", limit: PAGE, pages }, ({ resolved_at }) => resolved_at !== null);
  useEffect(() => {
    if (pages > 1) renew();
  }, [pages, renew]);
  const ofHost = useIncidentsOfHost("resolved", hostSought(words));
  const list = loaded.kind === "ready" ? loaded.value : null;
  const found = list === null ? [] : matchingIncidents(joined(list.items, ofHost), words, severity, ofHost);
  const failure = loaded.kind === "loading" ? null : loaded.failure;
  return (
    <section class="incident-shelf" aria-labelledby="past-title">
      <div class="section-head">
        <h2 id="past-title">Past incidents</h2>
        {list !== null && found.length < list.items.length && (
          <p>
            {found.length} of the {list.items.length} that are loaded
          </p>
        )}
      </div>
      {loaded.kind === "loading" && <p class="none">Asking the server for what is over…</p>}
      {failure && <p class="inline-trouble">Cannot load past incidents: {causeOf(failure)}</p>}
      {list !== null && list.items.length === 0 && <p class="none">No incident has ended yet.</p>}
      {found.length > 0 && <IncidentTable incidents={found} search={search} label="Past incidents" isPast isQuiet />}
      {list !== null && list.next !== null && (
        <button type="button" class="more" onClick={() => setPages(pages + 1)}>
          Load {PAGE} more
        </button>
      )}
    </section>
  );
}

import type { HostSummary, Incident } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { axisFor } from "../../charts/symlog.ts";
import { gridBackground } from "../../charts/symlog-grid.ts";
import { SymlogScale } from "../../charts/symlog-scale.tsx";
import { isDemo } from "../parts/labels.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { TruthToggle } from "../parts/truth-toggle.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import { FleetRow } from "./fleet-row.tsx";
import { incidentsByHost } from "./incidents-by-host.ts";
import { matching } from "./search.ts";

const ROWS_MAX = 500;
const HINTS = { placeholder: "Search hosts", label: "Search hosts by name, label or status" };

interface FleetListProps {
  readonly hosts: readonly HostSummary[];
  readonly search: string;
  readonly isStale: boolean;
}

/** Every host a row, in the server's order, its interval on the one axis that all rows share. */
export function FleetList({ hosts, search, isStale }: FleetListProps): JSX.Element {
  const query = new URLSearchParams(search);
  const words = query.get("q") ?? "";
  const isTruthShown = query.get("truth") === "1";
  const axis = useFleetAxis(hosts);
  const incidents = useIncidentsByHost();
  const found = matching(hosts, words);
  const list = useRef<HTMLDivElement>(null);
  useListKeys(list);
  return (
    <section ref={list} aria-label="Hosts">
      <div class="tools">
        <SearchBox words={words} search={search} hints={HINTS} />
        {words !== "" && (
          <span class="muted num">
            {found.length} of {hosts.length}
          </span>
        )}
        <span class="tools-end">
          <kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open
        </span>
        {hosts.some(isDemo) && <TruthToggle search={search} isShown={isTruthShown} />}
      </div>
      <div class="fleet" style={{ "--grid": gridBackground(axis) }}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="col-name">
                Host
              </th>
              <th scope="col" class="col-status">
                Status
              </th>
              <th scope="col" class="col-axis">
                <span class="axis-title">
                  <span>◂ ahead of UTC</span>
                  <span class="axis-name">guaranteed bound on the offset</span>
                  <span>behind UTC ▸</span>
                </span>
                <SymlogScale axis={axis} />
              </th>
              <th scope="col" class="col-worst">
                Worst error
              </th>
              <th scope="col" class="col-alive">
                Heard
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, ROWS_MAX).map((host) => (
              <FleetRow
                key={host.id}
                host={host}
                incident={incidents.get(host.id) ?? null}
                axis={axis}
                isTruthShown={isTruthShown}
                isStale={isStale}
                search={search}
              />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p class="none">No host matches “{words}”.</p>}
      {found.length > ROWS_MAX && (
        <p class="none">
          The first {ROWS_MAX} of {found.length} are shown; search to see others.
        </p>
      )}
    </section>
  );
}

function useIncidentsByHost(): ReadonlyMap<string, Incident> {
  const { loaded } = useOpenIncidents();
  const items = loaded.kind === "ready" ? loaded.value.items : null;
  return useMemo(() => incidentsByHost(items ?? []), [items]);
}

/** The axis stays the same object while its ends do, so that rows need not be drawn again. */
function useFleetAxis(hosts: readonly HostSummary[]) {
  const magnitudes = hosts.flatMap(({ worst_error_ns, injected_ns }) => [worst_error_ns, injected_ns]).filter((value) => value !== null);
  const { linear_ns, max_ns } = axisFor(magnitudes.map((value) => Math.abs(Number(value))));
  return useMemo(() => ({ linear_ns, max_ns }), [linear_ns, max_ns]);
}

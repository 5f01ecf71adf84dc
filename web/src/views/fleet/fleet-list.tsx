import type { HostSummary, Incident } from "@truebound/wire";
import type { JSX, RefObject } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { SPARK_HOURS } from "../../api/requests.ts";
import { useSparks } from "../../api/use-sparks.ts";
import { BoundStrip } from "../../charts/bound-strip.tsx";
import { parseRanks, type Ranks, ranksText, stripHosts } from "../../charts/strip-layout.ts";
import { axisFor } from "../../charts/symlog.ts";
import { gridBackground } from "../../charts/symlog-grid.ts";
import { SymlogScale } from "../../charts/symlog-scale.tsx";
import { countWords } from "../../format/count-words.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery, withQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";
import { isDemo } from "../parts/labels.tsx";
import { SearchBox } from "../parts/search-box.tsx";
import { TruthToggle } from "../parts/truth-toggle.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import { FleetDownloads } from "./fleet-downloads.tsx";
import { FleetHelp } from "./fleet-help.tsx";
import { type FleetQuery, keepOrder, ordered, readFleetQuery, selected } from "./fleet-query.ts";
import { FleetRow } from "./fleet-row.tsx";
import { incidentsByHost } from "./incidents-by-host.ts";
import { LabelFilters } from "./label-filters.tsx";
import { useRowWindow } from "./row-window.ts";
import { SortHead } from "./sort-head.tsx";
import { useRowReturn } from "./use-row-return.ts";

/** With more rows than this only those in sight are there. */
const MANY = 200;
const HINTS = { placeholder: "Search hosts", label: "Search hosts by name, label or status" };

interface FleetListProps {
  readonly hosts: readonly HostSummary[];
  readonly search: string;
  readonly isStale: boolean;
}

/** Every host a row, in the server's order until another is asked for, its interval on the one axis that all rows share. */
export function FleetList({ hosts, search, isStale }: FleetListProps): JSX.Element {
  const query = useMemo(() => readFleetQuery(search), [search]);
  const isTruthShown = new URLSearchParams(search).get("truth") === "1";
  const axis = useFleetAxis(hosts);
  const incidents = useIncidentsByHost();
  const list = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { strip, ranks, blind, rows } = useShown(hosts, query, search);
  const found = useHeldOrder(rows, body, search);
  const isMany = found.length > MANY;
  const { first, last, row_px } = useRowWindow(body, found.length, isMany);
  const window = { paddingTop: `${first * row_px}px`, paddingBottom: `${(found.length - last) * row_px}px` };
  const shown = found.slice(first, last);
  const sparks = useSparks(shown.map(({ id }) => id));
  const zoom = (next: Ranks): void => navigate(`/${withQuery(search, { ranks: ranksText(next, strip.length) })}`, "replace");
  useListKeys(list);
  useRowReturn(list, (path) => found.findIndex(({ id }) => hostPath(id) === path), row_px);
  return (
    <section ref={list} aria-label="Hosts">
      {blind > 0 && (
        <Link to={`/${withQuery(search, { ranks: "none" })}`} class="strip-lane">
          {countWords(blind, "host")} without a bound: nothing is known of how wrong they are
        </Link>
      )}
      {strip.length > 1 && (
        <BoundStrip
          hosts={strip}
          axis={axis}
          ranks={ranks}
          onZoom={zoom}
          onOpen={({ id }) => navigate(`${hostPath(id)}${lastingQuery(search)}`)}
        />
      )}
      <div class="tools">
        <SearchBox words={query.words} search={withQuery(search, { ranks: null })} hints={HINTS} />
        <LabelFilters hosts={hosts} labels={query.labels} search={search} />
        <RanksChip search={search} />
        {found.length < hosts.length && (
          <span class="muted num">
            {found.length} of {hosts.length}
          </span>
        )}
        <FleetDownloads hosts={found} />
        <span class="tools-end">
          <kbd>/</kbd> search <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open
        </span>
        <FleetHelp />
        {hosts.some(isDemo) && <TruthToggle search={search} isShown={isTruthShown} />}
      </div>
      <div class={isMany ? "fleet fleet-many" : "fleet"} style={{ "--grid": gridBackground(axis) }}>
        <table aria-rowcount={found.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <SortHead by="name" class="col-name" search={search} sort={query.sort}>
                Host
              </SortHead>
              <SortHead by="status" class="col-status" search={search} sort={query.sort}>
                Status
              </SortHead>
              <th scope="col" class="col-axis">
                <span class="axis-title">
                  <span>◂ ahead of UTC</span>
                  <span class="axis-name">guaranteed bound on the offset</span>
                  <span>behind UTC ▸</span>
                </span>
                <SymlogScale axis={axis} />
              </th>
              <SortHead by="worst" class="col-worst" search={search} sort={query.sort} note={`last ${SPARK_HOURS} h, log`}>
                Worst error
              </SortHead>
              <SortHead by="heard" class="col-alive" search={search} sort={query.sort}>
                Heard
              </SortHead>
            </tr>
          </thead>
          <tbody ref={body} style={isMany ? window : {}}>
            {shown.map((host, index) => (
              <FleetRow
                key={host.id}
                host={host}
                place={first + index + 2}
                incident={incidents.get(host.id) ?? null}
                held={sparks.get(host.id) ?? null}
                axis={axis}
                isTruthShown={isTruthShown}
                isStale={isStale}
                search={search}
              />
            ))}
          </tbody>
        </table>
      </div>
      {found.length === 0 && <p class="none">No host matches {query.words === "" ? "this" : `“${query.words}”`}.</p>}
    </section>
  );
}

/** The strip's window is the list's too: who comes nearer there sees just these hosts here. */
function useShown(hosts: readonly HostSummary[], query: FleetQuery, search: string) {
  const wanted = new URLSearchParams(search).get("ranks");
  const found = useMemo(() => selected(hosts, query), [hosts, query]);
  const strip = useMemo(() => stripHosts(found), [found]);
  const all = { from: 0, to: strip.length };
  const zoomedTo = parseRanks(wanted, strip.length);
  const { from, to } = zoomedTo ?? all;
  const ranks = useMemo(() => ({ from, to }), [from, to]);
  const isZoomed = zoomedTo !== null;
  const rows = useMemo(() => {
    if (wanted === "none")
      return ordered(
        found.filter(({ guaranteed }) => guaranteed === null),
        query.sort,
      );
    const inside = isZoomed ? new Set(strip.slice(from, to).map(({ id }) => id)) : null;
    return ordered(inside === null ? found : found.filter(({ id }) => inside.has(id)), query.sort);
  }, [found, strip, wanted, isZoomed, from, to, query]);
  return { strip, ranks, blind: found.length - strip.length, rows };
}

/** Rows do not move under a pointer or a focus; what they say still does. */
function useHeldOrder(rows: readonly HostSummary[], body: RefObject<HTMLElement | null>, key: string): readonly HostSummary[] {
  const stood = useRef<{ readonly key: string; readonly ids: readonly string[] }>({ key: "", ids: [] });
  return useMemo(() => {
    const isHeld = stood.current.key === key && body.current?.matches(":hover, :focus-within") === true;
    const shown = isHeld ? keepOrder(stood.current.ids, rows) : rows;
    stood.current = { key, ids: shown.map(({ id }) => id) };
    return shown;
  }, [rows, body, key]);
}

function RanksChip({ search }: { readonly search: string }): JSX.Element | null {
  const ranks = new URLSearchParams(search).get("ranks");
  if (ranks === null) return null;
  return (
    <Link to={`/${withQuery(search, { ranks: null })}`} class="chip chip-link">
      {ranks === "none" ? "without a bound" : `worst errors ${ranks.replace("-", " to ")}`} ×
    </Link>
  );
}

function useIncidentsByHost(): ReadonlyMap<string, Incident> {
  const { loaded } = useOpenIncidents();
  const items = loaded.kind === "ready" ? loaded.value.items : null;
  return useMemo(() => incidentsByHost(items ?? []), [items]);
}

/** The axis stays the same object while its ends do, so that rows need not be drawn again. */
function useFleetAxis(hosts: readonly HostSummary[]) {
  const { linear_ns, max_ns } = useMemo(() => {
    const magnitudes: number[] = [];
    for (const { worst_error_ns, injected_ns } of hosts)
      for (const value of [worst_error_ns, injected_ns]) if (value !== null) magnitudes.push(Math.abs(Number(value)));
    return axisFor(magnitudes);
  }, [hosts]);
  return useMemo(() => ({ linear_ns, max_ns }), [linear_ns, max_ns]);
}

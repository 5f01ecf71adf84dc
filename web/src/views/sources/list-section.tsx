import type { SourceOrder } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { FoundSources } from "../../api/source-requests.ts";
import { axisOver } from "../../charts/spread-layout.ts";
import { gridBackground } from "../../charts/symlog-grid.ts";
import { SymlogScale } from "../../charts/symlog-scale.tsx";
import { Link } from "../../route/link.tsx";
import { SOURCES_PATH } from "../../route/place.ts";
import { withQuery } from "../../route/query.ts";
import { SearchBox } from "../parts/search-box.tsx";
import { useListKeys } from "../parts/use-list-keys.ts";
import { ORDER_WORDS, readSourceQuery } from "./source-query.ts";
import { SourceRow } from "./source-row.tsx";

const HINTS = { placeholder: "Search sources", label: "Search sources by address, name, refid or verdict" };

interface ListSectionProps {
  readonly found: FoundSources;
  readonly search: string;
}

export function ListSection({ found: { wish, list }, search }: ListSectionProps): JSX.Element {
  const box = useRef<HTMLElement>(null);
  useListKeys(box);
  const asked = readSourceQuery(search);
  const isBusy = asked.words !== wish.words || asked.order !== wish.order;
  return (
    <section ref={box} aria-labelledby="sources-title" aria-busy={isBusy}>
      <div class="section-head">
        <h2 id="sources-title">All sources</h2>
        <p role="status">{isBusy ? "searching…" : wish.words === "" ? "" : `${list.found} of ${list.totals.sources}`}</p>
      </div>
      <div class="tools">
        <SearchBox words={new URLSearchParams(search).get("q") ?? ""} search={search} path={SOURCES_PATH} hints={HINTS} />
        <Orders search={search} order={asked.order} />
      </div>
      {list.items.length === 0 ? <p class="none">No source matches “{wish.words}”.</p> : <SourceTable items={list.items} search={search} />}
      {list.items.length < list.found && (
        <p class="none">
          The first {list.items.length} of {list.found} are shown; search to see others.
        </p>
      )}
    </section>
  );
}

const Orders = ({ search, order }: { readonly search: string; readonly order: SourceOrder }): JSX.Element => (
  <nav class="ranges" aria-label="Order of the sources">
    {(Object.keys(ORDER_WORDS) as SourceOrder[]).map((name) => (
      <Link key={name} to={`${SOURCES_PATH}${withQuery(search, { sort: name === "worst" ? null : name })}`} current={name === order}>
        {ORDER_WORDS[name]}
      </Link>
    ))}
  </nav>
);

interface SourceTableProps {
  readonly items: FoundSources["list"]["items"];
  readonly search: string;
}

function SourceTable({ items, search }: SourceTableProps): JSX.Element {
  const axis = useMemo(() => axisOver(items.map(({ offsets }) => offsets?.hull)), [items]);
  return (
    <table class="sources fleet-sources" style={{ "--grid": gridBackground(axis) }}>
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">What the fleet makes of it</th>
          <th scope="col" class="col-axis">
            <span class="axis-title">
              <span>◂ ahead of UTC</span> <span class="axis-name">its offset, by its users</span> <span>behind UTC ▸</span>
            </span>
            <SymlogScale axis={axis} />
          </th>
          <th scope="col">Hosts</th>
          <th scope="col">What it says of itself</th>
          <th scope="col">What rests on it</th>
        </tr>
      </thead>
      <tbody>
        {items.map((source) => (
          <SourceRow key={source.id} source={source} axis={axis} search={search} />
        ))}
      </tbody>
    </table>
  );
}

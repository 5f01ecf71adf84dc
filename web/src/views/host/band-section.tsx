import type { HostDetail, HostLimit, Incident, Series } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { useIncidents } from "../../api/use-incidents.ts";
import { BandChart } from "../../charts/band-chart.tsx";
import type { BandWindow } from "../../charts/band-config.ts";
import { bandData, statusesIn } from "../../charts/band-data.ts";
import type { Silence } from "../../charts/gaps.ts";
import { begunWithin, markOf } from "../../charts/incident-marks.ts";
import { useWidth } from "../../charts/use-width.ts";
import { causeOf } from "../../format/failure-words.ts";
import { toMs } from "../../format/instant.ts";
import { lookOf } from "../../format/status-look.ts";
import { withQuery } from "../../route/query.ts";
import { DEFAULT_RANGE, parseRange, type Range } from "../../route/range.ts";
import { navigate } from "../../route/use-address.ts";
import { isDemo } from "../parts/labels.tsx";
import { QueryToggle } from "../parts/query-toggle.tsx";
import { TruthToggle } from "../parts/truth-toggle.tsx";
import { useZone } from "../parts/zone-context.ts";
import { ZoneToggle } from "../parts/zone-toggle.tsx";
import { BandEvents } from "./band-events.tsx";
import { BandIncidents } from "./band-incidents.tsx";
import { BandLegend } from "./band-legend.tsx";
import { BandNotes } from "./band-notes.tsx";
import { BandTable } from "./band-table.tsx";
import { RangePicker } from "./range-picker.tsx";
import { useEventsIn } from "./use-events-in.ts";
import { useSeries } from "./use-series.ts";

interface BandProps {
  readonly host: HostDetail;
  readonly search: string;
}

/** The guaranteed bound over time, as a picture or as a table. */
export function BandSection({ host, search }: BandProps): JSX.Element {
  const query = new URLSearchParams(search);
  const asked = parseRange(query.get("from"), query.get("to"));
  const isTable = query.get("as") === "table";
  const isTruthShown = query.get("truth") === "1";
  return (
    <section class="band" aria-labelledby="band-title">
      <div class="section-head">
        <h2 id="band-title">Guaranteed bound over time</h2>
        <RangePicker range={asked ?? DEFAULT_RANGE} search={search} />
      </div>
      {asked === null && <p class="inline-trouble">The range in the address cannot be read; the last 15 minutes are shown.</p>}
      <Band host={host} search={search} range={asked ?? DEFAULT_RANGE} isTable={isTable} isTruthShown={isTruthShown} />
      <div class="tools">
        <QueryToggle search={search} name="as" value="table" isOn={isTable}>
          as a table
        </QueryToggle>
        <QueryToggle search={search} name="y" value="fit" isOn={query.get("y") === "fit"}>
          fit to the bound
        </QueryToggle>
        <ZoneToggle search={search} />
        {isDemo(host) && <TruthToggle search={search} isShown={isTruthShown} />}
      </div>
    </section>
  );
}

interface BandPictureProps extends BandProps {
  readonly range: Range;
  readonly isTable: boolean;
  readonly isTruthShown: boolean;
}

function Band({ host, search, range, isTable, isTruthShown }: BandPictureProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width_px = useWidth(box, 800);
  const loaded = useSeries(host.id, range, width_px);
  const series = loaded.kind === "ready" ? loaded.value : null;
  return (
    <div ref={box}>
      {loaded.kind === "loading" && <p class="band-empty">Asking the server for this stretch…</p>}
      {loaded.kind !== "loading" && loaded.failure && <p class="inline-trouble">Cannot load the series: {causeOf(loaded.failure)}</p>}
      {series && !isTable && <Picture host={host} series={series} isTruthShown={isTruthShown} search={search} />}
      {series && isTable && <BandTable series={series} isTruthShown={isTruthShown} />}
    </div>
  );
}

interface PictureProps extends BandProps {
  readonly series: Series;
  readonly isTruthShown: boolean;
}

function Picture({ host, series, isTruthShown, search }: PictureProps): JSX.Element {
  const isFitted = new URLSearchParams(search).get("y") === "fit";
  const { word, from_ms: silent_ms } = silenceOf(host) ?? { word: null, from_ms: null };
  const data = useMemo(() => {
    const silence = word === null ? null : { word, from_ms: silent_ms };
    return bandData(series, { isTruthShown, isFitted, silence });
  }, [series, isTruthShown, isFitted, word, silent_ms]);
  const zone = useZone();
  const window = useMemo(() => ({ from_ms: toMs(series.from), to_ms: toMs(series.to), isFitted, zone }), [series, isFitted, zone]);
  const zoom = (from_ms: number, to_ms: number): void =>
    navigate(`/hosts/${host.id}${withQuery(search, { from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() })}`);
  const incidents = useIncidentsIn(host.id, window);
  const events = useEventsIn(host.id, series);
  const limits = host.limits ?? NO_LIMITS;
  const marks = useMemo(() => incidents.map(markOf), [incidents]);
  if (statusesIn(series).length === 0) return <p class="band-none">{noBandWords(host, series)}</p>;
  return (
    <>
      <div class="band-box">
        <BandChart
          data={data}
          window={window}
          marks={marks}
          limits={limits}
          events={events}
          description={`Guaranteed bound on the offset of ${host.name} over time; the same figures are available as a table`}
          onZoom={zoom}
        />
      </div>
      <BandLegend series={series} data={data} />
      <BandEvents limits={limits} events={events} data={data} />
      <BandIncidents incidents={incidents} search={search} />
      <BandNotes host={host} data={data} />
    </>
  );
}

const NO_LIMITS: readonly HostLimit[] = [];

/** Incidents of the host that began in what is drawn; where they cannot be had the picture is drawn without, and the heading says so. */
function useIncidentsIn(id: string, { from_ms, to_ms }: BandWindow): readonly Incident[] {
  const { loaded } = useIncidents(`of ${id}`, { state: "all", host: id, pages: 1 });
  const items = loaded.kind === "ready" ? loaded.value.items : null;
  return useMemo(() => begunWithin(items ?? [], from_ms, to_ms), [items, from_ms, to_ms]);
}

function noBandWords({ is_ahead }: HostDetail, { points }: Series): string {
  if (points.length > 0) return "There is no bound in this stretch.";
  return is_ahead ? "Nothing of this stretch has arrived yet: the host's past is still arriving." : "Nothing was reported in this stretch.";
}

/** From when on the server has nothing of this host, and why: it is no longer heard, or its past is still arriving; null = it has all. */
function silenceOf(host: HostDetail): Silence | null {
  if (lookOf(host) === "silent" && host.as_of !== null) return { from_ms: toMs(host.as_of), word: host.liveness };
  return host.delivered_until === null ? null : { from_ms: toMs(host.delivered_until), word: "past still arriving" };
}

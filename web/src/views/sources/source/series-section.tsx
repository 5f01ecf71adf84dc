import { exactSpan } from "@truebound/time";
import type { SourceDetail, SourceSeries } from "@truebound/wire";
import type { JSX } from "preact";
import { useSourceSeries } from "../../../api/use-sources.ts";
import { SourceSeriesChart } from "../../../charts/source-series-chart.tsx";
import { exactNs } from "../../../format/bound.ts";
import { countWords } from "../../../format/count-words.ts";
import { utcExact } from "../../../format/instant.ts";
import { offsetWords } from "../../../format/offset-words.ts";
import { OverTimeSection } from "../../parts/over-time-section.tsx";
import { ScrollBox } from "../../parts/scroll-box.tsx";
import { useZone } from "../../parts/zone-context.ts";
import { readStretch, StretchPicker } from "./stretch-picker.tsx";

interface SeriesProps {
  readonly source: SourceDetail;
  readonly search: string;
}

/** Where its own offset lay over time, by what some of its users reported. */
export function SeriesSection({ source, search }: SeriesProps): JSX.Element {
  const stretch = readStretch(search);
  const loaded = useSourceSeries(source, `now-${stretch}`);
  return (
    <OverTimeSection
      name="source-series"
      param="offsets"
      title="Its offset over time"
      says="By what some of its users reported, as long as their bounds hold."
      what="the offset over time"
      tableLabel="its offset as a table"
      search={search}
      loaded={loaded}
      tools={<StretchPicker search={search} stretch={stretch} />}
    >
      {(series, isTable) => <Drawn source={source} series={series} isTable={isTable} />}
    </OverTimeSection>
  );
}

interface DrawnProps {
  readonly source: SourceDetail;
  readonly series: SourceSeries;
  readonly isTable: boolean;
}

function Drawn({ source, series, isTable }: DrawnProps): JSX.Element {
  const zone = useZone();
  if (series.points.length === 0)
    return (
      <p class="band-none">
        No batch that was looked at has both an answer of this source and a bound to hold it against. Of a shorter stretch more are looked
        at.
      </p>
    );
  return (
    <>
      {isTable ? (
        <SeriesTable series={series} />
      ) : (
        <div class="band-box terms-box">
          <SourceSeriesChart
            series={series}
            zone={zone}
            description={`Offset of ${source.id} from UTC over time; the same figures are available as a table`}
          />
        </div>
      )}
      {!isTable && <Legend isCalledFalse={series.points.some(({ false_by }) => false_by > 0)} />}
      <p class="band-note">{sampledWords(series)}</p>
    </>
  );
}

const Legend = ({ isCalledFalse }: { readonly isCalledFalse: boolean }): JSX.Element => (
  <ul class="legend">
    <li>
      <span class="swatch swatch-bound" aria-hidden="true" />
      from the least to the greatest that these hosts say
    </li>
    {isCalledFalse && (
      <li>
        <span class="swatch swatch-called-false" aria-hidden="true" />
        some of them called it false, dashed
      </li>
    )}
    <li class="legend-note">Where there is no report there is a gap.</li>
  </ul>
);

/** Whose reports these are, and how many of them. */
function sampledWords({ hosts, left_out, step_ns, is_cut }: SourceSeries): string {
  const whose = `By ${countWords(hosts, "host")}${left_out > 0 ? ` of ${hosts + left_out}: those that call it false now, then those that know most of it` : ""}.`;
  const some = `Of each of them the first report in every ${exactSpan(step_ns)} is looked at; between two it may have been elsewhere.`;
  return [
    whose,
    some,
    ...(is_cut ? ["More would have had to be read than one question may: reports of some hosts are missing."] : []),
  ].join(" ");
}

const SeriesTable = ({ series: { points } }: { readonly series: SourceSeries }): JSX.Element => (
  <ScrollBox label="Its offset over time, as a table">
    <table class="plain">
      <caption>{countWords(points.length, "part")} of the stretch, newest first; positive = the source is behind UTC</caption>
      <thead>
        <tr>
          <th scope="col">From (UTC)</th>
          <th scope="col" class="number">
            Least
          </th>
          <th scope="col" class="number">
            Greatest
          </th>
          <th scope="col">In words</th>
          <th scope="col" class="number">
            Hosts
          </th>
          <th scope="col" class="number">
            Called it false
          </th>
        </tr>
      </thead>
      <tbody>
        {points.toReversed().map((point) => (
          <tr key={point.t}>
            <th scope="row">{utcExact(point.t)}</th>
            <td class="number">{exactNs(point.lo_ns)}</td>
            <td class="number">{exactNs(point.hi_ns)}</td>
            <td>{offsetWords(point)}</td>
            <td class="number">{point.hosts}</td>
            <td class="number">{point.false_by}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
);

import type { HostDetail, TermsSeries } from "@truebound/wire";
import type { JSX } from "preact";
import type { Loaded } from "../../api/loaded.ts";
import { FrequencyChart } from "../../charts/frequency-chart.tsx";
import { toMs } from "../../format/instant.ts";
import { OverTimeSection } from "../parts/over-time-section.tsx";
import { useZone } from "../parts/zone-context.ts";
import { FrequencyTable } from "./frequency-table.tsx";

interface FrequencyProps {
  readonly host: HostDetail;
  readonly search: string;
  readonly loaded: Loaded<TermsSeries>;
}

/** In which range the oscillator's frequency error lay, and that of the clock as it was steered. */
export const FrequencyOverTime = ({ host, search, loaded }: FrequencyProps): JSX.Element => (
  <OverTimeSection
    name="frequency"
    param="frequency"
    title="Frequency over time"
    says="How fast the oscillator ran by its sources, and the clock with what the daemon added."
    what="the frequency"
    tableLabel="frequency as a table"
    search={search}
    loaded={loaded}
  >
    {(series, isTable) => <Drawn host={host} series={series} isTable={isTable} />}
  </OverTimeSection>
);

interface DrawnProps {
  readonly host: HostDetail;
  readonly series: TermsSeries;
  readonly isTable: boolean;
}

function Drawn({ host, series, isTable }: DrawnProps): JSX.Element {
  const zone = useZone();
  if (series.points.length === 0)
    return <p class="band-none">There are no batches of this stretch in the database, so nothing says how fast the clock ran.</p>;
  if (isTable) return <FrequencyTable points={series.points} />;
  if (series.points.every(({ frequency }) => frequency.oscillator === null))
    return <p class="band-none">The oscillator’s frequency was not known in this stretch.</p>;
  return (
    <>
      <div class="band-box terms-box">
        <FrequencyChart
          points={series.points}
          from_ms={toMs(series.from)}
          to_ms={toMs(series.to)}
          zone={zone}
          description={`Frequency error of the oscillator and of the clock of ${host.name} over time; the same figures are available as a table`}
        />
      </div>
      <ul class="legend">
        <li>
          <span class="swatch swatch-bound" aria-hidden="true" />
          oscillator, which nothing steers
        </li>
        <li>
          <span class="swatch swatch-clock-rate" aria-hidden="true" />
          clock, with what the daemon added
        </li>
        <li class="legend-note">
          Each is a range that holds the rate{series.sampled && "; one batch of each part of the stretch is drawn"}. Where it is not known
          there is a gap.
        </li>
      </ul>
    </>
  );
}

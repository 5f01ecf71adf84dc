import type { HostDetail, TermsSeries } from "@truebound/wire";
import type { JSX } from "preact";
import type { Loaded } from "../../api/loaded.ts";
import { TermsChart } from "../../charts/terms-chart.tsx";
import { toMs } from "../../format/instant.ts";
import { OverTimeSection } from "../parts/over-time-section.tsx";
import { useZone } from "../parts/zone-context.ts";
import { TermsTable } from "./terms-table.tsx";

interface TermsOverTimeProps {
  readonly host: HostDetail;
  readonly search: string;
  readonly loaded: Loaded<TermsSeries>;
}

/** What the width was made of in the stretch that is drawn above, and which batch says so. */
export const TermsOverTime = ({ host, search, loaded }: TermsOverTimeProps): JSX.Element => (
  <OverTimeSection
    name="terms-over-time"
    param="terms"
    title="What the width was made of over time"
    says="In the stretch that is drawn above."
    what="the terms"
    tableLabel="as a table, with the batch behind each point"
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
    return <p class="band-none">There are no batches of this stretch in the database, so nothing says what its width was made of.</p>;
  if (isTable) return <TermsTable host={host} points={series.points} />;
  if (series.points.every(({ terms }) => terms === null)) return <p class="band-none">There was no bound in this stretch.</p>;
  return (
    <>
      <div class="band-box terms-box">
        <TermsChart
          points={series.points}
          from_ms={toMs(series.from)}
          to_ms={toMs(series.to)}
          zone={zone}
          description={`What the guaranteed bound of ${host.name} was made of over time; the same figures are available as a table`}
        />
      </div>
      <p class="band-note">
        Colours as above, from the ground up: path, root, precision, stamp, drift.{" "}
        {series.sampled
          ? "One batch of each part of the stretch is drawn; between them the width may have been greater."
          : "Each batch is drawn."}{" "}
        Where there was no bound there is a gap.
      </p>
    </>
  );
}

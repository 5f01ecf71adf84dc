import type { HostDetail, TermsSeries } from "@truebound/wire";
import type { JSX } from "preact";
import type { Loaded } from "../../api/loaded.ts";
import { TermsChart } from "../../charts/terms-chart.tsx";
import { causeOf } from "../../format/failure-words.ts";
import { toMs } from "../../format/instant.ts";
import { QueryToggle } from "../parts/query-toggle.tsx";
import { useZone } from "../parts/zone-context.ts";
import { TermsTable } from "./terms-table.tsx";

interface TermsOverTimeProps {
  readonly host: HostDetail;
  readonly search: string;
  readonly loaded: Loaded<TermsSeries>;
}

/** What the width was made of in the stretch that is drawn above, and which batch says so. */
export function TermsOverTime({ host, search, loaded }: TermsOverTimeProps): JSX.Element {
  const query = new URLSearchParams(search);
  const isTable = query.get("terms") === "table";
  return (
    <section class="terms-over-time" aria-labelledby="terms-time-title">
      <div class="section-head">
        <h2 id="terms-time-title">What the width was made of over time</h2>
        <p>In the stretch that is drawn above.</p>
      </div>
      {loaded.kind === "loading" && <p class="band-empty">Asking the server for this stretch…</p>}
      {loaded.kind !== "loading" && loaded.failure && <p class="inline-trouble">Cannot load the terms: {causeOf(loaded.failure)}</p>}
      {loaded.kind === "ready" && <Drawn host={host} series={loaded.value} isTable={isTable} />}
      <div class="tools">
        <QueryToggle search={search} name="terms" value="table" isOn={isTable}>
          as a table, with the batch behind each point
        </QueryToggle>
      </div>
    </section>
  );
}

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

import type { HostDetail, HostSource } from "@truebound/wire";
import type { JSX } from "preact";
import { axisFor, type SymlogAxis } from "../../charts/symlog.ts";
import { gridBackground } from "../../charts/symlog-grid.ts";
import { SymlogScale } from "../../charts/symlog-scale.tsx";
import { SourceRow } from "./source-row.tsx";

interface SourcesProps {
  readonly host: HostDetail;
  readonly search: string;
}

/** Every source with its state, why it is in that state, and its own bound beside the host's. */
export function SourcesSection({ host, search }: SourcesProps): JSX.Element {
  const axis = axisOf(host);
  return (
    <section aria-labelledby="sources-title">
      <div class="section-head">
        <h2 id="sources-title">Sources</h2>
        {host.guaranteed !== null && <p class="muted">The shaded stretch is the host's guaranteed bound.</p>}
      </div>
      {host.sources.length === 0 ? (
        <p class="none">No sources are known for this host.</p>
      ) : (
        <SourceTable host={host} search={search} axis={axis} />
      )}
    </section>
  );
}

const SourceTable = ({ host, search, axis }: SourcesProps & { readonly axis: SymlogAxis }): JSX.Element => (
  <table class="sources" style={{ "--grid": gridBackground(axis) }}>
    <thead>
      <tr>
        <th scope="col">Source</th>
        <th scope="col">State</th>
        <th scope="col" class="col-axis">
          <span class="axis-title">
            <span>◂ ahead of UTC</span> <span class="axis-name">host’s offset, by each</span> <span>behind UTC ▸</span>
          </span>
          <SymlogScale axis={axis} />
        </th>
        <th scope="col">Delay</th>
        <th scope="col">Stratum, refid</th>
        <th scope="col">Replies / polls</th>
      </tr>
    </thead>
    <tbody>
      {host.sources.map((source) => (
        <SourceRow key={source.id} source={source} axis={axis} hostBound={host.guaranteed} search={search} />
      ))}
    </tbody>
  </table>
);

function axisOf({ sources, guaranteed }: HostDetail): SymlogAxis {
  const bounds = [guaranteed, ...sources.map(({ bound }: HostSource) => bound)].filter((bound) => bound !== null);
  return axisFor(bounds.map(({ lo_ns, hi_ns }) => Math.max(Math.abs(Number(lo_ns)), Math.abs(Number(hi_ns)))));
}

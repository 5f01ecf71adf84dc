import type { IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { Link } from "../../../route/link.tsx";
import { hostPath } from "../../../route/place.ts";
import { Instant } from "../../parts/exact.tsx";

/** What agents kept of the minutes around it; nothing is said where there is none. */
export const FlightsSection = ({ flights }: Pick<IncidentDetail, "flights">): JSX.Element | null =>
  flights.length === 0 ? null : (
    <section aria-labelledby="flights-title">
      <div class="section-head">
        <h2 id="flights-title">Flight recorders</h2>
        <p>every exchange of the ten minutes around it, signed by the host</p>
      </div>
      <ul class="events flights">
        {flights.map(({ host, received_at, bytes }) => (
          <li key={`${host.id} ${received_at}`}>
            <span class="event-at">
              <Instant at={received_at} />
            </span>
            <Link to={hostPath(host.id)}>{host.name}</Link>
            <span>{sizeText(bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );

const KIB = 1024;
const sizeText = (bytes: number): string => (bytes < KIB ? `${bytes} bytes` : `${Math.ceil(bytes / KIB)} KiB`);

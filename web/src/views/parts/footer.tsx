import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { REFERENCE_PATH } from "../../route/place.ts";
import { useZone } from "./zone-context.ts";
import { ZoneToggle } from "./zone-toggle.tsx";

/** What a bound promises and what it does not; said on every page that shows one. */
export const Footer = ({ search }: { readonly search: string }): JSX.Element => (
  <footer class="foot">
    <p>
      A <strong>guaranteed bound</strong> contains the true offset if the oscillator strays no more than ρ, at most F votes lie, and the
      clock slews no faster than allowed; each host names its own figures. It does not cover a host that lies before it signs, more liars
      than F, a wrong ρ or slew allowance, a virtual machine paused without a trace until its next exchange, or a stolen key.
    </p>
    <ZoneToggle search={search} />
    <p>
      <Times /> A positive offset means that the host's clock is behind UTC. Shortened ends of a bound are rounded outward; hover for every
      nanosecond.
    </p>
    <p>
      All that this page shows programs can ask for too: <Link to={REFERENCE_PATH}>API reference</Link>.
    </p>
  </footer>
);

const Times = (): JSX.Element =>
  useZone() === "utc" ? (
    <>All times are UTC.</>
  ) : (
    <>Times are as this browser’s zone writes them; exact ones, on hover and in tables, are UTC.</>
  );

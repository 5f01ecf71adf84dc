import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { exactNs, worstErrorText } from "../../format/bound.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery, withQuery } from "../../route/query.ts";
import { Exact, Instant } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { LimitTally } from "./limit-tally.tsx";
import { ServerClockLine } from "./server-clock-line.tsx";
import { type TallyCount, tallied, worstOf } from "./tally.ts";

interface SummaryProps {
  readonly hosts: readonly HostSummary[];
  readonly search: string;
}

interface FleetSummaryProps extends SummaryProps {
  /** The instant that the figures are of when they are no longer live, else null. */
  readonly since: string | null;
}

/** The line of truth: how many hosts, how they stand against their limits, the most that any of them can be wrong, and the server's own clock. */
export const FleetSummary = ({ since, ...props }: FleetSummaryProps): JSX.Element => (
  <section class="summary" aria-label="The fleet in one line">
    <div class="summary-head">
      <h1>
        <span class="summary-count">{props.hosts.length}</span> {props.hosts.length === 1 ? "host" : "hosts"}
      </h1>
      <Worst {...props} />
      {since !== null && (
        <p class="summary-stale">
          as of <Instant at={since} />, not live
        </p>
      )}
    </div>
    <LimitTally {...props} />
    <div class="summary-more">
      <ul class="tally tally-states" aria-label="Hosts that are heard, by status">
        <li class="tally-lead" aria-hidden="true">
          by status
        </li>
        <States {...props} />
      </ul>
      <ServerClockLine />
    </div>
  </section>
);

function States({ hosts, search }: SummaryProps): JSX.Element {
  const counts = useMemo(() => tallied(hosts), [hosts]);
  const shown = counts.filter(({ line, number }) => !line.isRare || number > 0);
  return (
    <>
      {shown.map((one) => (
        <TallyItem key={one.line.name} search={search} {...one} />
      ))}
    </>
  );
}

/** A count that also searches: pressing it shows its hosts. */
const TallyItem = ({ line, number, off, search }: TallyCount & { readonly search: string }): JSX.Element => (
  <li class={number === 0 ? "tally-none" : ""} title={line.explains}>
    <Link to={`/${withQuery(search, { q: line.finds, ranks: null })}`}>
      <Mark look={line.look} />
      <span class="tally-number">{number}</span> {line.name}
    </Link>
    {off > 0 && (
      <span class="tally-off" title="Their bound does not contain zero: the clock is shown to be off UTC">
        <Mark look="proven-off" />
        {off} of them off UTC
      </span>
    )}
  </li>
);

function Worst({ hosts, search }: SummaryProps): JSX.Element {
  const worst = useMemo(() => worstOf(hosts), [hosts]);
  if (worst === null || worst.worst_error_ns === null) return <p class="summary-worst">No host has a bound right now.</p>;
  return (
    <p class="summary-worst">
      Greatest worst error{" "}
      <strong>
        <Exact text={worstErrorText(worst.worst_error_ns)} exact={exactNs(worst.worst_error_ns)} />
      </strong>{" "}
      on <Link to={`${hostPath(worst.id)}${lastingQuery(search)}`}>{worst.name}</Link>
    </p>
  );
}

import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { Link } from "../../route/link.tsx";
import { withQuery } from "../../route/query.ts";
import { Mark } from "../parts/mark.tsx";
import { countByLimit, LIMIT_LINES, type LimitLine } from "./limit-standing.ts";

interface LimitTallyProps {
  readonly hosts: readonly HostSummary[];
  readonly search: string;
}

/** Every host against its own limit. Each count is pressed to see its hosts; a kind that a sound fleet has none of is named only where it is there. */
export function LimitTally({ hosts, search }: LimitTallyProps): JSX.Element {
  const counts = useMemo(() => countByLimit(hosts), [hosts]);
  return (
    <ul class="tally tally-limits" aria-label="Hosts against their limits">
      <li class="tally-lead" aria-hidden="true">
        against limits
      </li>
      {LIMIT_LINES.filter(({ standing }) => standing !== "none" || counts.none > 0).map((line) => (
        <LimitCount key={line.standing} line={line} number={counts[line.standing]} search={search} />
      ))}
    </ul>
  );
}

interface LimitCountProps {
  readonly line: LimitLine;
  readonly number: number;
  readonly search: string;
}

const LimitCount = ({ line, number, search }: LimitCountProps): JSX.Element => (
  <li class={number === 0 ? "tally-none" : ""} title={line.explains}>
    <Link to={`/${withQuery(search, { q: line.finds, ranks: null })}`}>
      <Mark look={line.look} />
      <span class="tally-number">{number}</span> {line.name}
    </Link>
  </li>
);

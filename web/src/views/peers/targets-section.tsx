import type { PeersView } from "@truebound/wire";
import type { JSX } from "preact";
import { useTargets } from "../../api/use-targets.ts";
import { BoundBar } from "../../charts/bound-bar.tsx";
import { axisOver } from "../../charts/spread-layout.ts";
import type { SymlogAxis } from "../../charts/symlog.ts";
import { gridBackground } from "../../charts/symlog-grid.ts";
import { SymlogScale } from "../../charts/symlog-scale.tsx";
import { boundText, exactBound } from "../../format/bound.ts";
import { causeOf } from "../../format/failure-words.ts";
import { Link } from "../../route/link.tsx";
import { hostPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { measuredWords, type TargetStanding, targetStandings } from "./targets.ts";
import { useIsOld } from "./use-is-old.ts";

interface TargetsSectionProps {
  readonly view: PeersView;
  /** The page is not live, and shown that way as a whole. */
  readonly isStale: boolean;
  readonly search: string;
}

/** What answers NTP, runs no agent, and is measured from outside. Nothing where there is none. */
export function TargetsSection({ view, isStale, search }: TargetsSectionProps): JSX.Element | null {
  const { loaded } = useTargets();
  const isOld = useIsOld(view.as_of);
  if (loaded.kind === "loading" || (loaded.kind === "ready" && loaded.value.items.length === 0)) return null;
  return (
    <section class="targets-section" aria-labelledby="targets-title">
      <div class="section-head">
        <h2 id="targets-title">Targets</h2>
        <p>They run no agent: hosts of their domain measure them from outside.</p>
      </div>
      {loaded.failure !== null && <p class="inline-trouble">Cannot load targets: {causeOf(loaded.failure)}</p>}
      {loaded.kind === "ready" && (
        <StaleFrame isStale={isOld && !isStale}>
          <TargetTable standings={targetStandings(loaded.value.items, view.members)} search={search} />
        </StaleFrame>
      )}
    </section>
  );
}

function TargetTable({ standings, search }: { readonly standings: readonly TargetStanding[]; readonly search: string }): JSX.Element {
  const axis = axisOver(standings.map(({ member }) => member?.guaranteed));
  return (
    <table class="sources targets" style={{ "--grid": gridBackground(axis) }}>
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">Standing, and why</th>
          <th scope="col" class="col-axis">
            <span class="axis-title">
              <span>◂ ahead of UTC</span> <span class="axis-name">its offset, guaranteed</span> <span>behind UTC ▸</span>
            </span>
            <SymlogScale axis={axis} />
          </th>
          <th scope="col">Measured</th>
        </tr>
      </thead>
      <tbody>
        {standings.map((standing) => (
          <TargetRow key={standing.target.id} standing={standing} axis={axis} search={search} />
        ))}
      </tbody>
    </table>
  );
}

interface TargetRowProps {
  readonly standing: TargetStanding;
  readonly axis: SymlogAxis;
  readonly search: string;
}

const TargetRow = ({ standing, axis, search }: TargetRowProps): JSX.Element => (
  <tr class={`row row-${standing.look}`}>
    <th scope="row" class="source-name">
      {standing.target.name}
      <span class="fact-note">{factsOf(standing)}</span>
    </th>
    <td class="source-state">
      <Mark look={standing.look} />
      <span class="status-word">{standing.word}</span>
      <span class="status-words">{standing.why}</span>
    </td>
    <td class="col-axis">
      <TargetBound standing={standing} axis={axis} />
    </td>
    <td data-name="measured">
      {measuredWords(standing.member)}
      <Measurers standing={standing} search={search} />
    </td>
  </tr>
);

const MEASURERS_SHOWN = 6;

function Measurers({ standing: { measurers }, search }: Pick<TargetRowProps, "standing" | "search">): JSX.Element | null {
  if (measurers.length === 0) return null;
  return (
    <span class="fact-note">
      {measurers.slice(0, MEASURERS_SHOWN).map(({ id, name }, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <Link to={`${hostPath(id)}${lastingQuery(search)}`}>{name}</Link>
        </span>
      ))}
      {measurers.length > MEASURERS_SHOWN && `, and ${measurers.length - MEASURERS_SHOWN} more`}
    </span>
  );
}

const factsOf = ({ target: { address, port, domain, labels } }: TargetStanding): string =>
  [`${address}, port ${port}`, domain, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)].join(", ");

function TargetBound({ standing: { member, look }, axis }: Omit<TargetRowProps, "search">): JSX.Element {
  const bound = member?.guaranteed ?? null;
  if (bound === null)
    return (
      <span class="no-bound">
        <span>no bound</span>
      </span>
    );
  return (
    <>
      <div class="axis">
        <BoundBar axis={axis} bound={bound} look={look} of="offset of the target" />
      </div>
      <span class="spread-text">
        <Exact text={boundText(bound)} exact={exactBound(bound)} />
      </span>
    </>
  );
}

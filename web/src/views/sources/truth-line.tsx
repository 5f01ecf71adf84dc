import type { SourceList } from "@truebound/wire";
import type { JSX } from "preact";
import { atLeast, exactNs } from "../../format/bound.ts";
import { sourceVerdictLook } from "../../format/source-verdict-look.ts";
import { Link } from "../../route/link.tsx";
import { SOURCES_PATH } from "../../route/place.ts";
import { withQuery } from "../../route/query.ts";
import { Age } from "../parts/age.tsx";
import { Exact } from "../parts/exact.tsx";
import { Mark } from "../parts/mark.tsx";
import { truthOf, verdictsPresent } from "./truth.ts";

interface TruthLineProps {
  readonly list: SourceList;
  readonly search: string;
  /** It is no longer renewed: what it says is past. */
  readonly isOld: boolean;
}

/** How many sources, what the fleet makes of them, how far the worst is off, and what bounds rest on. */
export function TruthLine({ list, search, isOld }: TruthLineProps): JSX.Element {
  const truth = truthOf(list.totals);
  const look = isOld && truth.look === "proven" ? "silent" : truth.look;
  return (
    <section class={`summary truth-line sources-truth row-${look}`} aria-label="The sources in one line">
      <div class="truth-verdict">
        <Mark look={look} />
        <h1>{isOld ? truth.past : truth.headline}</h1>
      </div>
      <TruthFacts list={list} isOld={isOld} rests={truth.rests} />
      <ul class="tally">
        {verdictsPresent(list.totals).map(({ verdict, count }) => (
          <VerdictCount key={verdict} verdict={verdict} count={count} search={search} />
        ))}
      </ul>
    </section>
  );
}

interface TruthFactsProps {
  readonly list: SourceList;
  readonly isOld: boolean;
  readonly rests: string | null;
}

const TruthFacts = ({ list: { totals, as_of }, isOld, rests }: TruthFactsProps): JSX.Element => (
  <p class="truth-facts">
    <span>
      <strong>{totals.sources}</strong> {totals.sources === 1 ? "source" : "sources"} of <strong>{totals.hosts}</strong>{" "}
      {totals.hosts === 1 ? "host" : "hosts"}
    </span>
    {totals.apart_ns !== null && (
      <span>
        the farthest is off UTC by at least{" "}
        <strong>
          <Exact text={atLeast(BigInt(totals.apart_ns))} exact={exactNs(totals.apart_ns)} />
        </strong>
      </span>
    )}
    {rests !== null && <span>{rests}</span>}
    {as_of !== null && (
      <span class={isOld ? "truth-old" : "muted"}>
        {isOld && "not renewed: "}as of <Age at={as_of} /> ago
      </span>
    )}
  </p>
);

/** A count that also searches: pressing it shows its sources. */
function VerdictCount({
  verdict,
  count,
  search,
}: {
  readonly verdict: string;
  readonly count: number;
  readonly search: string;
}): JSX.Element {
  const { look, word, means } = sourceVerdictLook(verdict);
  return (
    <li title={means}>
      <Link to={`${SOURCES_PATH}${withQuery(search, { q: verdict })}`}>
        <Mark look={look} />
        <span class="tally-number">{count}</span> {word}
      </Link>
    </li>
  );
}

import { atMost } from "@truebound/time";
import type { PeerPair, PeersView } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { exactBound, exactNs } from "../../format/bound.ts";
import { differenceWords } from "../../format/difference.ts";
import { Link } from "../../route/link.tsx";
import { pairPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Exact } from "../parts/exact.tsx";
import { byId, namesOf } from "./names.ts";

interface WorstPairsProps {
  readonly view: PeersView;
  readonly search: string;
  readonly most: number;
}

/** The pairs that can be furthest apart, in the server's order. */
export function WorstPairs({ view, search, most }: WorstPairsProps): JSX.Element {
  const nameOf = useMemo(() => namesOf(byId(view.members)), [view]);
  const shown = view.pairs.slice(0, most);
  return (
    <div class={`worst-pairs${view.all_pairs ? "" : " worst-pairs-alone"}`}>
      <h3>{view.all_pairs ? "Furthest apart" : `The ${shown.length} furthest apart of those that measure each other`}</h3>
      {!view.all_pairs && <p class="muted">{view.members.length} members are too many for a picture of all pairs.</p>}
      {shown.length === 0 ? (
        <p class="none">No two members are joined by measurements or by UTC.</p>
      ) : (
        <ol>
          {shown.map((pair) => (
            <PairItem key={`${pair.a} ${pair.b}`} pair={pair} search={search} nameOf={nameOf} />
          ))}
        </ol>
      )}
    </div>
  );
}

interface PairItemProps {
  readonly pair: PeerPair;
  readonly search: string;
  readonly nameOf: (id: string) => string;
}

const PairItem = ({ pair, search, nameOf }: PairItemProps): JSX.Element => (
  <li>
    <Link to={`${pairPath(pair.a, pair.b)}${lastingQuery(search)}`}>
      <span title={exactBound(pair)}>{differenceWords(nameOf(pair.b), nameOf(pair.a), pair)}</span>
    </Link>
    <Exact text={atMost(BigInt(pair.worst_ns))} exact={exactNs(pair.worst_ns)} />
  </li>
);

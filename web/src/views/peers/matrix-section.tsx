import { atMost } from "@truebound/time";
import type { MeshMember, PeersView } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Cell } from "../../charts/heat-layout.ts";
import { HeatLegend } from "../../charts/heat-legend.tsx";
import { HeatMatrix } from "../../charts/heat-matrix.tsx";
import type { HeatPicture } from "../../charts/heat-paint.ts";
import { heat, heatScale } from "../../charts/heat-scale.ts";
import { exactBound } from "../../format/bound.ts";
import { differenceWords } from "../../format/difference.ts";
import { pairPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { navigate } from "../../route/use-address.ts";
import { Closure } from "./closure.tsx";
import { accusedFirst, byId, namesOf } from "./names.ts";
import { type PairOf, pairIndex } from "./pair-index.ts";
import { WorstPairs } from "./worst-pairs.tsx";

const BESIDE_MAX = 12;

interface MatrixSectionProps {
  readonly view: PeersView;
  readonly search: string;
}

/** How far apart any two can be: all pairs at a glance where they are few enough to be seen, else the worst of them. */
export const MatrixSection = ({ view, search }: MatrixSectionProps): JSX.Element => (
  <section aria-labelledby="pairs-title">
    <div class="section-head">
      <h2 id="pairs-title">How far apart any two can be</h2>
      <Closure closure={view.closure} />
    </div>
    {view.all_pairs ? <Matrix view={view} search={search} /> : <WorstPairs view={view} search={search} most={view.pairs.length} />}
  </section>
);

function Matrix({ view, search }: MatrixSectionProps): JSX.Element {
  const { members, nameOf, scale, picture, pairOf } = useMemo(() => drawn(view), [view]);
  const open = ({ row, column }: Cell): void => {
    const [a, b] = [members[column], members[row]];
    if (a && b && a !== b) navigate(`${pairPath(a.id, b.id)}${lastingQuery(search)}`);
  };
  return (
    <div class="matrix">
      <div class="matrix-box">
        <HeatMatrix
          picture={picture}
          say={(cell) => cellWords(members, nameOf, pairOf, cell)}
          onOpen={open}
          label={`Greatest differences between ${members.length} clocks; arrows move, Enter opens a pair`}
        />
        <HeatLegend scale={scale} />
      </div>
      <WorstPairs view={view} search={search} most={BESIDE_MAX} />
    </div>
  );
}

function drawn(view: PeersView) {
  const members = view.members.toSorted(accusedFirst);
  const pairOf = pairIndex(view.pairs);
  const scale = heatScale(view.pairs.map(({ worst_ns }) => Number(worst_ns)));
  const nameOf = namesOf(byId(members));
  const picture: HeatPicture = {
    rows: members.map(({ id, standing }) => ({
      name: nameOf(id),
      mark: standing === "flagged" || standing === "suspect" ? standing : null,
    })),
    heatOf: (row, column) => {
      const pair = pairOf(members[row]?.id ?? "", members[column]?.id ?? "");
      return pair === null ? null : heat(scale, Number(pair.worst_ns));
    },
  };
  return { members, nameOf, scale, picture, pairOf };
}

function cellWords(members: readonly MeshMember[], nameOf: (id: string) => string, pairOf: PairOf, cell: Cell | null): string {
  const [b, a] = [members[cell?.row ?? -1], members[cell?.column ?? -1]];
  if (a === undefined || b === undefined)
    return "Point at a cell or tap it, or move with the arrow keys; a click, a second tap or Enter opens the pair.";
  if (a === b) return `${nameOf(a.id)} with itself`;
  const pair = pairOf(a.id, b.id);
  if (pair === null) return `${nameOf(b.id)} and ${nameOf(a.id)}: no bound on their difference`;
  return `${differenceWords(nameOf(pair.b), nameOf(pair.a), pair)}: at most ${atMost(BigInt(pair.worst_ns))} apart (${exactBound(pair)})`;
}

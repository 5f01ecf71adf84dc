import { formatUtc, parseUtc, utc } from "@truebound/time";

/** From, to (not in it), and what it is. Instants as a manifest writes them: nine digits and Z, so that their order is that of their texts. */
export type Stretch = readonly [from: string, to: string, what: string];

/** From the worst on: where several lie in one pixel, the first of them is drawn. */
export const WORST_FIRST: readonly string[] = ["VIOLATION", "CONFLICT", "UNPROVEN", "NO_EVIDENCE", "COMPLIANT"];

/** Columns `from` to `to`, the latter not in it. */
export interface LaneRun {
  readonly from: number;
  readonly to: number;
  readonly what: string;
}

export interface VerdictLane {
  readonly runs: readonly LaneRun[];
  /** Of each column: which stretch it is drawn for, and how many touch it; −1 = none does. */
  readonly worst: Int32Array;
  readonly touching: Uint32Array;
}

/** The instants between columns, one more than there are columns, each exact to the nanosecond. Empty for what is no period. */
export function laneEdges(from: string, to: string, columns: number): readonly string[] {
  const [begin, end] = [parseUtc(from), parseUtc(to)];
  if (begin === null || end === null || end <= begin || columns < 1) return [];
  const length = end - begin;
  return Array.from({ length: columns + 1 }, (_, column) => formatUtc(utc(begin + (length * BigInt(column)) / BigInt(columns))));
}

/** The worst of what lies in each column, whatever its length, so that a breach of a nanosecond is drawn. */
export function verdictLane(stretches: readonly Stretch[], edges: readonly string[]): VerdictLane {
  const columns = Math.max(0, edges.length - 1);
  const worst = new Int32Array(columns).fill(-1);
  const touching = new Uint32Array(columns);
  let before = 0;
  stretches.forEach(([from, to, what], index) => {
    const rank = rankOf(what);
    // Of many stretches most lie in the column of the one before.
    const isThere = from >= (edges[before] ?? "~") && from < (edges[before + 1] ?? "") && to <= (edges[before + 1] ?? "");
    const end = isThere ? before : columnBefore(edges, to);
    for (let column = isThere ? before : columnAt(edges, from); column <= end; column++) {
      touching[column] = (touching[column] ?? 0) + 1;
      const there = stretches[worst[column] ?? -1];
      if (there === undefined || rank < rankOf(there[2])) worst[column] = index;
    }
    before = Math.max(0, end);
  });
  return { runs: joined(worst, (index) => stretches[index]?.[2]), worst, touching };
}

/** Columns that none of these touches at all. */
export function untouched(stretches: readonly Stretch[], edges: readonly string[]): readonly LaneRun[] {
  const { worst } = verdictLane(stretches, edges);
  return joined(
    worst.map((index) => (index < 0 ? 0 : -1)),
    (index) => (index < 0 ? undefined : "untouched"),
  );
}

/** What is not known here is drawn, and only where nothing that is known is worse. */
const rankOf = (what: string): number => {
  const rank = WORST_FIRST.indexOf(what);
  return rank < 0 ? WORST_FIRST.length : rank;
};

/** The first column that ends after an instant. */
const columnAt = (edges: readonly string[], at: string): number => Math.max(0, firstEdge(edges, (edge) => edge > at) - 1);

/** The last column that begins before an instant; −1 = none does. */
const columnBefore = (edges: readonly string[], at: string): number =>
  Math.min(edges.length - 2, firstEdge(edges, (edge) => edge >= at) - 1);

/** By halving: edges ascend. */
function firstEdge(edges: readonly string[], isPast: (edge: string) => boolean): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(edges[middle] ?? "")) high = middle;
    else low = middle + 1;
  }
  return low;
}

function joined(columns: Int32Array, whatOf: (index: number) => string | undefined): LaneRun[] {
  const runs: LaneRun[] = [];
  columns.forEach((index, column) => {
    const what = index < 0 ? undefined : whatOf(index);
    const last = runs.at(-1);
    if (what === undefined) return;
    if (last?.what === what && last.to === column) runs[runs.length - 1] = { ...last, to: column + 1 };
    else runs.push({ from: column, to: column + 1, what });
  });
  return runs;
}

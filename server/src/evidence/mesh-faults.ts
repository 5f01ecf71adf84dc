import { type BatchMesh, type BigColumn, unpackColumn } from "@truebound/wire";
import type { Fault } from "../refusal.ts";

/**
 * What a schema cannot say of a host's view of its peers: columns equally long, indices that point at something, bounds the right
 * way round, instants that are there, and every integer so small that no sum of two leaves the 64 bits in which it is kept.
 */
export function meshFaults(mesh: BatchMesh): Fault[] {
  const uneven = [...unevenColumns("/mesh/edges", mesh.edges), ...unevenColumns("/mesh/exchanges", mesh.exchanges ?? {})];
  if (uneven.length > 0) return uneven;
  return [...peerFaults(mesh), ...edgeFaults(mesh.edges), ...ownFaults(mesh.own), ...farFaults(mesh), ...emptyFaults(mesh)];
}

type Column = BigColumn | readonly unknown[];
type Cell = bigint | null;
type Cells = readonly Cell[];

const isBig = (column: Column): column is BigColumn => "base" in column;

function unevenColumns(at: string, table: Readonly<Record<string, Column>>): Fault[] {
  const lengths = Object.entries(table).map(([name, column]) => ({ name, length: isBig(column) ? column.d.length : column.length }));
  const rows = lengths[0]?.length ?? 0;
  return lengths
    .filter(({ length }) => length !== rows)
    .map(({ name, length }) => ({ pointer: `${at}/${name}`, detail: `has ${length} rows where others have ${rows}` }));
}

function peerFaults({ peers, edges, exchanges }: BatchMesh): Fault[] {
  const points = (index: number) => index < peers.length;
  const past = `points past the ${peers.length} peers`;
  return [
    ...(new Set(peers.map(({ id }) => id)).size === peers.length ? [] : [{ pointer: "/mesh/peers", detail: "names one peer twice" }]),
    ...(edges.peer.every(points) ? [] : [{ pointer: "/mesh/edges/peer", detail: past }]),
    ...(exchanges?.source.every(points) === false ? [{ pointer: "/mesh/exchanges/source", detail: past }] : []),
  ];
}

const WRONG_WAY = "has a lower end without its upper end, or above it";

function edgeFaults(edges: BatchMesh["edges"]): Fault[] {
  const areIntervals = (lows: BigColumn, highs: BigColumn) => arePairs(unpackColumn(lows), unpackColumn(highs));
  return [
    ...(areIntervals(edges.lo_ns, edges.hi_ns) ? [] : [{ pointer: "/mesh/edges/lo_ns", detail: WRONG_WAY }]),
    ...(areIntervals(edges.tight_lo_ns, edges.tight_hi_ns) ? [] : [{ pointer: "/mesh/edges/tight_lo_ns", detail: WRONG_WAY }]),
    ...(slopesFit(edges)
      ? []
      : [{ pointer: "/mesh/edges/slope_min_ppb", detail: "has a slope without its hull, or a least above the greatest" }]),
  ];
}

const arePairs = (lows: Cells, highs: Cells): boolean =>
  lows.every((lo, row) => {
    const hi = highs[row] ?? null;
    return lo === null || hi === null ? lo === hi : lo <= hi;
  });

const slopesFit = ({ slope_min_ppb, slope_max_ppb, tight_lo_ns }: BatchMesh["edges"]): boolean =>
  slope_min_ppb.every((min, row) => {
    const max = slope_max_ppb[row] ?? null;
    if (min === null || max === null) return min === max && tight_lo_ns.d[row] === null;
    return min <= max && tight_lo_ns.d[row] !== null;
  });

const whole = (text: string | null): Cell => (text === null ? null : BigInt(text));

const ownFaults = ({ lo_ns, hi_ns }: BatchMesh["own"]): Fault[] =>
  arePairs([whole(lo_ns)], [whole(hi_ns)]) ? [] : [{ pointer: "/mesh/own/lo_ns", detail: WRONG_WAY }];

const FAR = 2n ** 62n;
const isModest = (value: Cell): boolean => value === null || (-FAR < value && value < FAR);

function farFaults(mesh: BatchMesh): Fault[] {
  const { own, peers } = mesh;
  const columns = columnsOf(mesh).flatMap(({ pointer, column }) => (isBig(column) ? [{ pointer, values: unpackColumn(column) }] : []));
  const scalars = [
    { pointer: "/mesh/own", values: [whole(own.lo_ns), whole(own.hi_ns)] },
    ...peers.map(({ delay_ns }, row) => ({ pointer: `/mesh/peers/${row}/delay_ns`, values: [whole(delay_ns)] })),
  ];
  return [...columns, ...scalars]
    .filter(({ values }) => !values.every(isModest))
    .map(({ pointer }) => ({ pointer, detail: "holds a number outside 63 bits" }));
}

const columnsOf = ({ edges, exchanges }: BatchMesh): { readonly pointer: string; readonly column: Column }[] =>
  Object.entries({ edges, exchanges: exchanges ?? {} }).flatMap(([table, columns]) =>
    Object.entries(columns).map(([name, column]) => ({ pointer: `/mesh/${table}/${name}`, column: column as Column })),
  );

const MUST = ["raw_ns", "lo_ns", "hi_ns", "t1_raw_ns", "t2_less_t1_ns", "t3_less_t2_ns", "t4_less_t1_ns", "cap_ns"];

const emptyFaults = (mesh: BatchMesh): Fault[] =>
  columnsOf(mesh)
    .filter(({ pointer, column }) => MUST.includes(pointer.split("/").at(-1) ?? "") && isBig(column) && column.d.includes(null))
    .map(({ pointer }) => ({ pointer, detail: "has a row without a value" }));

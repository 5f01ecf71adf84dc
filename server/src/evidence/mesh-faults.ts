import type { BatchMesh, BigColumn } from "@truebound/wire";
import { unpackColumn } from "@truebound/wire";
import type { Fault } from "../refusal.ts";
import { fits } from "./check.ts";

/**
 * What a schema cannot say of a host's view of its peers: columns equally long, indices that point at something, bounds the right
 * way round, instants that are there, and every integer within the 64 bits in which it is kept, sums too.
 */
export function meshFaults({ own, peers, edges }: BatchMesh): Fault[] {
  const at = "/mesh/edges";
  const columns: [string, BigColumn | readonly unknown[]][] = Object.entries(edges);
  const rows = edges.peer.length;
  const uneven = columns.filter(([, column]) => lengthOf(column) !== rows);
  if (uneven.length > 0)
    return uneven.map(([name]) => ({ pointer: `${at}/${name}`, detail: `has another length than the ${rows} rows of peer` }));
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, detail });
  if (!edges.peer.every((index) => index < peers.length)) fault(`${at}/peer`, `points past the ${peers.length} peers`);
  if (new Set(peers.map(({ id }) => id)).size !== peers.length) fault("/mesh/peers", "names one peer twice");
  const [raw, lo, hi] = [unpackColumn(edges.raw_ns), unpackColumn(edges.lo_ns), unpackColumn(edges.hi_ns)];
  const [tightLo, tightHi] = [unpackColumn(edges.tight_lo_ns), unpackColumn(edges.tight_hi_ns)];
  if (raw.includes(null)) fault(`${at}/raw_ns`, "has a row without a value");
  if (lo.includes(null)) fault(`${at}/lo_ns`, "has a row without a value");
  if (!areIntervals(lo, hi)) fault(`${at}/lo_ns`, "has a lower end without its upper end, or above it");
  if (!areIntervals(tightLo, tightHi)) fault(`${at}/tight_lo_ns`, "has a lower end without its upper end, or above it");
  if (!slopesFit(edges)) fault(`${at}/slope_min_ppb`, "has a slope without its hull, or a least above the greatest");
  const [ownLo, ownHi] = [whole(own.lo_ns), whole(own.hi_ns)];
  if (!areIntervals([ownLo], [ownHi])) fault("/mesh/own/lo_ns", "has a lower end without its upper end, or above it");
  const figures = [...raw, ...lo, ...hi, ...tightLo, ...tightHi, ownLo, ownHi, ...peers.map(({ delay_ns }) => whole(delay_ns))];
  // A quarter of the range, so that no sum of a few of them leaves it.
  if (!figures.every((value) => value === null || fits(value * 4n))) fault("/mesh", "holds a number outside 61 bits");
  return faults;
}

type Cell = bigint | null;
type Cells = readonly Cell[];

const whole = (text: string | null): Cell => (text === null ? null : BigInt(text));

const lengthOf = (column: BigColumn | readonly unknown[]): number => ("base" in column ? column.d.length : column.length);

const areIntervals = (lows: Cells, highs: Cells): boolean =>
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

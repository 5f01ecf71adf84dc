import { absolute, divCeil, maxOf, minOf } from "../units.ts";
import { SEARCHED_TO } from "./blame.ts";
import { leastHittingSets } from "./hitting-sets.ts";
import type { PeerGraph } from "./peer-graph.ts";
import { triangleArcs } from "./triangles.ts";

/**
 * Which paths are most likely uneven, so that one way takes longer than the other. A hint for people; it never enters a bound.
 *
 * The middle of a bound is off by half of what one way takes longer. Around a triangle the clocks cancel and only these errors
 * remain: where three middles do not add up to nothing, one of three paths is uneven, and the triangle alone cannot say which. It
 * takes several that share one path and no other. As with liars, the fewest paths that explain all of them are sought, and only
 * one that belongs to every such explanation is named.
 *
 * What cannot be seen: a host all of whose paths, to UTC too, are uneven alike, as by its own link. That looks like a clock that
 * is off, and no triangle tells them apart. Where all its paths but that to UTC are, fewest is wrong, and that to UTC is named.
 */
export interface AsymmetryHints {
  /** The most uneven first. */
  readonly hints: readonly AsymmetryHint[];
  /** Triangles that three even paths cannot explain, and how many of these no hint explains: one of three, nobody knows which. */
  readonly odd: number;
  readonly unclear: number;
}

/** ns throughout: by how much longer the way from `from` to `to` takes than the way back. */
export interface AsymmetryHint {
  /** UTC at either end = between a host and what its own bound rests on. */
  readonly from: string;
  readonly to: string;
  /** At least, if the other paths of its triangles are even. */
  readonly least: bigint;
  /** At least, however uneven the others are, if only their bounds hold; 0 = nothing. */
  readonly proved: bigint;
  /** Odd triangles that show it. */
  readonly triangles: number;
}

/** A path is even where its middle is off by at most a quarter of its half-width: one way takes up to 5/3 of the other. */
const EVEN = 4n;
/** Fewer can be a coincidence of as many uneven paths. */
const SHARED_BY = 3;

/** A triangle; all doubled so that no half is lost. */
interface Closed {
  readonly arcs: readonly number[];
  /** What the middles add up to, in the order of the arcs. */
  readonly closure: bigint;
  readonly width: bigint;
}

export function asymmetryHints(graph: PeerGraph): AsymmetryHints {
  const closed = [...triangleArcs(graph, 0)].map(
    (arcs): Closed => ({
      arcs,
      closure: sum(arcs, (arc) => doubleMiddle(graph, arc)),
      width: sum(arcs, (arc) => widthOf(graph, arc)),
    }),
  );
  const odd = closed.filter(isOdd);
  const able = odd.map((one) => ablePaths(graph, one));
  const named = connected(able.filter((paths) => paths.length > 0)).flatMap(inEveryExplanation);
  const around = trianglesOf(graph, closed, new Set(named.map(({ path }) => path)));
  const found = named.flatMap((one) => hintOf(graph, one, around.get(one.path) ?? []));
  const explained = new Set(found.map(({ path }) => path));
  return {
    hints: found.map(({ hint }) => hint).sort((a, b) => (a.least > b.least ? -1 : a.least < b.least ? 1 : 0)),
    odd: odd.length,
    unclear: able.filter((paths) => !paths.some((path) => explained.has(path))).length,
  };
}

const sum = (arcs: readonly number[], of: (arc: number) => bigint): bigint => arcs.reduce((total, arc) => total + of(arc), 0n);
/** hi + lo, and hi − lo. */
const doubleMiddle = ({ weight, twin }: PeerGraph, arc: number): bigint =>
  (weight[arc] as bigint) - (weight[twin[arc] as number] as bigint);
const widthOf = ({ weight, twin }: PeerGraph, arc: number): bigint => (weight[arc] as bigint) + (weight[twin[arc] as number] as bigint);
/** Both arcs of a path are one. */
const pathOf = ({ twin }: PeerGraph, arc: number): number => Math.min(arc, twin[arc] as number);

const isOdd = ({ closure, width }: Closed): boolean => EVEN * absolute(closure) > width;

type Paths = readonly number[];

/** Those that are wide enough to explain an odd triangle whose other two paths are even. */
function ablePaths(graph: PeerGraph, { arcs, closure, width }: Closed): Paths {
  const isAble = (arc: number) => EVEN * (absolute(closure) - widthOf(graph, arc)) <= width - widthOf(graph, arc);
  return arcs.filter(isAble).map((arc) => pathOf(graph, arc));
}

/** Triangles that hang together by paths which may explain them. */
function connected(triangles: readonly Paths[]): (readonly Paths[])[] {
  const by = new Map<number, Paths[]>();
  for (const triangle of triangles) for (const path of triangle) listed(by, path).push(triangle);
  const seen = new Set<Paths>();
  return triangles.flatMap((start) => {
    const group: Paths[] = [];
    for (const next = [start]; next.length > 0; ) {
      const triangle = next.pop() as Paths;
      if (seen.has(triangle)) continue;
      seen.add(triangle);
      group.push(triangle);
      for (const path of triangle) next.push(...listed(by, path).filter((other) => !seen.has(other)));
    }
    return group.length === 0 ? [] : [group];
  });
}

function listed<T>(by: Map<number, T[]>, path: number): T[] {
  const known = by.get(path) ?? [];
  if (known.length === 0) by.set(path, known);
  return known;
}

interface Named {
  readonly path: number;
  /** Other paths that may be uneven by some explanation. */
  readonly doubtful: ReadonlySet<number>;
}

function inEveryExplanation(group: readonly Paths[]): Named[] {
  const [first = [], ...others] = leastHittingSets(group, SEARCHED_TO) ?? [];
  const inAny = [...first, ...others.flat()];
  const inAll = first.filter((path) => others.every((set) => set.includes(path)));
  return inAll.map((path) => ({ path, doubtful: new Set(inAny.filter((other) => other !== path)) }));
}

function trianglesOf(graph: PeerGraph, closed: readonly Closed[], paths: ReadonlySet<number>): Map<number, Closed[]> {
  const by = new Map<number, Closed[]>();
  for (const one of closed) for (const arc of one.arcs) if (paths.has(pathOf(graph, arc))) listed(by, pathOf(graph, arc)).push(one);
  return by;
}

/** Only triangles without another path in doubt count. What they leave of the path's unevenness may be nothing: then it is not that. */
function hintOf(graph: PeerGraph, { path, doubtful }: Named, around: readonly Closed[]) {
  const clear = around.filter(({ arcs }) => !arcs.some((arc) => doubtful.has(pathOf(graph, arc))));
  const [likely, proved] = [left(graph, path, clear, EVEN), left(graph, path, around, 1n)];
  const triangles = clear.filter(isOdd).length;
  const isProved = proved.least > 0n && proved.isForward === likely.isForward;
  if (likely.least <= 0n || (triangles < SHARED_BY && !isProved)) return [];
  const ends = [graph.tail[path] as number, graph.head[path] as number].map((node) => graph.ids[node] as string) as [string, string];
  const [from, to] = likely.isForward ? ends : [ends[1], ends[0]];
  return [{ path, hint: { from, to, least: likely.least, proved: isProved ? proved.least : 0n, triangles } satisfies AsymmetryHint }];
}

/** By how much the path is uneven at least, where others are by at most 1/`share` of what they can be; 0 or less = it may be even, or nothing fits. */
function left(graph: PeerGraph, path: number, triangles: readonly Closed[], share: bigint) {
  const whole = widthOf(graph, path);
  let [lo, hi] = [-whole, whole];
  for (const { arcs, closure, width } of triangles) {
    const along = arcs.includes(path) ? closure : -closure;
    const room = divCeil(width - whole, share);
    [lo, hi] = [maxOf(lo, along - room), minOf(hi, along + room)];
  }
  const isForward = lo > 0n;
  return { isForward, least: lo > hi ? 0n : isForward ? lo : -hi };
}

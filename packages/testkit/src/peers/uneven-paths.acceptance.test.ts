import { asymmetryHints, type PeerEdge, peerGraph, UTC_NODE } from "@truebound/time";
import { describe, expect, inject, it } from "vitest";
import { SeededRandom } from "../sim/random.ts";
import { type UnevenPath, unevenFleet } from "./uneven-fleet.ts";

const FLEETS = inject("long") === true ? 1_000 : 60;
/** Both ways of a path are alike up to a tenth: even, as the hints take it. */
const site = (hosts: number) => ({ hosts, neighbours: 6, unlike: 0.1 });

interface Tally {
  readonly hints: number;
  readonly right: number;
  /** Hints of a path that is even. */
  readonly wrong: number;
  /** Hints of the right path, by too much or the wrong way round. */
  readonly false: number;
}

/** Fleets of which one path, of peers or to UTC, takes so many times as long one way as the other; null = none does. */
function fleets(hosts: number, kind: "peer" | "utc" | null, times: number): Tally {
  const tally = { hints: 0, right: 0, wrong: 0, false: 0 };
  for (let seed = 1; seed <= FLEETS; seed++) {
    const random = new SeededRandom(hosts * 100_000 + seed);
    const { edges, uneven } = unevenFleet(random, site(hosts), (paths) => {
      const those = paths.filter(([from]) => (from === UTC_NODE) === (kind === "utc"));
      const [from, to] = those[Math.floor(random.between(0, those.length))] as readonly [string, string];
      return kind === null ? null : { from, to, times };
    });
    for (const hint of asymmetryHints(peerGraph(edges)).hints) {
      tally.hints += 1;
      if (uneven === null || !joins(uneven, hint)) tally.wrong += 1;
      else if (hint.least <= longerBy(edges, hint.from, hint.to)) tally.right += 1;
      else tally.false += 1;
    }
  }
  return tally;
}

type Ends = Pick<UnevenPath, "from" | "to">;
const joins = (a: Ends, b: Ends): boolean => (a.from === b.from && a.to === b.to) || (a.from === b.to && a.to === b.from);

/** Clocks are right, so the middle is half of what one way takes longer. */
function longerBy(edges: readonly PeerEdge[], from: string, to: string): bigint {
  const edge = edges.find((one) => joins(one, { from, to })) as PeerEdge;
  return edge.from === from ? edge.lo + edge.hi : -(edge.lo + edge.hi);
}

const SIZES = [6, 12, 30, 100, 1_000];

describe("paths of which one way takes longer", () => {
  it.each(SIZES)("in an even fleet of %i hosts there are no hints", { timeout: 600_000 }, (hosts) => {
    expect(fleets(hosts, null, 1)).toEqual({ hints: 0, right: 0, wrong: 0, false: 0 });
  });
  const cases = SIZES.flatMap((hosts) =>
    (["peer", "utc"] as const).flatMap((kind) => [3, 10].map((times) => [hosts, kind, times] as const)),
  );
  it.each(cases)("%i hosts, one path (%s) %i times as long one way: nothing else is named", { timeout: 600_000 }, (hosts, kind, times) => {
    const tally = fleets(hosts, kind, times);
    console.log(`uneven path, ${hosts} hosts, ${kind}, ${times}:1: named in ${tally.right} of ${FLEETS} fleets`);
    expect(tally).toMatchObject({ wrong: 0, false: 0 });
  });

  it.each([0.2, 0.35, 0.5])("where each way of every path is off by up to %d at random, no more is proved than is true", (unlike) => {
    const tally = { hints: 0, tooMuch: 0, wrongWay: 0 };
    for (let seed = 1; seed <= FLEETS; seed++) {
      const { edges } = unevenFleet(new SeededRandom(seed), { ...site(30), unlike }, () => null);
      for (const { from, to, least, proved } of asymmetryHints(peerGraph(edges)).hints) {
        const longer = longerBy(edges, from, to);
        expect(proved === 0n || proved <= longer).toBe(true);
        tally.hints += 1;
        if (longer <= 0n) tally.wrongWay += 1;
        else if (least > longer) tally.tooMuch += 1;
      }
    }
    console.log(`rough paths, 30 hosts, off by up to ${unlike}: ${JSON.stringify(tally)} in ${FLEETS} fleets`);
    expect(tally.wrongWay).toBe(0);
  });
});

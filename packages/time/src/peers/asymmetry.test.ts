import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asymmetryHints } from "./asymmetry.ts";
import { type PeerEdge, peerGraph, UTC_NODE } from "./peer-graph.ts";

/** ns: half-width of its bound, and by how much longer the way there takes than the way back. */
interface Path {
  readonly from: string;
  readonly to: string;
  readonly half: bigint;
  readonly longer: bigint;
}

/** What would be measured of clocks that are right, over these paths: the middle is off by half of what one way takes longer. */
const edges = (paths: readonly Path[]): PeerEdge[] =>
  paths.map(({ from, to, half, longer }) => ({ from, to, lo: longer / 2n - half, hi: longer / 2n + half }));
const hintsOf = (paths: readonly Path[]) => asymmetryHints(peerGraph(edges(paths)));
const path = (from: string, to: string, half: bigint, longer = 0n): Path => ({ from, to, half, longer });

/** Hosts that all measure A and B, and these each other. */
const around = (count: number, longer: bigint): Path[] => [
  path("A", "B", 100n, longer),
  ...Array.from({ length: count }, (_, host) => [path("A", `h${host}`, 100n), path("B", `h${host}`, 100n)]).flat(),
];

describe("an uneven path", () => {
  it("is one of three where a single triangle shows it, or two", () => {
    expect(hintsOf(around(1, 180n))).toEqual({ hints: [], odd: 1, unclear: 1 });
    expect(hintsOf(around(2, 180n))).toEqual({ hints: [], odd: 2, unclear: 2 });
  });
  it("is named where three share it and nothing else, with the slower way and how much slower at least", () => {
    const hint = { from: "A", to: "B", least: 180n - 2n * 50n, proved: 0n, triangles: 3 };
    expect(hintsOf(around(3, 180n))).toEqual({ hints: [hint], odd: 3, unclear: 0 });
    expect(hintsOf(around(3, -180n)).hints).toEqual([{ ...hint, from: "B", to: "A" }]);
  });
  it("is named by a single triangle where the other two paths could not be so uneven together", () => {
    const { hints } = hintsOf([path("A", "B", 5_000n, 9_900n), path("A", "C", 100n), path("B", "C", 100n)]);
    expect(hints).toEqual([{ from: "A", to: "B", least: 9_900n - 100n, proved: 9_900n - 400n, triangles: 1 }]);
  });
  it("may be that between a host and what its bound rests on", () => {
    const hosts = ["B", "C", "D"];
    const { hints } = hintsOf([
      path(UTC_NODE, "A", 400n, 700n),
      ...hosts.flatMap((host) => [path(UTC_NODE, host, 100n), path("A", host, 100n)]),
    ]);
    expect(hints).toMatchObject([{ from: UTC_NODE, to: "A", triangles: 3 }]);
  });
  it("does not keep another one from being named, elsewhere or beside it", () => {
    const second = around(3, -180n).map(({ from, to, ...rest }) => ({ ...rest, from: `x${from}`, to: `x${to}` }));
    expect(hintsOf([...around(3, 180n), ...second]).hints.map(({ from, to }) => [from, to])).toEqual([
      ["A", "B"],
      ["xB", "xA"],
    ]);
    const beside = ["i", "j", "k"].flatMap((host) => [path("A", host, 100n), path("h0", host, 100n)]);
    const both = around(4, 180n).map((one) => (one.to === "h0" && one.from === "A" ? { ...one, longer: 190n } : one));
    expect(
      hintsOf([...both, ...beside])
        .hints.map(({ from, to }) => from + to)
        .sort(),
    ).toEqual(["AB", "Ah0"]);
  });
  it("is not to be seen where all of a host's paths are uneven alike", () => {
    const hosts = ["A", "B", "C", "D", "E"];
    const paths = hosts.flatMap((from, index) =>
      [UTC_NODE, ...hosts.slice(0, index)].map((to) => path(to, from, 100n, from === "E" ? 190n : 0n)),
    );
    expect(hintsOf(paths)).toEqual({ hints: [], odd: 0, unclear: 0 });
  });
});

describe("simulated fleets", () => {
  const share = fc.integer({ min: -1000, max: 1000 });
  /** Every host claims something, and measures a few or all; evenness is a thousandth of what each path can be uneven by. */
  const fleet = fc
    .record({
      hosts: fc.integer({ min: 3, max: 8 }),
      wide: fc.constantFrom(100, 5_000),
      left: fc.array(fc.boolean(), { minLength: 28, maxLength: 28 }),
      halves: fc.array(fc.integer({ min: 50, max: 100 }), { minLength: 36, maxLength: 36 }),
      uneven: fc.array(share, { minLength: 36, maxLength: 36 }),
      all: fc.boolean(),
    })
    .map(({ hosts, wide, left, halves, uneven, all }) => {
      const ids = Array.from({ length: hosts }, (_, host) => `h${host}`);
      const pairs = ids.flatMap((from, index) => ids.slice(index + 1).map((to) => [from, to] as const));
      const kept = [...ids.map((id) => [UTC_NODE, id] as const), ...pairs.filter((_, index) => all || left[index] !== true)];
      return kept.map(([from, to], index) => ({
        from,
        to,
        half: BigInt((halves[index] as number) * (from === UTC_NODE ? wide : 1)) * 1000n,
        share: BigInt(uneven[index] as number),
      }));
    });
  type Shares = { readonly from: string; readonly to: string; readonly half: bigint; readonly share: bigint }[];
  /** `most` thousandths of what is possible: 2·half is all, a quarter of it is still even. */
  const within = (paths: Shares, most: bigint): Path[] =>
    paths.map(({ from, to, half, share }) => path(from, to, half, (2n * half * share * most) / 1_000_000n));
  const wayOf = (paths: readonly Path[], from: string, to: string): bigint => {
    const found = paths.find((one) => [one.from, one.to].sort().join() === [from, to].sort().join()) as Path;
    return found.from === from ? found.longer : -found.longer;
  };

  it("of even paths give no hint", () => {
    fc.assert(
      fc.property(fleet, (paths) => {
        expect(hintsOf(within(paths, 250n))).toEqual({ hints: [], odd: 0, unclear: 0 });
      }),
    );
  });

  const withOne = fc
    .tuple(fleet, fc.nat(), fc.integer({ min: 900, max: 1000 }), fc.boolean())
    .map(([paths, which, thousandths, isBack]) => {
      const at = which % paths.length;
      const even = within(paths, 250n);
      const widest = even.filter((_, index) => index !== at).reduce((most, { half }) => (half > most ? half : most), 0n);
      const one = even[at] as Path;
      return { even, at, one, widest, share: BigInt(isBack ? -thousandths : thousandths) };
    });
  const put = (even: readonly Path[], at: number, uneven: Path): Path[] => even.map((one, index) => (index === at ? uneven : one));

  it("with one uneven path name that or none, the right way round, and never say more than is true", () => {
    fc.assert(
      fc.property(withOne, ({ even, at, one, share }) => {
        const uneven = { ...one, longer: (2n * one.half * share) / 1000n };
        for (const hint of hintsOf(put(even, at, uneven)).hints) {
          expect([hint.from, hint.to].sort()).toEqual([one.from, one.to].sort());
          const truth = wayOf([uneven], hint.from, hint.to);
          expect(hint.least > 0n && hint.least <= truth && hint.proved <= truth).toBe(true);
        }
      }),
    );
  });
  it("with one that is at least twice as wide as each other path, in three triangles, find it", () => {
    fc.assert(
      fc.property(withOne, ({ even, at, one, widest, share }) => {
        const uneven = { ...one, half: 2n * widest, longer: (4n * widest * share) / 1000n };
        const paths = put(even, at, uneven);
        const joins = (a: string, b: string) => paths.some(({ from, to }) => (from === a && to === b) || (from === b && to === a));
        const nodes = new Set(paths.flatMap(({ from, to }) => [from, to]));
        const shared = [...nodes].filter((node) => joins(node, one.from) && joins(node, one.to)).length;
        fc.pre(shared >= 3);
        expect(hintsOf(paths).hints).toMatchObject([{ triangles: shared }]);
      }),
    );
  });
  it("of any unevenness that bounds allow prove of a path no more than is true", () => {
    fc.assert(
      fc.property(fleet, (paths) => {
        const any = within(paths, 1000n);
        for (const { from, to, proved } of hintsOf(any).hints) if (proved > 0n) expect(proved <= wayOf(any, from, to)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

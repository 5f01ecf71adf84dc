import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BILLION, raw, utc } from "../units.ts";
import { type MeshHost, meshEdges, type RulerEdge } from "./common-epoch.ts";
import { peerGraph } from "./peer-graph.ts";
import { findContradiction, utcBounds } from "./solve.ts";

const RHO = 200_000;
const START = 1_795_680_000n * BILLION;

/** A host whose RAW runs fast by `ppb`, and whose clock is off by whatever its daemon makes it. True time is ns from START. */
interface Truth {
  readonly ppb: bigint;
  readonly booted: bigint;
  readonly epoch: bigint;
  readonly clockError: bigint;
}

const truth = fc.record({
  ppb: fc.bigInt({ min: -200_000n, max: 200_000n }),
  booted: fc.bigInt({ min: -(10n ** 15n), max: 0n }),
  epoch: fc.bigInt({ min: 0n, max: 60n * BILLION }),
  clockError: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
});
/** Cut off, as a counter is. */
const rawOf = ({ ppb, booted }: Truth, at: bigint): bigint => at - booted + ((at - booted) * ppb) / BILLION;

function hostOf(one: Truth, index: number, claims: boolean): MeshHost {
  // UTC gains on RAW by 1/(1 + ppb/1e9) − 1: for 200 ppm that is 40 ppb less than −ppb.
  const claim = { lo: -one.clockError - 1000n, hi: -one.clockError + 1000n };
  return {
    id: `h${index}`,
    ruler: index,
    raw: raw(rawOf(one, one.epoch)),
    realtime: utc(START + one.epoch + one.clockError),
    claim: claims ? claim : null,
    slope: { min: -RHO - 41, max: RHO + 41 },
  };
}

describe("constraints at a common epoch", () => {
  it("hold for the truth, whatever the rulers do within their allowance and whenever they were read", () =>
    fc.assert(
      fc.property(
        fc.array(truth, { minLength: 2, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.bigInt({ min: 0n, max: 90n * BILLION }), fc.bigInt({ min: 0n, max: 10n ** 6n })), {
          maxLength: 20,
        }),
        (truths, measured) => {
          const hosts = truths.map((one, index) => hostOf(one, index, true));
          const edges = measured.flatMap(([a, b, at, width]): RulerEdge[] => {
            const [from, to] = [a % truths.length, b % truths.length];
            const [x, y] = [rawOf(truths[from] as Truth, at), rawOf(truths[to] as Truth, at)];
            return [{ from: `h${from}`, to: `h${to}`, fromRuler: from, toRuler: to, at: raw(x), lo: y - x - width - 2n, hi: y - x + 2n }];
          });
          const carried = meshEdges(hosts, edges);
          for (const { from, to, lo, hi } of carried) {
            const error = (id: string) => (id === "UTC" ? 0n : (truths[Number(id.slice(1))] as Truth).clockError);
            const apart = error(to) - error(from);
            expect(lo <= apart && apart <= hi, `${from} to ${to}: ${lo} ≤ ${apart} ≤ ${hi}`).toBe(true);
          }
          const graph = peerGraph(carried);
          expect(findContradiction(graph)).toBeNull();
          for (const [id, bound] of utcBounds(graph)) {
            const { clockError } = truths[Number(id.slice(1))] as Truth;
            expect(bound !== null && bound.lo <= clockError && clockError <= bound.hi).toBe(true);
          }
        },
      ),
    ));

  it("leave out what was measured on another ruler, or of a host that is not there", () => {
    const hosts = [0, 1].map((index) => hostOf({ ppb: 0n, booted: 0n, epoch: 0n, clockError: 0n }, index, false));
    const edge = { from: "h0", to: "h1", fromRuler: 0, toRuler: 1, at: raw(0n), lo: -5n, hi: 5n };
    expect(meshEdges(hosts, [edge])).toEqual([{ from: "h0", to: "h1", lo: -6n, hi: 6n }]);
    expect(
      meshEdges(hosts, [
        { ...edge, toRuler: 2 },
        { ...edge, fromRuler: 9 },
        { ...edge, to: "h7" },
        { ...edge, to: "h0", toRuler: 0 },
      ]),
    ).toEqual([]);
  });

  it("widen by both rulers' allowance over the time from each one's epoch", () => {
    const still = { ppb: 0n, booted: 0n, clockError: 0n };
    const hosts = [hostOf({ ...still, epoch: 0n }, 0, false), hostOf({ ...still, epoch: 30n * BILLION }, 1, false)];
    const edge = { from: "h0", to: "h1", fromRuler: 0, toRuler: 1, at: raw(10n * BILLION), lo: 0n, hi: 0n };
    const by = 10n * 200_041n + 20n * 200_041n;
    expect(meshEdges(hosts, [edge])).toEqual([{ from: "h0", to: "h1", lo: -by, hi: by }]);
  });
});

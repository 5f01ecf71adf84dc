import { BILLION, ppb, raw } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EdgeWindow, type PeerStamps } from "./edge-window.ts";

const RULES = { drift: ppb(1_200_000n), sigma: ppb(4_000n), uncertainty: 0n };

/** Two rulers that run at rates of their own and were started at instants of their own; cut off, as counters are. */
interface Rulers {
  readonly ownPpb: bigint;
  readonly peerPpb: bigint;
  readonly ownBoot: bigint;
  readonly peerBoot: bigint;
}
const scaled = (at: bigint, boot: bigint, rate: bigint): bigint => at - boot + ((at - boot) * rate) / BILLION;
const ownAt = ({ ownBoot, ownPpb }: Rulers, at: bigint): bigint => scaled(at, ownBoot, ownPpb);
const peerAt = ({ peerBoot, peerPpb }: Rulers, at: bigint): bigint => scaled(at, peerBoot, peerPpb);

/** When our RAW read x, what the peer's read: rounded down, so that the truth is within 1 ns above. */
function peerWhen(rulers: Rulers, x: bigint): bigint {
  const at = rulers.ownBoot + (x * BILLION) / (BILLION + rulers.ownPpb);
  return peerAt(rulers, at);
}

const rate = fc.bigInt({ min: -200_000n, max: 200_000n });
const boot = fc.bigInt({ min: -(10n ** 15n), max: 0n });
const rulers = fc.record({ ownPpb: rate, peerPpb: rate, ownBoot: boot, peerBoot: boot });
const delay = fc.bigInt({ min: 0n, max: 50_000_000n });
const error = fc.bigInt({ min: 0n, max: 20_000n });
const exchange = fc.record({
  after: fc.bigInt({ min: BILLION, max: 20n * BILLION }),
  out: delay,
  hold: delay,
  back: delay,
  e1: error,
  e4: error,
  e2: error,
});

type Exchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

/** Stamps that err by as much as they say, in a direction of chance; the hold is told short. */
function stamps(r: Rulers, sent: bigint, { out, hold, back, e1, e4, e2 }: Exchange, sign: bigint): PeerStamps {
  const [t1, t2, t3, t4] = [sent, sent + out, sent + out + hold, sent + out + hold + back];
  return {
    t1: { raw: raw(ownAt(r, t1) + sign * e1), cap: e1 + 1n },
    t4: { raw: raw(ownAt(r, t4) - sign * e4), cap: e4 + 1n },
    ruler: 7,
    receive: peerAt(r, t2) + sign * e2,
    error: e2 + 1n,
    // Read exactly, a little before it left.
    sent: peerAt(r, t3) - (hold > 10n ? 10n : 0n),
    sentError: 0n,
  };
}

describe("what exchanges with a peer show of its ruler", () => {
  it("holds the truth at the instant that it names, whatever the paths did", () =>
    fc.assert(
      fc.property(rulers, fc.array(fc.tuple(exchange, fc.constantFrom(1n, -1n)), { minLength: 1, maxLength: 30 }), (r, all) => {
        const window = new EdgeWindow(RULES);
        let now = 10n * BILLION;
        for (const [one, sign] of all) {
          now += one.after;
          // Stamps that err by more than the whole exchange took can be in the wrong order: such a one is refused, as of a source.
          if (one.out + one.hold + one.back < one.e1 + one.e4 + 10n) continue;
          const edge = window.take(stamps(r, now, one, sign));
          if (edge === null) throw new Error("an honest exchange was refused");
          const truth = peerWhen(r, edge.at) - edge.at;
          expect(edge.bound.lo <= truth + 2n && truth <= edge.bound.hi + 2n).toBe(true);
          if (edge.hull !== null) {
            // The rates are steady: then the tight tier holds too, within the sliver by which counters are cut off.
            expect(edge.hull.bound.lo <= truth + 4n && truth <= edge.hull.bound.hi + 4n).toBe(true);
            expect(edge.hull.bound.lo >= edge.bound.lo && edge.hull.bound.hi <= edge.bound.hi).toBe(true);
          }
        }
      }),
    ));

  const still = { ownPpb: 0n, peerPpb: 0n, ownBoot: 0n, peerBoot: -5n };
  const calm = { after: BILLION, out: 50_000n, hold: 1_000_000n, back: 70_000n, e1: 0n, e4: 0n, e2: 0n };

  it("is as wide as the round trip less the hold, and the drift meanwhile", () => {
    const edge = new EdgeWindow(RULES).take(stamps(still, BILLION, calm, 1n));
    expect(edge?.delay).toBe(120_010n);
    expect((edge?.bound.hi ?? 0n) - (edge?.bound.lo ?? 0n)).toBeLessThan(120_010n + 1_400n + 20n);
  });

  it("tells a hull once a minute, of four exchanges or more, and never across two rulers", () => {
    const window = new EdgeWindow(RULES);
    const told = Array.from({ length: 100 }, (_, n) => window.take(stamps(still, BILLION * BigInt(n + 1), calm, 1n))?.hull !== null);
    expect(told.flatMap((isTold, n) => (isTold ? [n] : []))).toEqual([3, 63]);
    const other = window.take({ ...stamps(still, BILLION * 130n, calm, 1n), ruler: 8, receive: 1n, sent: 1_000_001n });
    expect(other).toMatchObject({ ruler: 8, hull: null });
  });

  it("shows nothing where the stamps exclude each other", () => {
    const impossible = { ...stamps(still, BILLION, calm, 1n), sent: 1_000_050_005n + 5_000_000n };
    expect(new EdgeWindow(RULES).take(impossible)).toBeNull();
  });
});

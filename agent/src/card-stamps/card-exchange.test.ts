import { type CarriedStamp, type ClockReading, ppb, raw, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CardLooks, modeOf, pairByCard, type StampPair } from "./card-exchange.ts";

const SLEW = ppb(1_000_000n);
/** The card is 37 s and something ahead of RAW: it keeps whatever it keeps. */
const AHEAD = 37_000_000_777n;
const look = (at: bigint, width = 20n): ClockReading => ({
  rawBefore: raw(at),
  rawAfter: raw(at + width),
  realtime: utc(at + width / 2n + AHEAD),
});
const LOOKS: CardLooks = { before: look(0n), after: look(200_000n), slew: SLEW };
const stamp = (at: bigint, cap = 0n) => ({ raw: raw(at), cap });
/** The kernel's own, as wide as the slew that REALTIME is allowed makes them. */
const KERNEL: StampPair = { t1: stamp(10_000n, 2_000n), t4: stamp(190_000n, 2_000n), by: { t1: "kernel", t4: "kernel" } };
const shown = (at: bigint) => at + AHEAD;
const begin = ({ raw: at, cap }: CarriedStamp): bigint => at - cap;
const end = ({ raw: at, cap }: CarriedStamp): bigint => at + cap;
const holds = (one: CarriedStamp, at: bigint): boolean => begin(one) <= at && at <= end(one);

describe("the stamps of an exchange by the card", () => {
  it("are both the card's where both came, and hold the true instants", () => {
    const { pair, outcome } = pairByCard(KERNEL, { transmit: shown(12_000n), receive: shown(186_000n) }, LOOKS);
    expect([outcome, pair.by, modeOf(pair.by)]).toEqual(["both", { t1: "card", t4: "card" }, "hardware_basic"]);
    expect([pair.t1.cap, pair.t1.cap < 130n]).toEqual([pair.t4.cap, true]);
    expect([holds(pair.t1, 12_000n), holds(pair.t4, 186_000n)]).toEqual([true, true]);
  });
  it("are the card's for one packet and the kernel's for the other where one came, and no more is claimed", () => {
    const transmit = pairByCard(KERNEL, { transmit: shown(12_000n), receive: null }, LOOKS);
    const receive = pairByCard(KERNEL, { transmit: null, receive: shown(186_000n) }, LOOKS);
    expect([transmit.outcome, modeOf(transmit.pair.by), receive.outcome, modeOf(receive.pair.by)]).toEqual([
      "one",
      "kernel_basic",
      "one",
      "kernel_basic",
    ]);
    // Of the bound each narrows its own side alone.
    expect(begin(transmit.pair.t1) - begin(KERNEL.t1)).toBeGreaterThan(3_870n);
    expect(end(transmit.pair.t4)).toBe(end(KERNEL.t4));
    expect(begin(receive.pair.t1)).toBe(begin(KERNEL.t1));
    expect(end(KERNEL.t4) - end(receive.pair.t4)).toBeGreaterThan(5_870n);
  });
  it("are in the order of time however wide the looks at the card are beside a short way", () => {
    const wide: CardLooks = { before: look(-3_000n, 6_000n), after: look(10_000n, 6_000n), slew: SLEW };
    const kernel: StampPair = { ...KERNEL, t1: stamp(5_000n, 5_000n), t4: stamp(6_000n, 5_000n) };
    const { pair } = pairByCard(kernel, { transmit: shown(5_200n), receive: shown(5_201n) }, wide);
    expect(pair.t1.raw).toBeLessThanOrEqual(pair.t4.raw);
  });
  it("are the kernel's where its are narrower, and where none came", () => {
    const narrow: StampPair = { ...KERNEL, t1: stamp(12_000n), t4: stamp(186_000n) };
    expect(pairByCard(narrow, { transmit: shown(12_000n), receive: shown(186_000n) }, LOOKS)).toEqual({ pair: narrow, outcome: "none" });
    expect(pairByCard(KERNEL, { transmit: null, receive: null }, LOOKS)).toEqual({ pair: KERNEL, outcome: "none" });
  });
  it("are the kernel's where the card was stepped, or a stamp is of another time", () => {
    const stepped = { ...LOOKS, after: { ...look(200_000n), realtime: utc(shown(200_000n) + 30_000n) } };
    const stamps = { transmit: shown(12_000n), receive: shown(186_000n) };
    expect(pairByCard(KERNEL, stamps, stepped)).toEqual({ pair: KERNEL, outcome: "clock_stepped" });
    // A driver that makes a whole stamp of its low bits may be off by 2³² ns.
    expect(pairByCard(KERNEL, { ...stamps, receive: shown(186_000n) + (1n << 32n) }, LOOKS)).toEqual({
      pair: KERNEL,
      outcome: "stamp_outside",
    });
  });
  it.each([
    ["a request that the card had before the kernel gave it", { transmit: shown(7_000n), receive: null }],
    ["a reply that the card had after the kernel", { transmit: null, receive: shown(193_000n) }],
    ["a request that left after its reply came", { transmit: shown(120_000n), receive: shown(110_000n) }],
  ])("contradict the kernel's: %s", (_, stamps) => {
    expect(pairByCard(KERNEL, stamps, LOOKS)).toEqual({ pair: KERNEL, outcome: "contradicts_kernel" });
  });
  it("never begin after the packet left or end before it came, whoever stamped, and are no wider than the kernel's alone", () => {
    const within = fc.bigInt({ min: 0n, max: 5_000n });
    const scene = fc.record({
      leaves: within,
      inCard: within,
      way: within,
      inKernel: within,
      cap: within,
      rate: fc.bigInt({ min: -900n, max: 900n }),
    });
    fc.assert(
      fc.property(scene, fc.boolean(), fc.boolean(), ({ leaves, inCard, way, inKernel, cap, rate }, sends, receives) => {
        const left = 1_000n + leaves;
        const [cardLeft, cardCame] = [left + inCard, left + inCard + way];
        const came = cardCame + inKernel;
        const moves = (at: bigint) => shown(at) + (at * rate) / 1_000_000n;
        const looks = {
          before: { ...look(-10n), realtime: utc(moves(0n)) },
          after: { ...look(29_990n), realtime: utc(moves(30_000n)) },
          slew: SLEW,
        };
        const kernel: StampPair = { t1: stamp(left + cap, cap), t4: stamp(came - cap, cap), by: { t1: "kernel", t4: "kernel" } };
        const stamps = { transmit: sends ? moves(cardLeft) : null, receive: receives ? moves(cardCame) : null };
        const { pair, outcome } = pairByCard(kernel, stamps, looks);
        expect(["both", "one", "none"]).toContain(outcome);
        expect(pair.t1.raw - pair.t1.cap).toBeLessThanOrEqual(cardLeft);
        expect(pair.t4.raw + pair.t4.cap).toBeGreaterThanOrEqual(cardCame);
        expect(pair.t1.raw - pair.t1.cap).toBeGreaterThanOrEqual(kernel.t1.raw - kernel.t1.cap);
        expect(pair.t4.raw + pair.t4.cap).toBeLessThanOrEqual(kernel.t4.raw + kernel.t4.cap);
      }),
      { numRuns: 1000 },
    );
  });
  it("are named by the worse of the two", () => {
    expect(modeOf({ t1: "us", t4: "card" })).toBe("kernel_receive");
    expect(modeOf({ t1: "card", t4: "us" })).toBe("userland_clock");
    expect(modeOf({ t1: "kernel", t4: "kernel" })).toBe("kernel_basic");
  });
});

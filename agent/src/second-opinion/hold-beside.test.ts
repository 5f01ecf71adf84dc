import { DEFAULT_RHO_PPB, type HostReading, ppb, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { heldAgainst, secondOpinion } from "./hold-beside.ts";
import type { CoarseExchange } from "./read-answer.ts";
import { opinionText } from "./say-opinion.ts";

const MS = 1_000_000n;
const START = 1_795_445_400_000_000_000n;
const RATES = { rho: DEFAULT_RHO_PPB, slew: ppb(83_333_334n) };

/** A reading `ms` after the start, of a clock that was stepped by `step` ms before it. */
const reading = (ms: bigint, step = 0n): HostReading => ({
  rawBefore: raw(ms * MS),
  realtime: utc(START + (ms + step) * MS + 40n),
  rawAfter: raw(ms * MS + 80n),
  monotonic: ms * MS + 90n,
  boottime: ms * MS + 100n,
  boottimeResolution: 1n,
  rawEnd: raw(ms * MS + 120n),
});

/** Asked at `ms`, answered 2 ms later, by a server that is `aheadMs` ahead. */
const exchange = (ms: bigint, aheadMs: number): CoarseExchange => {
  const t1Ms = Number(START / MS + ms);
  const served = { receiveMs: t1Ms + 1 + aheadMs, transmitMs: t1Ms + 1 + aheadMs };
  const said = { rootDelayMs: 0, rootDispersionMs: 0, leap: 0, mode: 4, stratum: 1, precision: -20 };
  return { t1Ms, t4Ms: t1Ms + 2, replied: 2n * MS, elapsed: 2n * MS, originMs: t1Ms, ...served, ...said };
};
const sample = (ms: bigint, aheadMs: number, step = 0n) => ({
  answer: { kind: "exchange" as const, exchange: exchange(ms, aheadMs) },
  before: reading(ms),
  after: reading(ms + 3n, step),
});

describe("a second opinion", () => {
  it("joins what its exchanges prove, and never is narrower than a millisecond's rounding", () => {
    const one = secondOpinion("a", [sample(0n, 500)], reading(10n), RATES);
    const both = secondOpinion("a", [sample(0n, 500), sample(1000n, 501)], reading(1010n), RATES);
    for (const { offset, verdict } of [one, both]) {
      expect(verdict).toBe("agrees");
      expect(offset !== null && offset.lo <= 500n * MS && offset.hi >= 500n * MS && offset.hi - offset.lo >= 2n * MS).toBe(true);
    }
    expect(both.exchanges).toBe(2);
  });
  it("counts the time after the answer at its longest: the program's own count may be slewed ahead", () => {
    const taken = sample(0n, 500);
    const answered = (replied: bigint) => ({
      ...taken,
      answer: { kind: "exchange" as const, exchange: { ...exchange(0n, 500), replied } },
    });
    const widthOf = (replied: bigint) => {
      const { offset } = secondOpinion("a", [answered(replied)], reading(10n), RATES);
      return offset === null ? 0n : offset.hi - offset.lo;
    };
    // What it calls 2 ms was less than 1.85 ms if its clock was 83,533 ppm fast.
    const rate = RATES.rho + RATES.slew;
    const least = (2n * MS * 1_000_000_000n) / (1_000_000_000n + rate);
    expect(widthOf(0n) - widthOf(2n * MS)).toBeLessThanOrEqual((2n * least * rate) / 1_000_000_000n + 2n);
  });
  it("is held against our own bound, and contradicts it only where they have nothing in common", () => {
    const said = secondOpinion("a", [sample(0n, 500)], reading(10n), RATES);
    expect(heldAgainst(said, { lo: 499n * MS, hi: 499n * MS + 1n }).verdict).toBe("agrees");
    expect(heldAgainst(said, { lo: 0n, hi: 1n }).verdict).toBe("contradicts");
    expect(heldAgainst(said, null).verdict).toBe("unknown");
    expect(opinionText([heldAgainst(said, { lo: 0n, hi: 1n })])).toMatch(/a: 50\d ms behind UTC.*one of the two is wrong/);
  });
  it("contradicts itself where its exchanges do", () =>
    expect(secondOpinion("a", [sample(0n, 500), sample(1000n, 700)], reading(1010n), RATES)).toMatchObject({
      verdict: "contradicts_itself",
      offset: null,
    }));
  it("proves nothing across a step, however small, nor where the other program read another clock, and says so", () => {
    const elsewhere = { ...sample(0n, 500), after: reading(60_000n), before: reading(59_990n) };
    const said = secondOpinion(
      "a",
      [sample(0n, 500, 1n), elsewhere, { ...sample(0n, 5), answer: { kind: "no_answer" } }],
      reading(70_000n),
      RATES,
    );
    expect(said).toMatchObject({ verdict: "unknown", offset: null, exchanges: 0, troubles: { clock_moved: 2, no_answer: 1 } });
    expect(opinionText([said])).toContain("unknown; nothing to compare (refused: clock moved 2×, no answer 1×)");
  });
});

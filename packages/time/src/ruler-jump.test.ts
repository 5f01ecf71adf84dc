import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Interval } from "./interval.ts";
import { type JumpFacts, RulerWatch, type Saying, saysAlone } from "./ruler-jump.ts";
import { ppb, raw } from "./units.ts";

const SECOND = 1_000_000_000n;
const POLL = 16n * SECOND;
const proved: Interval = { lo: -1_000_000n, hi: 1_000_000n };
const around = (middle: bigint, half = 500_000n): Interval => ({ lo: middle - half, hi: middle + half });

function saying(number: number, newest: Interval, lastExchange: bigint, bentAt: bigint | null = lastExchange): Saying {
  const address = `192.0.2.${number}`;
  const identity = { id: address, address, ownRefid: 0, refid: 0x47505300, stratum: 1, origin: "declared" as const };
  return { identity, poll: POLL, lastExchange: raw(lastExchange), newest, bentAt: bentAt === null ? null : raw(bentAt) };
}

const facts = (now: bigint, sayings: readonly Saying[], faults = 1): JumpFacts => ({
  now: raw(now),
  rho: ppb(0n),
  faults,
  last: { interval: proved, at: raw(0n), proven: true, tight: null },
  sayings,
});

/** Sources that all agreed at first and then say `later`, in a row. */
function afterAgreeing(later: readonly Interval[], faults = 1) {
  const watch = new RulerWatch();
  watch.agree(
    facts(
      0n,
      later.map((_, index) => saying(index, around(0n), 0n)),
      faults,
    ),
  );
  return watch.jump(
    facts(
      POLL,
      later.map((newest, index) => saying(index, newest, POLL)),
      faults,
    ),
  );
}

const JUMPED = around(30n * SECOND);

describe("a jump of the ruler", () => {
  it("is told by as many votes as prove a bound", () => {
    expect(afterAgreeing([JUMPED, JUMPED, JUMPED, JUMPED])).toEqual({ by: 30n * SECOND, votes: 4, need: 3 });
    expect(afterAgreeing([JUMPED, JUMPED, JUMPED, around(0n)])).toEqual({ by: 30n * SECOND, votes: 4, need: 3 });
  });
  it("is not told by fewer", () => {
    expect(afterAgreeing([JUMPED, JUMPED, around(0n), around(0n)])).toBeNull();
    expect(afterAgreeing([JUMPED, around(0n)], 0)).toBeNull();
  });
  it("is not told by a liar who alone is heard, however many others were configured", () => {
    const watch = new RulerWatch();
    const all = [1, 2, 3, 4].map((number) => saying(number, around(0n), 0n));
    watch.agree(facts(0n, all));
    const late = 4n * POLL;
    watch.agree(facts(late - POLL, [saying(1, around(0n), late - POLL)]));
    expect(watch.jump(facts(late, [saying(1, JUMPED, late), ...all.slice(1)]))).toBeNull();
  });
  it("is not told by sources whose exchanges still fit a line: their ruler runs too fast", () => {
    const watch = new RulerWatch();
    const all = [1, 2, 3, 4];
    watch.agree(
      facts(
        0n,
        all.map((number) => saying(number, around(0n), 0n)),
      ),
    );
    const straight = all.map((number) => saying(number, JUMPED, POLL, null));
    expect(watch.jump(facts(POLL, straight))).toBeNull();
    const bent = straight.map((one, index) => (index < 2 ? { ...one, bentAt: raw(POLL) } : one));
    expect(watch.jump(facts(POLL, bent))).toMatchObject({ by: 30n * SECOND });
  });
  it("is not told by sources that moved apart from each other", () => {
    expect(afterAgreeing([around(5n * SECOND), around(-5n * SECOND), around(9n * SECOND)], 1)).toBeNull();
  });
  it("is not told by a source whose interval still touches what was proved", () => {
    expect(afterAgreeing([around(1_400_000n), around(1_400_000n), around(1_400_000n)])).toBeNull();
  });
  it("is seen through sources too wide to tell by themselves", () => {
    const wide = around(0n, 60n * SECOND);
    expect(afterAgreeing([JUMPED, JUMPED, wide, wide])).toMatchObject({ votes: 4, need: 3 });
  });
  it("is not told by sources that never agreed: that is a disagreement", () => {
    const watch = new RulerWatch();
    watch.agree(facts(0n, [saying(1, around(0n), 0n)]));
    const camp = [2, 3, 4].map((number) => saying(number, JUMPED, POLL));
    expect(watch.jump(facts(POLL, [saying(1, around(0n), POLL), ...camp]))).toBeNull();
  });
  it("is not told by what agreed too long ago, or has fallen silent", () => {
    const watch = new RulerWatch();
    const sayings = [1, 2].map((number) => saying(number, around(0n), 0n));
    watch.agree(facts(0n, sayings, 0));
    const late = 5n * POLL;
    const moved = [1, 2].map((number) => saying(number, JUMPED, late));
    expect(watch.jump(facts(late, moved, 0))).toBeNull();
    watch.agree(facts(late, sayings, 0));
    expect(
      watch.jump(
        facts(
          late,
          [1, 2].map((number) => saying(number, JUMPED, 0n)),
          0,
        ),
      ),
    ).toBeNull();
    expect(watch.jump(facts(late, moved, 0))).not.toBeNull();
    watch.forget();
    expect(watch.jump(facts(late, moved, 0))).toBeNull();
  });
  it("never comes of no more than F liars, wherever they go and however wide anybody is", () => {
    const anywhere = fc.tuple(fc.bigInt({ min: -60n * SECOND, max: 60n * SECOND }), fc.bigInt({ min: 0n, max: 5n * SECOND }));
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 5n * SECOND }), { minLength: 1, maxLength: 5 }),
        fc.array(anywhere, { maxLength: 3 }),
        (honest, liars) => {
          const moved = liars.map(([middle, half]) => around(middle, half));
          const steady = honest.map((half) => around(0n, half));
          expect(afterAgreeing([...steady, ...moved], liars.length)).toBeNull();
        },
      ),
    );
  });
  it("is always told once every source has spoken again, when it is farther than they are wide", () => {
    const jump = fc.bigInt({ min: 8n * SECOND, max: 4_000n * SECOND });
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 3n * SECOND }), { minLength: 1, maxLength: 6 }),
        jump,
        fc.boolean(),
        (widths, by, back) => {
          const to = back ? -by : by;
          const told = afterAgreeing(
            widths.map((half) => around(to, half)),
            0,
          );
          expect(told).toEqual({ by: to, votes: widths.length, need: widths.length });
        },
      ),
    );
  });
});

describe("what one exchange alone says", () => {
  const sides = { upper: { at: raw(0n), value: 900n }, lower: { at: raw(SECOND), value: -100n } };
  it("drifts on either side from its own instant", () => {
    expect(saysAlone(sides, ppb(1_000n), raw(2n * SECOND))).toEqual({ lo: -1_100n, hi: 2_900n });
  });
  it("is nothing when its sides exclude each other", () => {
    expect(saysAlone({ ...sides, upper: { at: raw(SECOND), value: -200n } }, ppb(0n), raw(SECOND))).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { MINUTE } from "../ingest/rollup.ts";
import { drawSpark, type SparkPart, sparkFrame } from "./sparks.ts";

const NOON = 1_740_830_400_000_000_000n;
const FRAME = { from: NOON, to: NOON + 9n * MINUTE, step: 3n * MINUTE };
const part = (number: number, more: Partial<SparkPart> = {}): SparkPart => ({
  host: "a",
  part: number,
  lo: -5n,
  hi: BigInt(number + 1),
  unbounded: false,
  minutes: 3,
  last: NOON + BigInt(number * 3 + 2) * MINUTE,
  ...more,
});
const drawn = (parts: readonly SparkPart[], holes: readonly { from: bigint; to: bigint }[] = []) =>
  drawSpark("a", parts, holes, FRAME).hi_ns;

describe("a spark", () => {
  it("is nothing where a minute is missing, has no bound, or has a hole in it", () => {
    const whole = [part(0), part(1), part(2)];
    expect(drawn(whole)).toEqual(["1", "2", "3"]);
    expect(drawn([part(0), part(2)])).toEqual(["1", null, "3"]);
    expect(drawn([part(0, { minutes: 2 }), part(1, { unbounded: true }), part(2)])).toEqual([null, null, "3"]);
    const hole = { from: NOON + 3n * MINUTE - 1n, to: NOON + 3n * MINUTE };
    expect(drawn(whole, [hole])).toEqual([null, null, "3"]);
    expect(drawn([])).toEqual([null, null, null]);
  });
  it("waits for the last minutes, but misses one before them", () => {
    expect(drawn([part(2, { minutes: 1, last: NOON + 6n * MINUTE })])).toEqual([null, null, "3"]);
    expect(drawn([part(2, { minutes: 1, last: NOON + 7n * MINUTE })])).toEqual([null, null, null]);
    expect(drawn([part(1, { minutes: 2, last: NOON + 4n * MINUTE })])).toEqual([null, null, null]);
  });
  it("is never wider than asked by more than a part, and ends with the last minute that is over", () => {
    const to = NOON + 6n * 60n * MINUTE + 42n;
    expect(sparkFrame({ from: NOON, to }, 72)).toEqual({ from: NOON, to: to - 42n, step: 5n * MINUTE });
    expect(sparkFrame({ from: NOON, to }, 100)).toEqual({ from: NOON, to: to - 42n, step: 4n * MINUTE });
    expect(sparkFrame({ from: NOON, to: NOON + 7n * MINUTE }, 3)).toEqual({
      from: NOON - 2n * MINUTE,
      to: NOON + 7n * MINUTE,
      step: 3n * MINUTE,
    });
    expect(sparkFrame({ from: NOON, to: NOON + 9n }, 3)).toEqual({ from: NOON - MINUTE, to: NOON, step: MINUTE });
  });
});

import { describe, expect, it } from "vitest";
import { LimitWatch, placeOf } from "./limit-watch.ts";

const at = (lo: bigint, hi: bigint) => ({ lo, hi });
const LIMIT = 100n;

describe("a bound and its limit", () => {
  it.each([
    ["no bound", null, LIMIT, "unknown"],
    ["no limit", at(-500n, 500n), null, "unknown"],
    ["as far as it goes", at(-100n, 100n), LIMIT, "within"],
    ["one end beyond", at(-10n, 101n), LIMIT, "beyond"],
    ["both ends beyond", at(-101n, 101n), LIMIT, "beyond"],
    ["touching it from outside", at(100n, 300n), LIMIT, "beyond"],
    ["above", at(101n, 300n), LIMIT, "outside"],
    ["below", at(-300n, -101n), LIMIT, "outside"],
  ] as const)("%s", (_, offset, limit, place) => expect(placeOf(offset, limit)).toBe(place));

  it("is told once for each time that it is left", () => {
    const watch = new LimitWatch();
    const looks = [
      at(-1n, 1n),
      at(-1n, 200n),
      at(-1n, 300n),
      at(150n, 300n),
      at(150n, 300n),
      null,
      at(-1n, 200n),
      at(-1n, 1n),
      at(-1n, 200n),
    ];
    expect(looks.map((offset) => watch.look(offset, LIMIT))).toEqual([false, true, false, true, false, false, false, false, true]);
  });
});

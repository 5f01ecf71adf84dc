import { describe, expect, it } from "vitest";
import { Haste } from "./haste.ts";

describe("reports before their time", () => {
  it("are made one a second and six a minute", () => {
    const haste = new Haste();
    const taken = Array.from({ length: 1_200 }, (_, index) => index * 100).filter((now) => haste.take(now));
    expect(taken).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 60_000, 61_000, 62_000, 63_000, 64_000, 65_000]);
  });
});

import { describe, expect, it } from "vitest";
import { Ring } from "./ring.ts";

describe("what is kept of the latest minutes", () => {
  it("is no older than they are, and says how much found no room", () => {
    const ring = new Ring<number>(3, 10n);
    for (let at = 0; at <= 4; at++) ring.add(BigInt(at), at);
    expect([ring.entries, ring.missing]).toEqual([[2, 3, 4], 2]);
    ring.add(11n, 11);
    expect([ring.entries, ring.missing]).toEqual([[3, 4, 11], 2]);
    ring.add(14n, 14);
    expect([ring.entries, ring.missing]).toEqual([[4, 11, 14], 0]);
    ring.add(30n, 30);
    expect([ring.entries, ring.missing]).toEqual([[30], 0]);
  });
  it("begins anew on a clock that went back", () => {
    const ring = new Ring<number>(3, 10n);
    ring.add(5n, 5);
    ring.add(1n, 1);
    expect(ring.entries).toEqual([1]);
  });
});

import { describe, expect, it } from "vitest";
import { dueSparks, laidIn, type Sparks } from "./held-sparks.ts";

const sparkOf = (id: string) => ({ id, lo_ns: ["-1"], hi_ns: ["1"] });
const NONE: Sparks = new Map();

describe("held sparks", () => {
  it("are asked for once a minute, at most a hundred at once", () => {
    const ids = Array.from({ length: 150 }, (_, number) => `h${number}`);
    expect(dueSparks(NONE, ids, 0).map(({ length }) => length)).toEqual([100, 50]);
    const held = laidIn(NONE, ids.slice(0, 100), ids.slice(0, 90).map(sparkOf), 1000);
    expect(dueSparks(held, ids, 60_999)).toEqual([ids.slice(100)]);
    expect(dueSparks(held, ids, 61_000).flat()).toEqual(ids);
    expect(held.get("h95")).toEqual({ spark: null, at_ms: 1000 });
  });
  it("stay as they were where a question has no answer", () => {
    const held = laidIn(NONE, ["a"], [sparkOf("a")], 0);
    expect(laidIn(held, ["a", "b"], null, 60_000).get("a")).toEqual({ spark: sparkOf("a"), at_ms: 60_000 });
    expect(laidIn(held, ["a", "b"], null, 60_000).get("b")).toEqual({ spark: null, at_ms: 60_000 });
    expect(laidIn(held, ["a"], [], 60_000).get("a")?.spark).toBeNull();
  });
  it("are no more than four hundred, whoever was scrolled past", () => {
    let held = NONE;
    for (let part = 0; part < 20; part++) {
      const ids = Array.from({ length: 50 }, (_, number) => `h${part * 50 + number}`);
      held = laidIn(held, ids, ids.map(sparkOf), part);
    }
    expect([held.size, held.has("h599"), held.has("h600"), held.has("h999")]).toEqual([400, false, true, true]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { look, startVigil } from "./vigil.ts";

const RULES = { periodMs: 90_000, lookMs: 1000 };

/** Looks each second, with the beats of that second; returns when it says stuck. */
function watch(beatsAt: (second: number) => number, seconds: number, pauses: readonly { at: number; forS: number }[] = []): number | null {
  let [vigil, now, beats] = [startVigil(0), 0, 0];
  for (let second = 1; second <= seconds; second++) {
    now += 1000 + (pauses.find(({ at }) => at === second)?.forS ?? 0) * 1000;
    beats += beatsAt(second);
    const seen = look(vigil, beats, now, RULES);
    if (seen.stuck) return now / 1000;
    vigil = seen;
  }
  return null;
}

describe("the watchdog's vigil", () => {
  it("ends a process that never gave a sign of life, and one that gave its last", () => {
    expect(watch(() => 0, 200)).toBe(90);
    expect(watch((second) => (second <= 50 ? 1 : 0), 200)).toBe(140);
  });
  it("leaves one alone whose signs come within the period, however rarely", () =>
    expect(watch((second) => (second % 89 === 0 ? 1 : 0), 5000)).toBeNull());
  it("grants a full period after a pause of the whole process", () => {
    expect(watch((second) => (second <= 50 ? 1 : 0), 400, [{ at: 100, forS: 600 }])).toBe(100 + 600 + 90);
    expect(watch(() => 1, 400, [{ at: 100, forS: 100_000 }])).toBeNull();
  });
  it("says stuck within the period and one look, wherever the beats end", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (last) => {
        expect(watch((second) => (second <= last ? 1 : 0), last + 200)).toBe(last + 90);
      }),
    );
  });
});

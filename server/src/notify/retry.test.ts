import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { again, type Outcome } from "./ports.ts";
import { pauseMs, verdictOn } from "./retry.ts";

const refused: Outcome = { kind: "refused", why: "no" };
const young = { attempts: 1, ageSeconds: 3 };

describe("the pause before another try", () => {
  it("doubles up to five minutes, and differs by chance by up to a half", () => {
    expect([1, 2, 3, 9, 10, 1000].map((attempts) => pauseMs(attempts, 1))).toEqual([1000, 2000, 4000, 256_000, 300_000, 300_000]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const most = pauseMs(attempts, 1);
        expect(pauseMs(attempts, random)).toBeGreaterThanOrEqual(most / 2);
        expect(pauseMs(attempts, random)).toBeLessThanOrEqual(Math.min(most, 300_000));
      }),
    );
  });
  it("is as long as the receiver asks for, within five minutes", () => {
    expect(verdictOn(again("busy", 42), young, 0)).toEqual({ state: "due", error: "busy", pauseMs: 42_000 });
    expect(verdictOn(again("busy", 86_400), young, 0)).toMatchObject({ pauseMs: 300_000 });
  });
});

describe("what becomes of a delivery", () => {
  it.each([
    [{ attempts: 1, ageSeconds: 100_000 }, "due"],
    [{ attempts: 99, ageSeconds: 315_000_000 }, "due"],
    [{ attempts: 400, ageSeconds: 86_399 }, "due"],
    [{ attempts: 100, ageSeconds: 86_400 }, "given_up"],
  ] as const)("that failed, %j: %s, whatever the clock of the database did", (taken, state) =>
    expect(verdictOn(again("down"), taken, 0).state).toBe(state),
  );
  it("that the receiver will never take is soon given up, and what follows it gets through", () => {
    expect([1, 7, 8].map((attempts) => verdictOn(refused, { attempts, ageSeconds: 60 }, 0).state)).toEqual(["due", "due", "given_up"]);
  });
  it("that arrived is over", () => expect(verdictOn({ kind: "delivered" }, young, 0)).toEqual({ state: "delivered" }));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Gait, LEAST_COHORT, nextGaits, type PaceWindow, WINDOWS } from "./limping.ts";

const US = 1000;
const MS = 1_000_000;
type Cohort = Record<string, PaceWindow>;

const window = (delay: number | null, hold: number | null = 30 * US): PaceWindow => ({ delay, hold });
/** Six hosts that are alike, but not the same. */
const alike = (scale = 1): Cohort =>
  Object.fromEntries([190, 200, 205, 210, 220, 230].map((us, index) => [`h${index}`, window(us * US * scale, (28 + index) * US * scale)]));

function walk(...windows: Cohort[]): Map<string, Gait> {
  return windows.reduce((gaits, cohort) => nextGaits(gaits, new Map(Object.entries(cohort))), new Map<string, Gait>());
}
const times = (count: number, cohort: Cohort): Cohort[] => Array.from({ length: count }, () => cohort);
const verdicts = (gaits: Map<string, Gait>) => Object.fromEntries([...gaits].map(([host, { verdict }]) => [host, verdict]));

describe("a host among its likes", () => {
  const slow = { ...alike(), h3: window(900 * US) };
  it("limps once it stood out for three windows in a row, and not before", () => {
    expect(walk(...times(WINDOWS - 1, slow)).get("h3")?.verdict).toBe("unknown");
    const gaits = walk(...times(WINDOWS, slow));
    expect(gaits.get("h3")).toMatchObject({ verdict: "limping", by: ["delay"] });
    expect([...gaits.values()].filter(({ verdict }) => verdict === "limping")).toHaveLength(1);
  });
  it("does not limp for a window that is slow now and then", () => {
    expect(walk(...times(3, alike()), slow, slow, alike(), slow, slow, alike()).get("h3")?.verdict).toBe("well");
  });
  it("goes well again after three windows in which it does not stand out", () => {
    const after = (count: number) => walk(...times(3, slow), ...times(count, alike())).get("h3");
    expect(after(2)).toMatchObject({ verdict: "limping", by: ["delay"] });
    expect(after(3)).toMatchObject({ verdict: "well", by: [] });
  });
  it("limps by what it holds requests, too", () => {
    const cohort = { ...alike(), h1: window(200 * US, 5 * MS) };
    expect(walk(...times(3, cohort)).get("h1")).toMatchObject({ verdict: "limping", by: ["hold"] });
  });
  it("does not limp within twice the usual, however alike the others are", () => {
    const cohort = Object.fromEntries(["a", "b", "c", "d", "e"].map((host) => [host, window(MS)]));
    expect(walk(...times(3, { ...cohort, f: window(2 * MS) })).get("f")?.verdict).toBe("well");
    expect(walk(...times(3, { ...cohort, f: window(2 * MS + 1) })).get("f")?.verdict).toBe("limping");
  });
  it("does not limp within what others differ by, even at more than twice the usual", () => {
    const cohort = Object.fromEntries([1, 2, 4, 8, 16, 32, 64].map((ms) => [`h${ms}`, window(ms * MS)]));
    expect(new Set(Object.values(verdicts(walk(...times(3, cohort)))))).toEqual(new Set(["well"]));
  });
  it("does not limp by what reading a clock costs, where all others hold nothing at all", () => {
    const cohort = Object.fromEntries(["a", "b", "c", "d", "e"].map((host) => [host, window(MS, 0)]));
    expect(walk(...times(3, { ...cohort, f: window(MS, 50 * US) })).get("f")?.verdict).toBe("well");
    expect(walk(...times(3, { ...cohort, f: window(MS, 50 * US + 1) })).get("f")?.verdict).toBe("limping");
  });
});

describe("nothing is said", () => {
  it("of a cohort that is slow as a whole: who all limp alike cannot be told by one another", () => {
    const gaits = walk(...times(3, alike()), ...times(6, alike(50)));
    expect(new Set(Object.values(verdicts(gaits)))).toEqual(new Set(["well"]));
  });
  it("of fewer than five", () => {
    const four = Object.fromEntries(["a", "b", "c", "d"].map((host) => [host, window(host === "d" ? 900 * MS : MS)]));
    expect(verdicts(walk(...times(9, four)))).toEqual({ a: "unknown", b: "unknown", c: "unknown", d: "unknown" });
  });
  it("of a host that was not measured: what was said of it is forgotten as slowly as it was learnt", () => {
    const slow = { ...alike(), h3: window(900 * US) };
    const unmeasured = { ...alike(), h3: window(null, null) };
    const after = (count: number) => walk(...times(3, slow), ...times(count, unmeasured)).get("h3")?.verdict;
    expect([after(1), after(2), after(3)]).toEqual(["limping", "limping", "unknown"]);
  });
  it("of a host that left", () => {
    const { h3: _, ...rest } = alike();
    expect(walk(...times(3, alike()), rest).has("h3")).toBe(false);
  });
});

describe("whatever the cohort", () => {
  const pace = fc.record({
    delay: fc.option(fc.double({ min: 0, max: 1e10, noNaN: true })),
    hold: fc.option(fc.double({ min: 0, max: 1e10, noNaN: true })),
  });
  const cohort = fc.dictionary(fc.stringMatching(/^h\d{1,2}$/), pace, { maxKeys: 12 });

  it("never more than half of it limps by one thing, and nobody where too few are measured", () => {
    fc.assert(
      fc.property(cohort, (one) => {
        const gaits = [...walk(...times(3, one)).values()];
        for (const what of ["delay", "hold"] as const) {
          const measured = Object.values(one).filter((window) => window[what] !== null).length;
          const limping = gaits.filter(({ by }) => by.includes(what)).length;
          expect(limping).toBeLessThanOrEqual(measured < LEAST_COHORT ? 0 : measured / 2);
        }
      }),
    );
  });
  it("the order of the hosts does not matter", () => {
    fc.assert(
      fc.property(cohort, (one) => {
        const turned = Object.fromEntries(Object.entries(one).toReversed());
        expect(verdicts(walk(...times(3, turned)))).toEqual(verdicts(walk(...times(3, one))));
      }),
    );
  });
});

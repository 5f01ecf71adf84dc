import { describe, expect, it } from "vitest";
import { isMet, showVerdict, verdict } from "./verdict.ts";

describe("a verdict", () => {
  it("judges what it shows", () => {
    expect(isMet(verdict("ratio", 1.2049, 1.2))).toBe(true);
    expect(isMet(verdict("ratio", 1.2051, 1.2))).toBe(false);
    expect(isMet(verdict("intervals", 1, 0, 0))).toBe(false);
  });
  it("never passes what could not be measured", () => {
    expect(isMet(verdict("ratio", Number.NaN, 1))).toBe(false);
    expect(isMet(verdict("ratio", Number.POSITIVE_INFINITY, 1))).toBe(false);
  });
  it("says figure and budget", () => {
    expect(showVerdict(verdict("a over b", 0.5, 1))).toBe("  met     a over b: 0.50 (budget ≤ 1)");
    expect(showVerdict(verdict("a over b", Number.NaN, 1))).toBe("  MISSED  a over b: NaN (budget ≤ 1)");
  });
});

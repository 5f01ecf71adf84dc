import { describe, expect, it } from "vitest";
import { exemptTime } from "./scope.ts";

describe("the time of an exemption", () => {
  const planned = { from: 100n, to: 200n, declaredAt: 50n };
  it("is all of it until somebody withdraws it", () => expect(exemptTime(planned, null)).toBe(planned));
  it("is none where it was withdrawn before it began, or just then", () =>
    expect([exemptTime(planned, 60n), exemptTime(planned, 100n)]).toEqual([null, null]));
  it("ends where it was withdrawn, and what is left hides no violation", () =>
    expect(exemptTime(planned, 150n)).toEqual({ from: 100n, to: 150n, declaredAt: 150n }));
  it("stays as long as it was where it was withdrawn after it was over, and turns into nothing compliant", () =>
    expect(exemptTime(planned, 900n)).toEqual({ from: 100n, to: 200n, declaredAt: 900n }));
  it("is as late as it was declared", () =>
    expect(exemptTime({ ...planned, declaredAt: 300n }, 250n)).toEqual({ from: 100n, to: 200n, declaredAt: 300n }));
  it("is the same of instants in words", () =>
    expect(exemptTime({ from: "2026-01-01T", to: "2026-01-03T", declaredAt: "2025" }, "2026-01-02T")).toMatchObject({ to: "2026-01-02T" }));
});

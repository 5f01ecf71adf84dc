import { describe, expect, it } from "vitest";
import { judging } from "./judging.ts";

const AT = "2026-11-26T03:00:00.000Z";
const LATER = "2026-11-26T03:00:10.000Z";

describe("whether somebody judges", () => {
  it("is not so where nobody ever has", () => expect(judging(null, null, 0, null).isLate).toBe(true));

  it.each([
    [2_000, false],
    [61_000, true],
    [null, false],
  ])("is told by the server's clock at first: %s ms old", (age_ms, isLate) => expect(judging(null, AT, 0, age_ms).isLate).toBe(isLate));

  it("needs no clock where one answer after the other says another instant", () => {
    const first = judging(null, AT, 0, 7_200_000);
    expect(first.isLate).toBe(true);
    expect(judging(first, LATER, 10_000, 7_200_000).isLate).toBe(false);
  });

  it("ends when the instant stands still for a minute of our own clock", () => {
    const first = judging(null, AT, 0, -3_600_000);
    const second = judging(first, AT, 50_000, -3_550_000);
    expect(second.isLate).toBe(false);
    const third = judging(second, AT, 61_000, -3_539_000);
    expect(third.isLate).toBe(true);
    expect(judging(third, AT, 62_000, 0).isLate).toBe(true);
    expect(judging(third, LATER, 70_000, 0).isLate).toBe(false);
  });

  it("is not shown by an instant that moved while nobody asked", () => {
    const before = judging(null, AT, 0, 0);
    expect(judging(before, LATER, 3_600_000, 3_590_000).isLate).toBe(true);
    expect(judging(before, LATER, 3_600_000, 1_000).isLate).toBe(false);
  });
});

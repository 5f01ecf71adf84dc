import { formatUtc, parseUtc, type UtcInstant } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { lastPeriod, type ReportRhythm } from "./schedule.ts";

const period = (rhythm: ReportRhythm, now: string): string[] => {
  const { from, to } = lastPeriod(rhythm, parseUtc(now) as UtcInstant);
  return [from, to].map((at) => formatUtc(at).slice(0, 16));
};

describe("the last period that is over", () => {
  it.each([
    ["daily", "2026-03-02T00:59:59Z", ["2026-02-28T00:00", "2026-03-01T00:00"]],
    ["daily", "2026-03-02T01:00:00Z", ["2026-03-01T00:00", "2026-03-02T00:00"]],
    ["weekly", "2026-03-02T00:30:00Z", ["2026-02-16T00:00", "2026-02-23T00:00"]],
    ["weekly", "2026-03-02T01:00:00Z", ["2026-02-23T00:00", "2026-03-02T00:00"]],
    ["weekly", "2026-03-08T23:00:00Z", ["2026-02-23T00:00", "2026-03-02T00:00"]],
    ["monthly", "2026-03-01T00:30:00Z", ["2026-01-01T00:00", "2026-02-01T00:00"]],
    ["monthly", "2026-01-01T01:00:00Z", ["2025-12-01T00:00", "2026-01-01T00:00"]],
    ["monthly", "2024-03-31T12:00:00Z", ["2024-02-01T00:00", "2024-03-01T00:00"]],
  ] as const)("%s at %s", (rhythm, now, expected) => {
    expect(period(rhythm, now)).toEqual(expected);
  });
});

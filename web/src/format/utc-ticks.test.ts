import { describe, expect, it } from "vitest";
import { tickLabel, utcDays, utcTicks } from "./utc-ticks.ts";

const ms = (text: string): number => Date.parse(text);
const labels = (from: string, to: string, ticks_max: number): string[] => utcTicks(ms(from), ms(to), ticks_max).map(({ label }) => label);

describe("ticks in UTC", () => {
  it.each([
    ["2026-11-23T14:50:03Z", "2026-11-23T15:05:03Z", 4, ["14:55", "15:00", "15:05"]],
    ["2026-11-23T14:50:03Z", "2026-11-23T14:50:13Z", 6, ["14:50:04", "14:50:06", "14:50:08", "14:50:10", "14:50:12"]],
    ["2026-11-23T14:50:03.000Z", "2026-11-23T14:50:03.010Z", 3, ["14:50:03.000", "14:50:03.005", "14:50:03.010"]],
    ["2026-11-22T20:00:00Z", "2026-11-23T08:00:00Z", 4, ["21:00", "2026-11-23", "03:00", "06:00"]],
    ["2026-11-16T12:00:00Z", "2026-11-19T12:00:00Z", 4, ["2026-11-17", "2026-11-18", "2026-11-19"]],
  ])("%s to %s in %d", (from, to, count, expected) => expect(labels(from, to, count)).toEqual(expected));
  it("never gives more ticks than there is room for, plus the one at the start", () => {
    for (let span_ms = 5; span_ms < 4e11; span_ms *= 1.9)
      for (const room of [1, 4, 11])
        expect(utcTicks(1_795_445_400_123, 1_795_445_400_123 + span_ms, room).length).toBeLessThanOrEqual(room + 1);
  });
  it("names the day at midnight and says UTC for the whole", () => {
    expect(tickLabel(ms("2026-11-23T00:00:00Z"), 60_000)).toBe("2026-11-23");
    expect(utcDays(ms("2026-11-23T01:00:00Z"), ms("2026-11-23T02:00:00Z"))).toBe("2026-11-23, UTC");
    expect(utcDays(ms("2026-11-22T01:00:00Z"), ms("2026-11-23T02:00:00Z"))).toBe("2026-11-22 to 2026-11-23, UTC");
  });
});

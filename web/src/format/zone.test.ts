import { afterEach, describe, expect, it, vi } from "vitest";
import { utcDays, utcTicks } from "./utc-ticks.ts";
import { secondIn, zoneOf, zoneText } from "./zone.ts";

/** A browser whose zone is so many minutes ahead of UTC. */
const zoneAhead = (minutes: number) => vi.spyOn(Date.prototype, "getTimezoneOffset").mockReturnValue(-minutes);
afterEach(() => void vi.restoreAllMocks());

describe("times in the browser's zone", () => {
  const AT = "2026-11-27T23:30:05.9Z";
  it("are UTC unless the address says otherwise", () => {
    zoneAhead(120);
    expect([zoneOf(""), zoneOf("?tz=local"), zoneOf("?tz=mars")]).toEqual(["utc", "local", "utc"]);
    expect(secondIn(AT, "utc")).toBe("2026-11-27 23:30:05 UTC");
  });
  it.each([
    [120, "2026-11-28 01:30:05 UTC+02:00"],
    [-210, "2026-11-27 20:00:05 UTC−03:30"],
    [0, "2026-11-27 23:30:05 UTC+00:00"],
  ])("name the zone beside the time, %i minutes ahead", (minutes, text) => {
    zoneAhead(minutes);
    expect(secondIn(AT, "local")).toBe(text);
  });
  it("leave what is no instant as it came", () => expect(secondIn("never", "local")).toBe("never"));
  it("stand under an axis at times that people there name", () => {
    zoneAhead(330);
    const from_ms = Date.parse("2026-11-27T00:00:00Z");
    expect(utcTicks(from_ms, from_ms + 6 * 3_600_000, 4, "local").map(({ label }) => label)).toEqual(["06:00", "08:00", "10:00"]);
    expect(utcDays(from_ms, from_ms + 3_600_000, "local")).toBe("2026-11-27, UTC+05:30");
    expect(zoneText(from_ms, "local")).toBe("UTC+05:30");
  });
});

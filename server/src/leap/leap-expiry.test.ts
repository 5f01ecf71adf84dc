import { type LeapList, parseUtc, type UtcInstant } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { expiryWarning, secondsToExpiry } from "./leap-expiry.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const list: LeapList = { updated: at("2026-07-06T00:00:00Z"), expires: at("2027-06-28T00:00:00Z"), rows: [] };
const DAY_MS = 86_400_000;

describe("the expiry of the leap list", () => {
  it("is counted on the database's clock, carried on by this process's monotonic one", () => {
    const seen = { now: at("2027-06-27T23:59:00Z"), atMs: 1000 };
    expect(secondsToExpiry(list, seen, 1000)).toBe(60);
    expect(secondsToExpiry(list, seen, 91_500)).toBe(-30.5);
    expect(secondsToExpiry(list, null, 0)).toBeNull();
  });
  it("is warned of from 90 days before, once a day", () => {
    const warn = (text: string, nowMs = 0, warned: number | null = null) => expiryWarning(list, at(text), nowMs, warned);
    expect(warn("2027-03-30T00:00:00Z")).toBeNull();
    expect(warn("2027-03-30T00:00:01Z")).toBe(
      "The leap list expires on 2027-06-28, in 89 days; set TRUEBOUND_LEAP_FILE to a newer leap-seconds.list",
    );
    expect(warn("2027-04-01T00:00:00Z", DAY_MS - 1, 0)).toBeNull();
    expect(warn("2027-04-01T00:00:00Z", DAY_MS, 0)).toContain("in 88 days");
    expect(warn("2027-06-28T00:00:01Z")).toMatch(/^The leap list expired on 2027-06-28/);
  });
});

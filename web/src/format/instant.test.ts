import { describe, expect, it } from "vitest";
import { toMs, utcExact, utcSecond } from "./instant.ts";

describe("instants as text", () => {
  const instant = "2026-11-23T14:50:03.123456789Z";
  it("is cut to the second, with every digit to be had", () => {
    expect(utcSecond(instant)).toBe("2026-11-23 14:50:03 UTC");
    expect(utcExact(instant)).toBe("2026-11-23 14:50:03.123\u202f456\u202f789 UTC");
    expect(utcExact("2026-11-23T14:50:03Z")).toBe("2026-11-23 14:50:03 UTC");
  });
  it("shows what it cannot read as it came", () => expect(utcSecond("2026-11-23T14:50:03+01:00")).toBe("2026-11-23T14:50:03+01:00"));
  it("places a point to the nanosecond that a screen can show", () => {
    expect(toMs(instant)).toBeCloseTo(Date.parse("2026-11-23T14:50:03.123Z") + 0.456789, 3);
    expect(toMs("2026-11-23T14:50:03Z")).toBe(Date.parse("2026-11-23T14:50:03Z"));
    expect(toMs("soon")).toBeNaN();
  });
});

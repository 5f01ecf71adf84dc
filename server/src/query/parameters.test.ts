import { parseUtc, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { parseTime } from "./time-range.ts";

describe("a time in a question", () => {
  const now = parseUtc("2026-03-01T12:00:00Z") ?? utc(0n);
  it.each([
    ["now", "2026-03-01T12:00:00Z"],
    ["now-90s", "2026-03-01T11:58:30Z"],
    ["now-6h", "2026-03-01T06:00:00Z"],
    ["now-2d", "2026-02-27T12:00:00Z"],
    ["2026-03-01T13:00:00.5+01:00", "2026-03-01T12:00:00.5Z"],
  ])("%s", (text, expected) => expect(parseTime(text, now)).toBe(parseUtc(expected)));
  it.each([
    "",
    "then",
    "now-",
    "now-1y",
    "now-1",
    "now+1h",
    "now-9999999h",
    "2026-02-30T00:00:00Z",
    "1800-01-01T00:00:00Z",
    "2200-01-01T00:00:00Z",
  ])("refuses %j", (text) => expect(parseTime(text, now)).toBeNull());
});

describe("a cursor", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string())), (parts) => {
        expect(decodeCursor(encodeCursor(parts), parts.length)).toEqual(parts);
      }),
    );
  });
  it("that we did not give is none", () => {
    fc.assert(fc.property(fc.string(), (text) => decodeCursor(text, 4) === null));
    for (const odd of ["[1,2]", '{"length":2}', "null", '["a"]'])
      expect(decodeCursor(Buffer.from(odd).toString("base64url"), 2)).toBeNull();
  });
});

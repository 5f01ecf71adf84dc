import { describe, expect, it } from "vitest";
import { stampsProblem } from "./stamps-wish.ts";
import { assumedWords, readStampLines } from "./typed-stamps.ts";

describe("stamps as they are typed", () => {
  it("reads times without a zone as UTC, and counts them", () => {
    const read = readStampLines("a,2026-11-27 09:36,one\nb,2026-11-27 09:36:01.5 UTC,two\n\nc,2026-11-27 09:36\r");
    expect(read.csv).toBe("a,2026-11-27T09:36:00Z,one\nb,2026-11-27T09:36:01.5Z,two\n\nc,2026-11-27T09:36:00Z");
    expect(assumedWords(read)).toBe("2 times without a zone: read as UTC");
  });
  it("finds times by a header, and leaves what it cannot read to the server", () => {
    const typed = 'id,timestamp,host\n1,2026-11-27 09:36,a\n2,soon,b\n3,"2026-11-27 09:36",c';
    expect(readStampLines(typed)).toEqual({ csv: typed.replace("1,2026-11-27 09:36", "1,2026-11-27T09:36:00Z"), assumed: 1 });
    expect(assumedWords(readStampLines("a,5"))).toBeNull();
  });
});

describe("what is wrong before stamps are asked", () => {
  it.each(["100us", "100 us", "100 µs", "0.1ms"])("nothing of the limit %s", (value) =>
    expect(stampsProblem({ csv: "a,5", by: "limit", value })).toBeNull(),
  );
  it.each([
    ["", "100us", "Say which stamps"],
    ["a 5", "100us", "Line 1 has no comma"],
    ["a,5", "", "limit, either way"],
    ["a,5", "100", 'Cannot read the limit "100": write a number and its unit'],
    ["a,5", "0.5ns", "no finer than a nanosecond"],
  ])("%j against %j: %s", (csv, value, words) => expect(stampsProblem({ csv, by: "limit", value })).toContain(words));
});

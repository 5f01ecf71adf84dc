import { describe, expect, it } from "vitest";
import { logLines } from "./log-line.ts";

const at = new Date(Date.UTC(2026, 10, 26, 13, 5, 9, 7));

describe("a log line", () => {
  it("begins with RFC 3339 UTC, whose clock that is, and the level", () => {
    expect(logLines(at, "warn", "cannot report: ECONNREFUSED")).toBe(
      "2026-11-26T13:05:09.007Z host-clock warn  cannot report: ECONNREFUSED\n",
    );
    expect(logLines(at, "info", "x")).toMatch(/ host-clock info {2}x\n$/);
  });
  it("is one for each line of a message", () => {
    expect(logLines(at, "error", "Cannot use A\nCannot use B").split("\n")).toEqual([
      "2026-11-26T13:05:09.007Z host-clock error Cannot use A",
      "2026-11-26T13:05:09.007Z host-clock error Cannot use B",
      "",
    ]);
  });
  it("lets no control character through, whoever chose it", () => {
    expect(logLines(at, "warn", "a\u001b[2Jb\rc\u0085d")).toMatch(/ a \[2Jb c d\n$/);
  });
});

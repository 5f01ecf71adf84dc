import { describe, expect, it } from "vitest";
import { browserError, nearer, readTime } from "./time-seen.ts";

const AT = Date.parse("2026-11-27T06:00:00Z");
const HEADER = "at=2026-11-27T06:00:00.000000000Z; earliest=2026-11-27T05:59:59.990000000Z; latest=2026-11-27T06:00:00.010000000Z";
const seen = (browser_ms: number, round_ms = 20, header = HEADER) =>
  readTime(header, { asked_ms: 100, heard_ms: 100 + round_ms, browser_ms });

describe("the browser's clock against the server's interval", () => {
  it.each([
    ["inside", AT, 0n],
    ["late by less than the round trip", AT + 32, 0n],
    ["ahead beyond the round trip", AT + 33, 1_000_000n],
    ["behind, to which a round trip adds nothing", AT - 13, -1_000_000n],
    ["an hour ahead", AT + 3_600_000, 3_599_968_000_000n],
  ])("is %s", (_words, browser_ms, error) => {
    const one = seen(browser_ms);
    expect(one && browserError(one)).toBe(error);
  });
  it("is not judged where the server does not know the time itself", () => {
    const one = seen(AT + 3_600_000, 20, "at=2026-11-27T06:00:00Z; unknown=not_proven");
    expect(one?.utc).toBeNull();
    expect(one && browserError(one)).toBeNull();
  });
  it("reads nothing from a server that says nothing", () => {
    expect(seen(AT, 20, "")).toBeNull();
    expect(readTime(null, { asked_ms: 0, heard_ms: 1, browser_ms: AT })).toBeNull();
  });
  it("keeps the faster of two answers for half a minute", () => {
    const [fast, slow] = [seen(AT, 5), seen(AT, 500)];
    if (fast === null || slow === null) throw new Error("Cannot read the header");
    expect(nearer(fast, slow)).toBe(fast);
    expect(nearer(slow, fast)).toBe(fast);
    expect(nearer(fast, { ...slow, heard_ms: slow.heard_ms + 30_000 })).not.toBe(fast);
  });
});

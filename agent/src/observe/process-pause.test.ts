import { describe, expect, it } from "vitest";
import { pausedBetween, processPaused } from "./process-pause.ts";
import { readingAt } from "./reading.fixture.ts";

const SECOND = 1_000_000_000n;

describe("a pause of the process", () => {
  it("is a tick more than three intervals late, and as long as it is late", () => {
    expect(pausedBetween(readingAt(0), readingAt(4000), SECOND)).toBeNull();
    expect(pausedBetween(readingAt(0), readingAt(4001), SECOND)).toBe(3_001_000_000n);
    expect(processPaused(readingAt(0), readingAt(11_000), SECOND)).toEqual({
      kind: "process_paused",
      detail: { for_ns: "10000000000" },
      disrupts: null,
    });
  });
  it("is none when the machine slept meanwhile: that is a suspend", () => {
    expect(pausedBetween(readingAt(0), readingAt(9000, 0, 60_000), SECOND)).toBeNull();
    expect(pausedBetween(readingAt(0), readingAt(1000, 0, 60_000), SECOND)).toBeNull();
  });
  it("is none when REALTIME moved against MONOTONIC: that is a step", () => {
    expect(pausedBetween(readingAt(0), readingAt(9000, 250), SECOND)).toBeNull();
  });
});

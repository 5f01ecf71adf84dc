import { raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { readingAt } from "../observe/reading.fixture.ts";
import type { Sample } from "../probe/samples.ts";
import { shownAhead, shownReading, shownSamples } from "./shown.ts";

const sample = { exchange: { t1: raw(1n), t2: utc(10n), t3: utc(20n), t4: raw(3n) } } as unknown as Sample;
const S = 1_000_000_000n;

describe("what a rehearsal shows", () => {
  it.each([
    ["step", { by_ns: "250" }, 250n],
    ["step", { by_ns: "-250" }, -250n],
    ["drift", { ppb: 200 }, 2_000n],
    ["drift", { ppb: -200 }, -2_000n],
    ["lost-source", { source: "a" }, 0n],
    ["lying-source", { source: "a", by_ns: "9" }, 0n],
    ["silent", {}, 0n],
  ] as const)("%s %o: after ten seconds the clock is shown %d ns ahead", (fault, more, ahead) =>
    expect(shownAhead({ fault, ...more }, 10n * S)).toBe(ahead),
  );

  it("moves REALTIME and nothing else", () => {
    const before = { ...readingAt(1), injected: 7n };
    const shown = shownReading(before, { fault: "step", by_ns: "250" }, before.rawAfter);
    expect(shown).toEqual({ ...before, realtime: before.realtime + 250n, injected: 7n - 250n });
    expect(shownReading(readingAt(1), { fault: "step", by_ns: "250" }, before.rawAfter)).not.toHaveProperty("injected");
  });

  it("takes MONOTONIC with a drift, as a slew does", () => {
    const before = readingAt(1_000);
    const shown = shownReading(before, { fault: "drift", ppb: 1_000 }, raw(before.rawAfter - S));
    const { realtime, monotonic, boottime } = before;
    expect(shown).toEqual({ ...before, realtime: realtime + 1_000n, monotonic: monotonic + 1_000n, boottime: boottime + 1_000n });
  });

  it("touches the exchanges of the source that it names, and of no other", () => {
    const lying = { fault: "lying-source", source: "a", by_ns: "5" } as const;
    expect(shownSamples([sample], lying, "a")).toEqual([{ exchange: { t1: 1n, t2: 15n, t3: 25n, t4: 3n } }]);
    expect(shownSamples([sample], lying, "b")).toEqual([sample]);
    expect(shownSamples([sample], { fault: "lost-source", source: "a" }, "a")).toEqual([]);
    expect(shownSamples([sample], { fault: "lost-source", source: "a" }, "b")).toEqual([sample]);
    expect(shownSamples([sample], { fault: "step", by_ns: "5" }, "a")).toEqual([sample]);
  });
});

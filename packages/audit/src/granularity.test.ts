import { describe, expect, it } from "vitest";
import { granularityFinding, stampGranularity } from "./granularity.ts";
import { UTC_PROFILES } from "./profiles/index.ts";

describe("the granularity of a stamp", () => {
  it.each<[string, bigint | null]>([
    ["2026-11-26T09:30:00Z", 1_000_000_000n],
    ["2026-11-26T09:30:00.1Z", 100_000_000n],
    ["2026-11-26T09:30:00.123Z", 1_000_000n],
    ["2026-11-26T09:30:00.1234567+01:00", 100n],
    ["2026-11-26 09:30:00,123456", 1000n],
    ["20261126-09:30:00.123456789", 1n],
    ["2026-11-26T09:30:00.123456789012Z", 1n],
    ["1795685400", 1_000_000_000n],
    ["1795685400123", 1_000_000n],
    ["1795685400123456", 1000n],
    ["1795685400123456789", 1n],
    ["1795685400.123456", 1000n],
    ["1795685400123.5", 100_000n],
    ["1795685400123456789.5", 1n],
    ["17956854", null],
    ["half past nine", null],
    ["", null],
  ])("%s is %s ns", (example, step) => expect(stampGranularity(example)).toBe(step));
});

describe("what is declared of stamps", () => {
  const profile = (granularity_ns: bigint | null) => ({ ...(UTC_PROFILES[0] as (typeof UTC_PROFILES)[0]), granularity_ns });
  const micros = { stamp_example: "2026-11-26T09:30:00.123456Z", clock_resolution_ns: "1" };
  it.each([
    [1000n, micros, "granularity_fits"],
    [999n, micros, "granularity_too_coarse"],
    [1000n, { ...micros, clock_resolution_ns: "1000" }, "granularity_fits"],
    [1000n, { ...micros, clock_resolution_ns: "1001" }, "granularity_too_coarse"],
    [1000n, { stamp_example: micros.stamp_example }, "granularity_undeclared"],
    [1000n, {}, "granularity_undeclared"],
    [100n, { stamp_example: micros.stamp_example }, "granularity_too_coarse"],
    [100n, { stamp_example: "noon", clock_resolution_ns: "1" }, "granularity_undeclared"],
  ])("for %d ns, %j: %s", (asked, declared, kind) => expect(granularityFinding(profile(asked), declared)?.kind).toBe(kind));
  it("is nobody's business where the profile asks for nothing", () => expect(granularityFinding(profile(null), micros)).toBeNull());
  it("names both where both are too coarse", () => {
    expect(granularityFinding(profile(100n), { ...micros, clock_resolution_ns: "4000000" })?.words).toBe(
      "Too coarse: stamps are written in steps of 1000 ns, and the clock that they are read from moves in steps of 4000000 ns; the profile asks for 100 ns or finer",
    );
  });
});

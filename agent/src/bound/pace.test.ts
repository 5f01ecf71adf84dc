import { DEFAULT_POLICY } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { paceFor } from "./pace.ts";

const pace = (limit_ns: number | null, rho_ppb = 200_000) => paceFor({ ...DEFAULT_POLICY, limit_ns, rho_ppb });

describe("the pace of readings and probes", () => {
  it("is the policy's where no limit has to be proved", () => {
    expect(pace(null)).toEqual({ readingS: 1, probeS: 16 });
  });
  it("reads ten times a second for 100 µs, and probes so that one lost reply does not lose the proof", () => {
    expect(pace(100_000)).toEqual({ readingS: 0.1, probeS: 0.25 });
    expect(pace(100_000, 15_000).probeS).toBeCloseTo(1.11, 2);
    expect(pace(1_000_000)).toEqual({ readingS: 1, probeS: 1_000_000 / 2 / 600_000 });
  });
  it("is never slower than the policy", () => {
    expect(pace(50_000_000)).toEqual({ readingS: 1, probeS: 16 });
  });
});

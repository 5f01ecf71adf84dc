import { type RawInstant, raw, type SlopeRange } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { assumed, CALIBRATION_TIME, type DriftRules, type DriftState, nextDrift } from "./drift-watch.ts";

const rules: DriftRules = { rho: 200_000n, residual: null, mayCalibrate: true };
const declared: DriftRules = { ...rules, residual: 15_000n };
const hour = (hours: number): RawInstant => raw(BigInt(Math.round(hours * Number(CALIBRATION_TIME))));
const after = (given: DriftRules, ...measured: (SlopeRange | null)[]): DriftState =>
  measured.reduce<DriftState>((state, slope, index) => nextDrift(state, given, slope, hour(index)), assumed(given));

const steady = { min: -31_000, max: -29_000 };

describe("the drift assumption", () => {
  it("stays as assumed while nothing contradicts it, and while nothing is measured", () => {
    expect(after(rules, null, steady, { min: -900_000, max: 150_000 }).basis).toBe("assumed");
    expect(after(rules, null, steady).drift).toEqual({ rho: 200_000n, centre: 0n });
  });
  it("falls when the measured slope leaves it, and is then as wide as what was measured with the assumption on top", () => {
    expect(after(rules, { min: 250_000.2, max: 260_000.5 })).toEqual({
      basis: "broken",
      drift: { rho: 460_001n, centre: 0n },
      goodSince: null,
    });
  });
  it("comes back after an hour within rho", () => {
    const fast = { min: 250_000, max: 260_000 };
    expect(after(rules, fast, fast, steady).basis).toBe("broken");
    expect(after(rules, fast, steady, steady).basis).toBe("assumed");
  });
  it("does not come back while what is measured may still lie outside", () => {
    const fast = { min: 250_000, max: 260_000 };
    const unsure = { min: 150_000, max: 250_000 };
    expect(after(rules, fast, unsure, unsure, unsure).basis).toBe("broken");
  });
  it("is calibrated only where an operator declared a residual, after an hour, and where the ruler cannot change unseen", () => {
    expect(after(rules, steady, steady).basis).toBe("assumed");
    expect(after(declared, steady).basis).toBe("assumed");
    expect(after(declared, steady, steady)).toMatchObject({ basis: "calibrated", drift: { rho: 16_000n, centre: -30_000n } });
    expect(after({ ...declared, mayCalibrate: false }, steady, steady).basis).toBe("assumed");
    const blurred = { min: -200_000, max: 180_000 };
    expect(after(declared, blurred, blurred).basis).toBe("assumed");
  });
  it("takes what is not known of the frequency on top, however small the declared residual, and less of it once more is known", () => {
    const small = { ...rules, residual: 100n };
    const vague = { min: -40_000, max: -20_000.5 };
    expect(after(small, vague, vague)).toMatchObject({ basis: "calibrated", drift: { rho: 10_100n, centre: -30_000n } });
    const sharper = { min: -38_000, max: -22_000 };
    expect(after(small, vague, vague, sharper).drift.rho).toBe(10_100n);
    expect(after(small, vague, vague, steady).drift).toEqual({ rho: 1_100n, centre: -30_000n });
  });
  it("policies the calibrated residual: a slope outside it breaks it", () => {
    expect(after(declared, steady, steady, { min: -13_500, max: -13_000 })).toMatchObject({
      basis: "broken",
      drift: { rho: 213_500n, centre: 0n },
    });
  });
});

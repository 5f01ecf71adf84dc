import { type RawInstant, raw, type SlopeRange } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { assumed, CALIBRATION_TIME, type DriftRules, type DriftState, nextDrift, refuted, renewed, SETTLING_TIME } from "./drift-watch.ts";

const rules: DriftRules = { rho: 200_000n, residual: null, mayCalibrate: true };
const declared: DriftRules = { ...rules, residual: 15_000n };
const hour = (hours: number): RawInstant => raw(BigInt(Math.round(hours * Number(CALIBRATION_TIME))));
const measuring = (state: DriftState, given: DriftRules, rate: SlopeRange | null, at: number) => nextDrift(state, given, rate, hour(at));
const after = (given: DriftRules, ...rates: (SlopeRange | null)[]): DriftState =>
  rates.reduce<DriftState>((state, slope, index) => measuring(state, given, slope, index), assumed(given));

const steady = { min: -31_000, max: -29_000 };

describe("the drift assumption", () => {
  it("stays as assumed while nothing refutes it, whatever is measured", () => {
    expect(after(rules, null, steady, { min: -900_000, max: 150_000 }, { min: 250_000, max: 260_000 }).drift).toEqual({
      rho: 200_000n,
      centre: 0n,
    });
  });
  it("that is refuted is twice what was measured, which may be a mean over the change, and the assumption on top", () => {
    expect(refuted(assumed(rules), rules, { rate: { min: 250_000.2, max: 260_000.5 } }, hour(1))).toMatchObject({
      basis: "broken",
      drift: { rho: 720_002n, centre: 0n },
      goodSince: null,
      refutedAt: hour(1),
    });
    expect(refuted(assumed(rules), rules, { rate: null }, hour(1)).drift.rho).toBe(400_000n);
  });
  it("that is refuted again is at least doubled", () => {
    const once = refuted(assumed(rules), rules, { rate: { min: 300_000, max: 310_000 } }, hour(1));
    expect(refuted(once, rules, { rate: { min: 300_000, max: 310_000 } }, hour(1)).drift.rho).toBe(1_640_000n);
  });
  it("settles to what was measured and the assumption on top, once that has been steady", () => {
    const fast = { min: 300_000, max: 310_000 };
    const broken = refuted(assumed(rules), rules, { rate: fast }, raw(0n));
    const settled = (at: bigint) => nextDrift(broken, rules, fast, raw(at)).drift.rho;
    expect([settled(SETTLING_TIME - 1n), settled(SETTLING_TIME)]).toEqual([820_000n, 510_000n]);
  });
  it("comes back after an hour wholly within rho", () => {
    const broken = refuted(assumed(rules), rules, { rate: { min: 250_000, max: 260_000 } }, hour(0));
    const back = measuring(measuring(broken, rules, steady, 1), rules, steady, 2);
    expect(back).toMatchObject({ basis: "assumed", drift: { rho: 200_000n } });
    const unsure = { min: 150_000, max: 250_000 };
    expect([1, 2, 3].reduce((state, at) => measuring(state, rules, unsure, at), broken).basis).toBe("broken");
    const unheard = measuring(measuring(broken, rules, steady, 1), rules, null, 1.5);
    expect(measuring(unheard, rules, steady, 2).basis).toBe("broken");
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
  it("does not take a frequency that leaves what is calibrated for better knowledge of it", () => {
    const small = { ...rules, residual: 100n };
    const [vague, leaving] = [
      { min: -40_000, max: -20_000 },
      { min: -21_000, max: -19_000 },
    ];
    expect(after(small, vague, vague, leaving).drift).toEqual({ rho: 10_100n, centre: -30_000n });
  });
  it("falls back to rho where the residual is refuted, and is not calibrated again in this boot", () => {
    const fallen = refuted(after(declared, steady, steady), declared, { rate: { min: -13_500, max: -13_000 } }, hour(2));
    expect(fallen).toMatchObject({ basis: "assumed", drift: { rho: 200_000n, centre: 0n } });
    const later = [3, 4, 5].reduce((state, at) => measuring(state, declared, steady, at), fallen);
    expect(later.basis).toBe("assumed");
    const disturbed = (residual: bigint) =>
      [6, 7].reduce((state, at) => measuring(state, { ...declared, residual }, steady, at), renewed(later, { ...declared, residual }))
        .basis;
    expect([disturbed(15_000n), disturbed(14_000n), disturbed(30_000n)]).toEqual(["assumed", "assumed", "calibrated"]);
  });
  it("that broke stays broken through a disturbance or a change of policy, unless the policy assumes more", () => {
    const broken = refuted(assumed(rules), rules, { rate: { min: 250_000, max: 260_000 } }, hour(0));
    expect(renewed(broken, rules)).toMatchObject({ basis: "broken", drift: broken.drift });
    expect(renewed(broken, { ...rules, rho: 900_000n })).toMatchObject({ basis: "assumed", drift: { rho: 900_000n } });
  });
});

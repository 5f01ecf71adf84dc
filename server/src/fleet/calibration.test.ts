import { describe, expect, it } from "vitest";
import { ASSUMPTIONS } from "../evidence/batch.fixture.ts";
import { suggestCalibration } from "./calibration.ts";
import { record } from "./record.fixture.ts";

const terms = { path_ns: "0", root_ns: "0", precision_ns: "0", stamp_ns: "0", drift_ns: "3200000", slew_ns: "0" };
const host = record({ assumptions: ASSUMPTIONS, terms, frequency: { oscillator: [28_000, 32_000], daemon_slew: null } });
const day = { minutes: 1_400, least: 20_000, most: 40_000 };

describe("a suggestion for a smaller drift", () => {
  it("takes half as much again as a day needed, and says what it would buy", () => {
    expect(suggestCalibration(day, host)).toEqual({
      residual_ppb: 15_000,
      oscillator_ppb: 30_000,
      minutes: 1_400,
      drift_now_ns: "3200000",
      drift_then_ns: "272001",
    });
  });
  it("is not made from less than a day, for little gain, or where something is declared already", () => {
    expect(suggestCalibration({ ...day, minutes: 600 }, host)).toBeNull();
    expect(suggestCalibration({ ...day, least: -100_000, most: 100_000 }, host)).toBeNull();
    expect(suggestCalibration(day, record({ terms, assumptions: { ...ASSUMPTIONS, drift_basis: "calibrated" } }))).toBeNull();
    expect(suggestCalibration(null, host)).toBeNull();
    expect(suggestCalibration(day, record())).toBeNull();
  });
});

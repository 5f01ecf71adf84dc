import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMeasurements, rootDistance } from "./measurements-log.ts";

const LOG = `
========================================================================================================================================
   Date (UTC) Time     IP Address   L St 123 567 ABCD  LP RP Score    Offset  Peer del. Peer disp.  Root del. Root disp. Refid     MTxRx
========================================================================================================================================
2026-11-23 18:44:58 127.0.0.1       N  2 111 111 1111  -4  0 1.00 -1.049e-05  2.378e-05  1.101e-05  0.000e+00  0.000e+00 7F7F0101 4B K K
2026-11-23 18:44:58 127.0.0.1       N  2 111 111 0111  -4 -4 0.83  4.900e-07  2.256e-06  1.271e-04  1.000e-03  2.000e-03 7F7F0101 4I K K
2026-11-23 18:44:58 127.0.0.1       N  2 111 111 1111  -4 -4 0.00  3.9`;

describe("chronyd's log of measurements", () => {
  it("gives each whole line's figures and its mode", () => {
    expect(parseMeasurements(LOG)).toEqual([
      { offset: -1.049e-5, delay: 2.378e-5, dispersion: 1.101e-5, rootDelay: 0, rootDispersion: 0, interleaved: false },
      { offset: 4.9e-7, delay: 2.256e-6, dispersion: 1.271e-4, rootDelay: 0.001, rootDispersion: 0.002, interleaved: true },
    ]);
  });
  it("gives the root distance as half the delays and all dispersion", () => {
    const [, second] = parseMeasurements(LOG);
    expect(second && rootDistance(second)).toBeCloseTo(2.628228e-3, 9);
  });
  it("takes any text, and nothing from it that is no number", () => {
    const line = fc
      .array(fc.oneof(fc.string(), fc.constantFrom("2026-11-23", "1e-5", "nan", "inf", "4I")), { maxLength: 24 })
      .map((fields) => `2026-11-23 ${fields.join(" ")}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), line)), (lines) => {
        for (const one of parseMeasurements(lines.join("\n")))
          expect(Number.isFinite(one.offset + one.delay + rootDistance(one))).toBe(true);
      }),
    );
  });
});

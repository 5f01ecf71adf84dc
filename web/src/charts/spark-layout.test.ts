import { describe, expect, it } from "vitest";
import { sparkPicture, worstErrors } from "./spark-layout.ts";

describe("a spark's picture", () => {
  it("is as high as the worse end of the bound, and nothing where an end is unknown", () => {
    const spark = { id: "a", lo_ns: ["-5", "-1", null], hi_ns: ["3", "9", null] };
    expect(worstErrors(spark)).toEqual([5, 9, null]);
  });
  it("goes in steps, has no line across a gap, and holds the limit", () => {
    const { parts, area, line, gaps, limit } = sparkPicture([100, 1000, null, null, 100], 1000);
    expect(parts).toBe(5);
    expect(gaps).toEqual([{ from: 2, to: 4 }]);
    expect(line.match(/M/g)).toHaveLength(2);
    const [low, high] = [...line.matchAll(/M0 ([\d.]+)H1V([\d.]+)H2/g)].flatMap(([, a, b]) => [Number(a), Number(b)]);
    expect(high).toBe(limit);
    expect(low).toBeGreaterThan(limit ?? 0);
    expect(area).toBe(`M0 100V${low}H1V${high}H2V100ZM4 100V${low}H5V100Z`);
  });
  it("stands between floor and top, whatever the errors are", () => {
    for (const [errors, limit_ns] of [
      [[0, 0], null],
      [[1], 1e11],
      [[3e9, 1], 1000],
    ] as const) {
      const { line, limit } = sparkPicture(errors, limit_ns);
      for (const height of [...line.matchAll(/[ V]([\d.]+)/g)].map(([, text]) => Number(text)))
        expect(height > 0 && height < 100).toBe(true);
      if (limit !== null) expect(limit > 0 && limit < 100).toBe(true);
    }
  });
  it("of nothing known is one gap", () => {
    expect(sparkPicture([null, null], 5)).toMatchObject({ area: "", line: "", gaps: [{ from: 0, to: 2 }], limit: null });
  });
});

import type { TermsPoint } from "@truebound/wire";
import { expect, it } from "vitest";
import { frequencyConfig } from "./frequency-config.ts";

const point = (second: number, frequency: TermsPoint["frequency"]): TermsPoint => ({
  t: `2026-11-27T06:00:0${second}Z`,
  status: "proven",
  terms: null,
  frequency,
  evidence: { epoch: 1, seq: second + 1 },
});

it("draws the oscillator's range and, with what the daemon added, the clock's; what is not known is a gap, never zero", () => {
  const points = [
    point(0, { oscillator: [-12_400, -11_800], daemon_slew: [11_900, 12_300] }),
    point(1, { oscillator: null, daemon_slew: [11_900, 12_300] }),
    point(2, { oscillator: [-12_400, -11_900], daemon_slew: null }),
  ];
  const { data, options } = frequencyConfig(points, { claim: "blue" } as never, { from_ms: 0, to_ms: 1 });
  expect(data.datasets.map(({ label, fill, data: line }) => [label, fill, ...line.map(({ y }) => y)])).toEqual([
    ["oscillator, greatest", "+1", -11.8, null, -11.9],
    ["oscillator, least", false, -12.4, null, -12.4],
    ["clock, greatest", "+1", 0.5, null, null],
    ["clock, least", false, -0.5, null, null],
  ]);
  const label = options?.plugins?.tooltip?.callbacks?.label as unknown as (item: { dataIndex: number }) => string[];
  expect(label({ dataIndex: 0 })).toEqual(["oscillator −12.4 to −11.8 ppm slow", "clock −0.5 to +0.5 ppm"]);
  expect(label({ dataIndex: 1 })).toEqual(["oscillator not known", "clock not known"]);
});

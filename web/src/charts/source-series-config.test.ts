import type { SourceSeries } from "@truebound/wire";
import { expect, it } from "vitest";
import { seriesUnit, sourceSeriesConfig } from "./source-series-config.ts";

const point = (minute: number, lo_ns: string, hi_ns: string, false_by = 0): SourceSeries["points"][number] => ({
  t: `2026-11-27T06:0${minute}:00Z`,
  lo_ns,
  hi_ns,
  hosts: 3,
  false_by,
});
const SERIES: SourceSeries = {
  from: "2026-11-27T06:00:00Z",
  to: "2026-11-27T06:05:00Z",
  hosts: 3,
  left_out: 0,
  step_ns: "60000000000",
  points: [point(0, "-2000", "3000"), point(1, "-48000000", "-47000000", 2), point(4, "-1000", "1000")],
  is_cut: false,
};
const PALETTE = { bound: "blue", boundSoft: "light", clash: "red", doubtSoft: "pink" } as never;
const WINDOW = { from_ms: Date.parse(SERIES.from), to_ms: Date.parse(SERIES.to) };

it("draws each part from its beginning to its end, in one unit, and leaves a gap where there is no report", () => {
  const { data } = sourceSeriesConfig(SERIES, PALETTE, WINDOW);
  expect(seriesUnit(SERIES).name).toBe("ms");
  const minute = (x: number): number => (x - WINDOW.from_ms) / 60_000;
  expect(data.datasets.map(({ label, fill, data: line }) => [label, fill, line.map(({ x, y }) => [minute(x), y])])).toEqual([
    [
      "greatest",
      "+1",
      [
        [0, 0.003],
        [1, 0.003],
        [1, -47],
        [2, -47],
        [2, null],
        [4, 0.001],
        [5, 0.001],
        [5, null],
      ],
    ],
    [
      "least",
      false,
      [
        [0, -0.002],
        [1, -0.002],
        [1, -48],
        [2, -48],
        [2, null],
        [4, -0.001],
        [5, -0.001],
        [5, null],
      ],
    ],
  ]);
});

it("tells by more than colour while some called it false, and says so to the pointer", () => {
  const { data, options } = sourceSeriesConfig(SERIES, PALETTE, WINDOW);
  const segment = data.datasets[1]?.segment as unknown as Record<string, (of: { p0DataIndex: number }) => unknown>;
  expect([0, 2].map((p0DataIndex) => [segment.borderDash?.({ p0DataIndex }), segment.borderColor?.({ p0DataIndex })])).toEqual([
    [[], "blue"],
    [[4, 3], "red"],
  ]);
  const label = options?.plugins?.tooltip?.callbacks?.label as unknown as (item: { dataIndex: number }) => string[];
  expect(label({ dataIndex: 2 })).toEqual(["−48 ms to −47 ms", "by 3 hosts", "called false by 2"]);
  expect(label({ dataIndex: 4 })).toEqual([]);
});

import type { TermsPoint } from "@truebound/wire";
import { expect, it } from "vitest";
import { termsConfig, termsUnit } from "./terms-config.ts";

const point = (second: number, path_ns: string | null): TermsPoint => ({
  t: `2026-11-27T06:00:0${second}Z`,
  status: "proven",
  terms: path_ns === null ? null : { path_ns, root_ns: "3000", precision_ns: "0", stamp_ns: "1000", drift_ns: "2000", slew_ns: "9" },
  frequency: { oscillator: null, daemon_slew: null },
  evidence: { epoch: 1, seq: second + 1 },
});

it("stacks the terms in the order of the path, in one unit, and leaves a gap where nothing is known", () => {
  const points = [point(0, "4000"), point(1, null), point(2, "5000")];
  const colours = { path: "a", root: "b", precision: "c", stamp: "d", drift: "e" };
  const window = { from_ms: Date.parse("2026-11-27T06:00:00Z"), to_ms: Date.parse("2026-11-27T06:01:00Z") };
  const { data, options } = termsConfig(points, { palette: {} as never, colours }, window);
  expect(termsUnit(points).name).toBe("µs");
  expect(data.datasets.map(({ label, fill }) => [label, fill])).toEqual([
    ["path", "origin"],
    ["root", "-1"],
    ["precision", "-1"],
    ["stamp", "-1"],
    ["drift", "-1"],
  ]);
  expect(data.datasets.map((one) => one.data.map(({ y }) => y))).toEqual([
    [4, null, 5],
    [3, null, 3],
    [0, null, 0],
    [1, null, 1],
    [2, null, 2],
  ]);
  expect(options?.scales?.y).toMatchObject({ stacked: true, beginAtZero: true });
});

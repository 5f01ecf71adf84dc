import { expect, it } from "vitest";
import type { SoakResult } from "./soak.ts";
import { soakTable } from "./table.ts";

const result: SoakResult = {
  seconds: 1_200,
  batches: 1_000,
  tally: { faults: {}, answers: {}, trouble: [] },
  memory: { perHour: -2, within: 1.5 },
  memoryMib: 160,
  heap: { perHour: 0.4, within: 3 },
  heapAtRest: [80, 80.04],
  parts: { memory: [], heap: [] },
  files: [31, 31],
  connections: [10, 9],
  connected: [],
  loop: { p50: 0.2, p99: 12, max: 210 },
  cut: 100,
  gaps: [],
};
const verdicts = (more: Partial<SoakResult>) => {
  const { text, holds } = soakTable({ ...result, ...more });
  return { holds, said: [...text.matchAll(/(holds|broken|undecided)/g)].map(([word]) => word).join(" ") };
};

it("tells how the heap grew where no request hides it", () => {
  expect(soakTable(result).text).toContain("its heap with nobody connected (80.0 MiB at the end)");
  expect(soakTable({ ...result, heapAtRest: [80, 86.5] }).text).toContain("+6.5 MiB in 20 min");
});

it("a soak holds line by line; a slope that the run is too short for is undecided, and breaks nothing", () => {
  expect(verdicts({})).toEqual({ holds: true, said: "holds undecided holds holds holds holds" });
  expect(verdicts({ memory: null, heap: null })).toEqual({ holds: true, said: "undecided undecided holds holds holds holds" });
  expect(verdicts({ memory: { perHour: 40, within: 9 } })).toEqual({ holds: false, said: "broken undecided holds holds holds holds" });
  expect(verdicts({ files: [31, 32] })).toMatchObject({ holds: false });
  expect(verdicts({ connections: [9, 10] })).toMatchObject({ holds: false });
  expect(verdicts({ loop: { p50: 1, p99: 50, max: 60 } })).toMatchObject({ holds: false });
  expect(verdicts({ gaps: ["a is not stored"] })).toMatchObject({ holds: false });
});

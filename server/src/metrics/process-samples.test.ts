import { expect, it } from "vitest";
import { type ProcessFigures, processSamples } from "./process-samples.ts";

const figures: ProcessFigures = {
  residentBytes: 150_000_000,
  openFiles: 40,
  loopDelay: { p50: 0.0005, p99: 0.012, max: 0.3 },
  pool: { total: 7, idle: 5, waiting: 3 },
  ingestWaiting: 12,
  reportJobs: ["made", "making", "made"],
};
const said = (more: Partial<ProcessFigures> = {}) =>
  processSamples({ ...figures, ...more }).map(({ family, labels, value }) =>
    [family, Object.values(labels).join(), value].join(" ").trim(),
  );

it("a process says what it takes up, how late its timers run, and what waits in it", () => {
  expect(said()).toEqual([
    "residentMemory  150000000",
    "openFiles  40",
    "loopDelay p50 0.0005",
    "loopDelay p99 0.012",
    "loopDelay max 0.3",
    "databaseConnections busy 2",
    "databaseConnections idle 5",
    "databaseWaiting  3",
    "ingestWaiting  12",
    "reportJobs made 2",
    "reportJobs making 1",
  ]);
});

it("what it does not know has no sample", () => {
  const families = said({ openFiles: null, loopDelay: null, reportJobs: [] }).map((line) => line.split(" ")[0]);
  for (const family of ["openFiles", "loopDelay", "reportJobs"]) expect(families).not.toContain(family);
});

import { describe, expect, it } from "vitest";
import type { BoundRow } from "../bound/bound-row.ts";
import { readingAt } from "../observe/reading.fixture.ts";
import { FlightRecorder } from "./flight-recorder.ts";

const KERNEL = { freq: 1n, tick: 10_000n, offset: 0n, status: 0, constant: 2n, maxError: 5n, tai: 37 };
const row = (ms: number, kernel = KERNEL): BoundRow =>
  ({ reading: { ...readingAt(ms), kernel }, status: "proven", offset: { lo: -1n, hi: 1n } }) as unknown as BoundRow;

describe("what an agent keeps of its latest minutes", () => {
  it("is every reading of ten minutes, and no older one", () => {
    const recorder = new FlightRecorder();
    for (let second = 0; second <= 700; second++) recorder.reading(row(second * 1000), 7, null);
    const { readings, missing } = recorder.recorded;
    expect([readings.length, readings[0]?.raw, readings[0]?.stealPpm, missing.readings]).toEqual([601, readingAt(100_000).rawAfter, 7, 0]);
  });
  it("is what the kernel says whenever that changes, and once a minute", () => {
    const recorder = new FlightRecorder();
    for (let second = 0; second < 100; second++)
      recorder.reading(row(second * 1000, { ...KERNEL, freq: second < 10 ? 1n : 2n, maxError: BigInt(second) }), null, null);
    const said = recorder.recorded.kernel.map(({ raw_ns, says }) => [Number(BigInt(raw_ns) / 1_000_000_000n), says.freq_2_16_ppm]);
    expect(said).toEqual([
      [0, 1],
      [10, 2],
      [70, 2],
    ]);
  });
  it("is refused exchanges with their reason, why the daemon says nothing, and routes", () => {
    const recorder = new FlightRecorder();
    recorder.reading(row(1), null, null);
    recorder.refused("a:123", "kiss_rate", { t1: 1n, t2: 2n, t3: 3n, t4: 4n });
    recorder.daemon({ trouble: "absent" });
    recorder.route("a:123", { interface: "eth0", nextHop: "10.0.0.1" });
    recorder.route("b:123", null);
    const { refusals, daemon, routes } = recorder.recorded;
    expect(refusals).toMatchObject([{ source: "a:123", reason: "kiss_rate", t2: 2n }]);
    expect(daemon.map(({ says }) => says)).toEqual([{ trouble: "absent" }]);
    expect(routes.map(({ says }) => says)).toEqual([
      { source: "a:123", interface: "eth0", next_hop: "10.0.0.1" },
      { source: "b:123", interface: null, next_hop: null },
    ]);
  });
  it("says which fault was rehearsed while any of it was seen, also when that is over, and no longer than it is kept", () => {
    const recorder = new FlightRecorder();
    const rehearsal = { id: "r1", fault: "step", for_s: 60, by_ns: "250000000", who: "A. Tester" } as const;
    recorder.reading(row(0), null, null);
    expect(recorder.recorded.rehearsal).toBeNull();
    recorder.reading(row(1_000), null, rehearsal);
    recorder.reading(row(300_000), null, null);
    expect(recorder.recorded.rehearsal).toEqual(rehearsal);
    recorder.reading(row(601_000), null, null);
    expect(recorder.recorded.rehearsal).toEqual(rehearsal);
    recorder.reading(row(601_001), null, null);
    expect(recorder.recorded.rehearsal).toBeNull();
  });
  it("is nothing of before on a clock that went back, also of what is said without a change", () => {
    const recorder = new FlightRecorder();
    recorder.reading(row(9_000), null, { id: "r1", fault: "silent", for_s: 60, who: "A. Tester" });
    recorder.reading(row(1_000), null, null);
    const { kernel, readings, rehearsal } = recorder.recorded;
    expect([kernel.map(({ raw_ns }) => raw_ns), readings.length, rehearsal]).toEqual([[readingAt(1_000).rawAfter.toString()], 1, null]);
  });
});

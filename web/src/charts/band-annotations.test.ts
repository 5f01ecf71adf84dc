import type { HostEvent } from "@truebound/wire";
import { expect, it } from "vitest";
import { bandAnnotations, limitWords, marksOf } from "./band-annotations.ts";

const event = (kind: string, at: string): HostEvent => ({ at, at_marked: false, kind, source: null, detail: {}, words: kind });
const look = { palette: {} as never, hatch: "h", gapHatch: "g" };

it("marks what moves a bound, oldest first, and leaves out what does not", () => {
  const events = [event("clock_stepped", "2026-11-27T06:05:00Z"), event("policy_applied", "2026-11-27T06:03:00Z")];
  expect(marksOf([...events, event("process_paused", "2026-11-27T06:01:00Z")]).map(({ word }) => word)).toEqual(["pause", "step"]);
});

it("draws a line at both ends of a limit in the unit of the picture, and names events that are apart", () => {
  const from_ms = Date.parse("2026-11-27T06:00:00Z");
  const events = marksOf(["06:01:00", "06:01:10", "06:09:00"].map((time) => event("clock_stepped", `2026-11-27T${time}Z`)));
  const limits = [{ scope: "equities", profile: "p", lo_ns: "-50000", hi_ns: "100000" }];
  const drawn = bandAnnotations({ limits, events }, { unit: { name: "µs", size_ns: 1000 }, from_ms, to_ms: from_ms + 600_000 }, look);
  const lines = Object.values(drawn).map((one) => one as { scaleID: string; value: number; label: { display: boolean } });
  expect(lines.map(({ scaleID, value }) => (scaleID === "y" ? value : value - from_ms))).toEqual([-50, 100, 60_000, 70_000, 540_000]);
  expect(lines.slice(2).map(({ label }) => label.display)).toEqual([true, false, true]);
});

it("says a limit by one figure where both sides are alike", () => {
  expect(limitWords({ lo_ns: "-100000", hi_ns: "100000" })).toBe("±100 µs");
  expect(limitWords({ lo_ns: "-50000", hi_ns: "100000" })).toBe("−50 µs to +100 µs");
});

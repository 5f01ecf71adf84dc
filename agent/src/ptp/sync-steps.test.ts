import { expect, it } from "vitest";
import { SyncStepsWatch } from "./sync-steps.ts";

const look = (syncs: bigint, followUps: bigint, parentPort = "gm-1") => ({ parentPort, received: { syncs, followUps } });

it("the clock that is heard is told to be a two-step one by its Follow_Ups, and a one-step one by their absence, once enough Syncs came", () => {
  const watch = new SyncStepsWatch();
  expect([look(100n, 90n), look(103n, 93n), look(104n, 94n), look(109n, 98n)].map((seen) => watch.see(seen))).toEqual([
    null,
    null,
    "two",
    "two",
  ]);
  const other = new SyncStepsWatch();
  expect([look(7n, 3n), look(12n, 3n), look(13n, 3n)].map((seen) => other.see(seen))).toEqual([null, "one", "one"]);
});

it("a clock that is newly heard, a ptp4l that began again and one that does not count show nothing of it; two clocks show that there are two", () => {
  const watch = new SyncStepsWatch();
  watch.see(look(100n, 100n));
  expect(watch.see(look(110n, 110n))).toBe("two");
  expect([watch.see(look(120n, 110n, "other-1")), watch.see(look(130n, 110n, "other-1"))]).toEqual([null, "one"]);
  expect([watch.see(look(5n, 0n, "other-1")), watch.see({ parentPort: "other-1", received: null })]).toEqual([null, null]);
  expect([watch.see(look(10n, 10n)), watch.see(look(20n, 15n))]).toEqual([null, "both"]);
});

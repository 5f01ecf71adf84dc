import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { ClockChange } from "./audit-log.ts";
import { movedBy, type SeenStep, whoMoved } from "./clock-mover.ts";
import { readingAt } from "./reading.fixture.ts";

const MS = 1_000_000n;

/** A step forward by three seconds, seen between two readings a second apart. */
const step: SeenStep = { by: 3_000n * MS, before: readingAt(60_000), after: readingAt(61_000, 3_000) };
const oldTime = step.before.realtime + 400n * MS;

const change = (event: string, over: Partial<ClockChange> = {}): ClockChange => ({
  event,
  at: oldTime,
  call: "clock_settime",
  pid: 1610,
  command: "date",
  exe: "/usr/bin/date",
  uid: 0,
  auid: 1000,
  by: null,
  adjusted: [],
  ...over,
});

const named = (...changes: readonly ClockChange[]) => whoMoved(step, changes)?.event ?? null;

describe("who made a step", () => {
  it("is found by the old clock's time and by the new clock's time", () => {
    expect(named(change("old"))).toBe("old");
    expect(named(change("new", { at: oldTime + 3_000n * MS }))).toBe("new");
  });
  it("is not found by a time more than two seconds away", () => {
    expect(named(change("long before", { at: utc(step.before.realtime - 2_001n * MS) }))).toBeNull();
    expect(named(change("long after", { at: utc(step.after.realtime + 2_001n * MS) }))).toBeNull();
  });
  it("is found by the size alone, when the patient's own stamp is far off", () => {
    expect(named(change("size", { at: 0n, by: step.by + 200_000n }))).toBe("size");
    expect(named(change("other size", { at: 0n, by: step.by + 5n * MS }))).toBeNull();
  });
  it("prefers a recorded size that fits to none, and none to one that does not fit", () => {
    const fits = change("fits", { by: step.by });
    const none = change("none");
    const other = change("other", { by: -9_000n * MS });
    expect(named(other, none, fits)).toBe("fits");
    expect(named(fits, none, other)).toBe("fits");
    expect(named(none, other)).toBe("none");
    expect(named(other)).toBe("other");
  });
  it("is the latest of those that fit alike", () => expect(named(change("first"), change("second"))).toBe("second"));
  it("is nobody who only steered", () => {
    expect(named(change("freq", { call: "adjtimex", adjusted: [{ field: "freq", from: 0n, to: 1n }] }))).toBeNull();
  });
});

it("the finding gives the size of the record apart from the size that was seen", () => {
  expect(movedBy(step, change("x")).detail).toEqual({
    pid: 1610,
    command: "date",
    exe: "/usr/bin/date",
    uid: 0,
    auid: 1000,
    call: "clock_settime",
    by_ns: null,
    step_ns: "3000000000",
  });
});

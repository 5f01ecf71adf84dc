import { describe, expect, it } from "vitest";
import { stampParts, stampProblem, stampText, timeProblem } from "./stamp-text.ts";

describe("a time as it is typed", () => {
  it.each(["2026-11-26T13:05:09Z", "2026-11-26T13:05:09.007123456Z", "2026-11-26T15:05:09+02:00", "1782470709007123456"])(
    "%s is one",
    (text) => expect(timeProblem("A", text)).toBeNull(),
  );
  it.each([
    ["", "Say the time of A"],
    ["2026-11-26T13:05:09", "in which zone"],
    ["2026-11-26 13:05:09.5", "in which zone"],
    ["2026-11-26T13:05:09.0071234567Z", "finer than a nanosecond"],
    ["2026-02-30T13:05:09Z", "Cannot read the time of A"],
    ["yesterday", "Cannot read the time of A"],
  ])("%s is none, and why is said", (text, words) => expect(timeProblem("A", text)).toContain(words));
  it("wants a host too", () => expect(stampProblem("A", "", "1")).toContain("Say which host A"));
});

it("takes a stamp apart at its last @", () => {
  expect(stampParts(stampText("a@b", "5"))).toEqual({ host: "a@b", time: "5" });
  expect(stampParts("only")).toEqual({ host: "only", time: "" });
});

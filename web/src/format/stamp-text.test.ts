import { describe, expect, it } from "vitest";
import { readAsWords, readTyped, stampParts, stampProblem, stampText, timeProblem, zonedProblem } from "./stamp-text.ts";

describe("a time as it is typed", () => {
  it.each([
    ["2026-11-26T13:05:09Z", "2026-11-26T13:05:09Z"],
    ["2026-11-26T13:05:09.007123456Z", "2026-11-26T13:05:09.007123456Z"],
    ["2026-11-26T15:05:09+02:00", "2026-11-26T15:05:09+02:00"],
    ["2026-11-26 15:05 -05:00", "2026-11-26T15:05:00-05:00"],
    ["2026-11-26 13:05:09.007\u202f123\u202f456 UTC", "2026-11-26T13:05:09.007123456Z"],
    ["1782470709007123456", "1782470709007123456"],
  ])("%s is read as %s, its zone as it was typed", (typed, text) => {
    expect(readTyped(typed)).toEqual({ text, isUtcAssumed: false });
    expect([timeProblem("A", typed), zonedProblem("A", typed), readAsWords(typed)]).toEqual([null, null, null]);
  });
  it.each([
    ["2026-11-27 09:36", "2026-11-27T09:36:00Z", "2026-11-27 09:36:00 UTC"],
    [" 2026-11-27T09:36:01.5 ", "2026-11-27T09:36:01.5Z", "2026-11-27 09:36:01.5 UTC"],
  ])("%s has no zone: UTC is taken and said, and asked for where something is declared", (typed, text, said) => {
    expect(readTyped(typed)).toEqual({ text, isUtcAssumed: true });
    expect(timeProblem("A", typed)).toBeNull();
    expect(readAsWords(typed)).toBe(`Read as ${said}: no zone was given`);
    expect(zonedProblem("A", typed)).toContain("in which zone");
  });
  it.each([
    ["", "Say the time of A, such as 2026"],
    ["2026-11-26T13:05:09.0071234567Z", "finer than a nanosecond"],
    ["2026-02-30T13:05:09Z", 'no such time as "2026-02-30T13:05:09Z", said of A'],
    ["2026-11-27 25:00", "no such time"],
    ["yesterday", 'Cannot read "yesterday", the time of A: write 2026'],
    ["2026-11-27", "Cannot read"],
  ])("%s is none, and why is said", (text, words) => expect(timeProblem("A", text)).toContain(words));
  it("wants a host too", () => expect(stampProblem("A", "", "1")).toContain("Say which host A"));
});

it("takes a stamp apart at its last @, and says its time with a zone", () => {
  expect(stampParts(stampText("a@b", "5"))).toEqual({ host: "a@b", time: "5" });
  expect(stampText("a", "2026-11-27 09:36")).toBe("a@2026-11-27T09:36:00Z");
  expect(stampParts("only")).toEqual({ host: "only", time: "" });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clocksourceChanged, parseClocksource } from "./clocksource.ts";

describe("the clocksource", () => {
  it.each([
    ["tsc\n", "tsc"],
    ["hyperv_clocksource_tsc_page", "hyperv_clocksource_tsc_page"],
    ["", null],
    ["\n", null],
    ["two words\n", null],
    ["tsc\nhpet\n", null],
    [`${"x".repeat(65)}\n`, null],
  ])("%j is %j", (text, name) => expect(parseClocksource(text)).toBe(name));

  it("is no name for whatever bytes, unless it is printable", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => /^[!-~]+$/.test(parseClocksource(text) ?? "none")));
  });

  it("voids what was measured when it changes", () => {
    expect(clocksourceChanged("tsc", "hpet")).toEqual({
      kind: "clocksource_changed",
      detail: { from: "tsc", to: "hpet" },
      disrupts: "clocksource_changed",
    });
  });
  it.each([
    ["tsc", "tsc"],
    [null, "tsc"],
    ["tsc", null],
    [null, null],
  ])("from %j to %j is no change", (before, now) => expect(clocksourceChanged(before, now)).toBeNull());
});

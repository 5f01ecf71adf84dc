import type { HostSummary } from "@truebound/wire";
import { STATUSES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { matching } from "./search.ts";
import { TALLY, tallied, worstOf } from "./tally.ts";

const host = (name: string, over: Partial<HostSummary>): HostSummary => ({
  id: name,
  name,
  labels: {},
  liveness: "reporting",
  status: "proven",
  reason: null,
  clone_suspected: false,
  is_ahead: false,
  delivered_until: null,
  as_of: null,
  as_of_marked: false,
  guaranteed: null,
  tight: null,
  worst_error_ns: null,
  words: "",
  injected_ns: null,
  last_received_at: null,
  ...over,
});

const fleet = [
  host("a", { worst_error_ns: "500" }),
  host("b", { status: "conflict", reason: "sources_disagree", worst_error_ns: "90000000000000000001" }),
  host("c", { liveness: "silent", worst_error_ns: "90000000000000000002" }),
  host("d", { status: "unknown", labels: { region: "eu-west" } }),
];

describe("the fleet in counts", () => {
  it("counts every host that is heard exactly once, by its status, and finds it by that alone", () => {
    for (const status of STATUSES)
      for (const liveness of ["enrolled", "reporting", "late", "silent", "retired", "revoked"] as const)
        for (const peer_standing of ["cleared", "flagged"] as const)
          expect(TALLY.filter(({ belongs }) => belongs(host("x", { status, liveness, peer_standing })))).toHaveLength(
            ["enrolled", "reporting", "late"].includes(liveness) ? 1 : 0,
          );
    expect(matching([host("x", { peer_standing: "flagged" })], "accused")).toHaveLength(1);
    for (const { finds, belongs } of TALLY) expect(matching(fleet, finds)).toEqual(fleet.filter(belongs));
    const off = host("e", { guaranteed: { lo_ns: "1", hi_ns: "2" } });
    const counts = tallied([...fleet, off]).filter(({ number }) => number > 0);
    expect(counts.map(({ line, number, off: isOff }) => [line.name, number, isOff])).toEqual([
      ["conflict", 1, 0],
      ["unknown", 1, 0],
      ["proven", 2, 1],
    ]);
  });
  it("names the host that can be the most wrong among those still heard from", () => {
    expect(worstOf(fleet)?.name).toBe("b");
    expect(worstOf([])).toBeNull();
    expect(worstOf([host("d", { status: "unknown" })])).toBeNull();
  });
});

describe("search", () => {
  it.each([
    ["", "abcd"],
    ["state=conflict", "b"],
    ["limit=silent", "c"],
    ["sources disagree", "b"],
    ["SILENT", "c"],
    ["region=eu", "d"],
    ["eu unknown", "d"],
    ["eu proven", ""],
  ])("%s finds %s", (words, names) =>
    expect(
      matching(fleet, words)
        .map(({ name }) => name)
        .join(""),
    ).toBe(names),
  );
});

import type { HostSummary } from "@truebound/wire";
import { STATUSES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { countByLimit, LIMIT_LINES, limitStanding } from "./limit-standing.ts";
import { matching } from "./search.ts";

const host = (lo_ns: string | null, hi_ns: string, over: Partial<HostSummary> = {}): HostSummary => ({
  id: "a",
  name: "a",
  labels: {},
  liveness: "reporting",
  status: "proven",
  reason: null,
  clone_suspected: false,
  is_ahead: false,
  delivered_until: null,
  as_of: null,
  as_of_marked: false,
  guaranteed: lo_ns === null ? null : { lo_ns, hi_ns },
  tight: null,
  worst_error_ns: null,
  words: "",
  injected_ns: null,
  last_received_at: null,
  limit_ns: "100",
  ...over,
});

describe("a host against its limit", () => {
  it.each([
    ["-100", "100", "inside"],
    ["-101", "100", "unproved"],
    ["-100", "101", "unproved"],
    ["100", "900", "unproved"],
    ["101", "900", "outside"],
    ["-900", "-101", "outside"],
    ["-900", "900", "unproved"],
    ["9007199254740993000000000", "9007199254740993000000001", "outside"],
  ])("%s to %s is %s", (lo, hi, standing) => expect(limitStanding(host(lo, hi))).toBe(standing));

  it("is proved by guaranteed bounds alone", () => {
    for (const status of STATUSES)
      for (const [lo, hi, standing] of [
        ["-1", "1", "inside"],
        ["500", "501", "outside"],
      ] as const)
        expect(limitStanding(host(lo, hi, { status }))).toBe(status === "proven" || status === "holdover" ? standing : "unproved");
    expect(limitStanding(host("-1", "1", { peer_standing: "flagged" }))).toBe("unproved");
    expect(limitStanding(host(null, ""))).toBe("unproved");
    expect(limitStanding(host("-1", "1", { liveness: "late" }))).toBe("inside");
  });

  it("is silent whatever it said last, and never inside a limit that nobody named", () => {
    expect(limitStanding(host("-1", "1", { liveness: "silent" }))).toBe("silent");
    const { limit_ns: _, ...unlimited } = host("-1", "1");
    expect(limitStanding(unlimited)).toBe("none");
    expect(limitStanding({ ...unlimited, liveness: "silent" })).toBe("silent");
  });

  it("is counted once, and found by what its count links to", () => {
    const { limit_ns: _, ...unlimited } = host("-1", "1");
    const fleet = [host("-1", "1"), host("-1", "900"), host("500", "501"), host("1", "2", { liveness: "silent" }), unlimited];
    expect(countByLimit(fleet)).toEqual({ outside: 1, unproved: 1, silent: 1, inside: 1, none: 1 });
    for (const { standing, finds } of LIMIT_LINES) expect(matching(fleet, finds).map(limitStanding)).toEqual([standing]);
  });
});

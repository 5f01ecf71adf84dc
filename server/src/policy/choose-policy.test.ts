import { DEFAULT_POLICY } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { DEMO_RULES } from "../demo-rules.ts";
import { choosePolicy, type PolicyRule, withLeapList } from "./choose-policy.ts";

const rule = (selector: Record<string, string>, block: PolicyRule["block"], version: number): PolicyRule => ({ selector, block, version });

describe("the policy of a host", () => {
  const rules = [
    rule({ site: "a", role: "db" }, { faults: 2 }, 3),
    rule({}, { probe_interval_s: 32 }, 1),
    rule({ site: "a" }, { probe_interval_s: 8, faults: 0 }, 4),
    rule({ site: "b" }, { rho_ppb: 1_000 }, 9),
  ];
  it("is the default where no rule speaks", () => expect(choosePolicy({}, [])).toEqual(DEFAULT_POLICY));
  it("takes each field from the rule that names most labels, and the newest version of those that count", () => {
    expect(choosePolicy({ site: "a", role: "db", other: "x" }, rules)).toEqual({
      ...DEFAULT_POLICY,
      probe_interval_s: 8,
      faults: 2,
      version: 4,
    });
    expect(choosePolicy({ role: "db" }, rules)).toEqual({ ...DEFAULT_POLICY, probe_interval_s: 32, version: 1 });
  });
  it("lets a newer rule win over an older one of equal weight", () => {
    expect(choosePolicy({ a: "1", b: "1" }, [rule({ b: "1" }, { faults: 1 }, 8), rule({ a: "1" }, { faults: 2 }, 7)]).faults).toBe(1);
  });
  it("comes with the leap list, unless a rule brings its own", () => {
    expect(withLeapList(DEFAULT_POLICY, "#@ 1").leap_list).toBe("#@ 1");
    expect(withLeapList({ ...DEFAULT_POLICY, leap_list: "#@ 2" }, "#@ 1").leap_list).toBe("#@ 2");
    expect(withLeapList(DEFAULT_POLICY, undefined)).toEqual(DEFAULT_POLICY);
  });
  it("makes the demo quick, and gives the pair of liars a budget of two", () => {
    const demo = DEMO_RULES.map((one, version) => ({ ...one, version }));
    expect(choosePolicy({ demo: "true", demo_scenario: "two_liars" }, demo)).toMatchObject({
      faults: 2,
      probe_interval_s: 2,
      reading_interval_s: 0.5,
      report_interval_s: 2,
    });
    expect(choosePolicy({ demo: "true", demo_scenario: "healthy" }, demo)).toMatchObject({ faults: null, report_interval_s: 2 });
  });
});

import { Assumptions, DEFAULT_POLICY, type Policy, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { makeSource, parseSource, type Source } from "../probe/source.ts";
import { PolicyInForce } from "./policy-in-force.ts";

const FOUND = [makeSource("192.0.2.9", 123, "discovered")];
const NOTHING = { sources: null, probeIntervalS: null, rhoPpb: null, faults: null };
const named = (texts: readonly string[]) => texts.map((text) => parseSource(text) as Source);
const inForce = (policy: Partial<Policy>, own: readonly string[] | null = null, declared: readonly string[] = []) =>
  new PolicyInForce({ ...DEFAULT_POLICY, ...policy }, { ...NOTHING, sources: own && named(own), declared }, FOUND);
const ids = (policy: PolicyInForce) => policy.sources.map(({ id }) => id);

describe("whom a host measures against", () => {
  it("is nobody twice: two places under one name would be two votes of one", () => {
    expect(ids(inForce({ sources: ["b", "external:/run/a.sock name=gps", "external:/run/b.sock name=gps", "b"] }))).toEqual([
      "b:123",
      "external:gps",
    ]);
    expect(inForce({ sources: ["external:/run/a.sock name=gps", "external:/run/b.sock name=gps"] }).sources[0]?.host).toBe("/run/a.sock");
  });
  it("is whom it names itself, where that is a server of NTP", () =>
    expect(ids(inForce({ sources: ["b"] }, ["a", "external:/run/gps.sock"]))).toEqual(["a:123", "external:/run/gps.sock"]));
  it("is, beside what it names that is none, whom the policy names, or who was found", () => {
    expect(ids(inForce({ sources: ["b"] }, ["external:/run/gps.sock"]))).toEqual(["external:/run/gps.sock", "b:123"]);
    expect(ids(inForce({}, ["external:/run/gps.sock"]))).toEqual(["external:/run/gps.sock", "192.0.2.9:123"]);
    expect(ids(inForce({}))).toEqual(["192.0.2.9:123"]);
  });
  it("is never a program that somebody from elsewhere wants started", () => {
    const policy = inForce({ sources: ["external:exec:/bin/sh -c evil", "external:/run/gps.sock", "b"] });
    expect(ids(policy)).toEqual(["external:/run/gps.sock", "b:123"]);
    expect(ids(inForce({ sources: ["external:exec:/bin/sh"] }))).toEqual(["192.0.2.9:123"]);
    expect(ids(inForce({}, ["external:exec:/bin/say name=gps"]))).toContain("external:gps");
  });
});

it("what counts though it is only declared is what either says, once; nothing where nobody does", () => {
  const both = inForce({ declared: ["external:gps", "ptp:a"] }, null, ["external:gps", "phc:b"]);
  expect([both.effective.declared, inForce({}).effective.declared]).toEqual([["external:gps", "ptp:a", "phc:b"], undefined]);
});

it("what counts though it is only declared fits into a report, as much as either may say", () => {
  const some = (kind: string) => Array.from({ length: 16 }, (_, index) => `${kind}:${index}`);
  const declared = inForce({ declared: some("ptp") }, null, some("phc")).effective.declared ?? [];
  const others = {
    rho_ppb: 0,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: null,
    faults: 0,
    slew_ppm: 0,
    slew_basis: "unknown",
  };
  const isReported = validator(Assumptions);
  expect([declared.length, isReported.errors({ ...others, stamp_mode: "simulated", declared })]).toEqual([32, []]);
});

import { parseUtc, type UtcInstant } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAIR_PROFILES } from "./pair-profiles.ts";
import { isInForce } from "./profile.ts";
import { readProfile, sayProfile } from "./profile-text.ts";

const GOOD = {
  id: "my-cluster",
  kind: "pair",
  title: "Our cluster",
  limit_ns: "5000000",
  limit_on: "difference between two nodes",
  valid_from: "2026-03-02",
  valid_to: null,
  jurisdiction: null,
  source: { text: "order of the house 7", url: null },
  verified: true,
  note: "since the move",
};
const at = (text: string) => parseUtc(text) as UtcInstant;

describe("the profiles that come with it", () => {
  it.each(PAIR_PROFILES.map((profile) => [profile.id, profile] as const))("%s reads as it is said", (_, profile) => {
    expect(readProfile(JSON.parse(JSON.stringify(sayProfile(profile))))).toEqual({ kind: "read", profile });
  });
  it("stand in order, each by a name of its own, each with the address of its source", () => {
    const ids = PAIR_PROFILES.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(PAIR_PROFILES.filter(({ source }) => source.url === null)).toEqual([]);
  });
  it("say the figures of their sources", () => {
    const limit = (id: string) => PAIR_PROFILES.find((profile) => profile.id === id)?.limit_ns;
    // 80 % of the 500 ms that CockroachDB allows.
    expect(limit("cockroachdb")).toBe((500_000_000n * 80n) / 100n);
    expect([limit("ceph-mon"), limit("yugabytedb"), limit("kerberos")]).toEqual([50_000_000n, 500_000_000n, 300_000_000_000n]);
  });
});

describe("a profile is in force", () => {
  const dated = { id: "x", valid_from: "2026-03-02", valid_to: "2026-03-03" };
  it.each([
    ["2026-03-01T23:59:59.999999999Z", false],
    ["2026-03-02T00:00:00Z", true],
    ["2026-03-03T23:59:59.999999999Z", true],
    ["2026-03-04T00:00:00Z", false],
  ])("at %s: %s", (time, expected) => expect(isInForce(dated, at(time))).toBe(expected));
  it("without an end for as long as nobody ends it", () => {
    expect(isInForce({ ...dated, valid_to: null }, at("9999-01-01T00:00:00Z"))).toBe(true);
  });
  it("by days that exist", () => {
    expect(() => isInForce({ ...dated, valid_from: "2026-02-30" }, at("2026-03-01T00:00:00Z"))).toThrow("2026-02-30 to 2026-03-03");
  });
});

describe("a profile that somebody wrote", () => {
  const problemsOf = (json: unknown) => {
    const read = readProfile(json);
    return read.kind === "read" ? [] : read.problems;
  };
  it("is taken when nothing is wrong with it", () => {
    expect(readProfile(GOOD)).toEqual({ kind: "read", profile: { ...GOOD, limit_ns: 5_000_000n } });
  });
  it.each([
    [{ limit_ns: 5 }, '/limit_ns is 5: it must be nanoseconds above 0 as a decimal string, such as "400000000" for 400 ms'],
    [{ limit_ns: "0" }, '/limit_ns is "0": it must be'],
    [{ limit_ns: "1.5" }, '/limit_ns is "1.5": it must be'],
    [{ id: "My Cluster" }, '/id is "My Cluster": it must be lower-case letters and digits joined by hyphens'],
    [{ kind: "divergence" }, '/kind is "divergence": it must be "pair"'],
    [{ title: " " }, '/title is " ": it must be words'],
    [{ valid_from: "2026-02-30" }, '/valid_from is "2026-02-30": it must be a day as YYYY-MM-DD'],
    [{ valid_to: "soon" }, '/valid_to is "soon": it must be a day as YYYY-MM-DD, or null'],
    [{ valid_to: "2026-03-01" }, "/valid_to is 2026-03-01: it must not be before valid_from, 2026-03-02"],
    [{ source: "me" }, '/source is "me": it must be an object'],
    [{ source: { text: "me", url: "me.example.net" } }, '/source/url is "me.example.net": it must be an address'],
    [{ source: { text: "me" } }, "/source/url is missing"],
    [{ verified: "yes" }, '/verified is "yes": it must be true or false'],
    [{ limit: "5ms" }, "/limit means nothing here: there are id, kind,"],
  ])("is told what is wrong with %j", (change, problem) => {
    expect(problemsOf({ ...GOOD, ...change })).toEqual([expect.stringContaining(problem)]);
  });
  it("is told all of it at once", () => {
    expect(problemsOf({})).toHaveLength(Object.keys(GOOD).length);
    expect(problemsOf([])).toEqual(["/ is []: a profile is an object"]);
  });
  it("is never a crash, and what is taken is what was written", () => {
    const odd = fc.oneof(fc.anything({ withBigInt: true }), fc.record({}), fc.constantFrom(null, "", "1", 1n));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(GOOD)), odd, (field, value) => {
        const given = { ...GOOD, [field]: value };
        const read = readProfile(given);
        if (read.kind === "read") expect(sayProfile(read.profile)).toEqual(given);
        else expect(read.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import type { Exemption, Result } from "../manifest.ts";
import { byHost, named } from "./by-host.ts";
import { heldExemption } from "./held-exemption.ts";
import { stepped } from "./lane-keys.ts";
import { listedSpans } from "./listed-spans.ts";
import { type Span, totalsWords, whyOf } from "./span-words.ts";

const at = (time: string): string => `2026-03-02T${time}.000000000Z`;
const NOTHING = {
  audited_ns: "100",
  exempt_ns: "0",
  compliant_ns: "100",
  violation_ns: "0",
  unproven_ns: "0",
  conflict_ns: "0",
  no_evidence_ns: "0",
};

const EXEMPTION: Exemption = {
  id: "17",
  from: at("10:10:00"),
  to: at("10:20:00"),
  reason: "switch replaced",
  declared_by: "n.okafor",
  declared_at: at("09:00:00"),
};

const result = (changes: Partial<Result> = {}): Result => ({
  host: "a",
  name: "match-01",
  scope: "matching",
  profile: "us-cat-member",
  terms: { limit_ns: ["-100000", "100000"], app_error_ns: "0", requires_traceability: false },
  schedule: [[at("08:00:00"), at("16:30:00")]],
  exemptions: [],
  cuts: [],
  spans: [],
  episodes: [],
  totals: NOTHING,
  shares: { proven_ppm: null, violation_ppm: null, coverage_ppm: null, compliance_ppm_range: null },
  sampled: { samples: 0, inside: 0, greatest_divergence_ns: null, longest_interval_ns: null },
  statistics: { unproven_by_ns: { wide: "0", drift: "0", conflict: "0", leap: "0" } },
  findings: [],
  documents: [],
  verdict: "PASS",
  ...changes,
});

const span = (from: string, to: string, verdict: string): Span => [at(from), at(to), verdict];

describe("why a stretch has its verdict", () => {
  it("names the size of a breach, and only that of the breach that lies there", () => {
    const episodes = [
      { from: at("10:00:00"), to: at("10:01:00"), peak_proven_ns: "148220" },
      { from: at("11:00:00"), to: at("11:01:00"), peak_proven_ns: "900000" },
    ];
    expect(whyOf(result({ episodes }), span("10:00:00", "10:01:00", "VIOLATION"))).toEqual([
      "certainly off by 148.22\u00a0µs at its worst",
    ]);
  });

  it("names a cause where there is one only, and else which there may be", () => {
    const by = (more: object) => result({ statistics: { unproven_by_ns: { wide: "0", drift: "0", leap: "0", ...more } } });
    const doubtful = span("10:00:00", "10:01:00", "UNPROVEN");
    expect(whyOf(by({ wide: "7" }), doubtful)).toEqual(["the bound reached over the limit"]);
    const minute = "60000000000";
    const either = ["one of: the bound reached over the limit; a leap second was near"];
    expect(whyOf(by({ wide: minute, leap: minute }), doubtful)).toEqual(either);
    // What else there is of them is shorter than the stretch: some of it at least is of this one.
    expect(whyOf(by({ wide: minute, leap: "1" }), doubtful)).toEqual(["the bound reached over the limit"]);
    expect(whyOf(by({ wide: "30000000000", leap: "30000000000" }), doubtful)).toEqual([
      "the bound reached over the limit",
      "a leap second was near",
    ]);
    const exempted = { ...by({ wide: minute, leap: "1" }), exemptions: [{ ...EXEMPTION, from: at("10:00:30") }] };
    expect(whyOf(exempted, doubtful)[0]).toBe(either[0]);
    expect(whyOf(by({}), doubtful)).toEqual([]);
  });

  it("names what stands beside no evidence: a cut that touches it, a chain that nobody shows, an agent that there is not", () => {
    const unseen = span("13:00:00", "13:08:00", "NO_EVIDENCE");
    const cuts: Result["cuts"] = [
      [at("12:59:00"), at("13:00:00"), "lost_evidence"],
      [at("15:00:00"), at("15:00:01"), "boot"],
    ];
    expect(whyOf(result({ cuts }), unseen)).toEqual(["cut: lost evidence"]);
    expect(whyOf(result({ host: null }), unseen)).toEqual(["it is listed, and no agent of that name reported"]);
    const demanded = result({ terms: { ...result().terms, requires_traceability: true } });
    expect(whyOf(demanded, unseen)[0]).toContain("no document shows");
  });

  it("says what lies outside of the hours, and which exemption hides what", () => {
    const early = span("07:00:00", "08:00:00", "COMPLIANT");
    expect(whyOf(result(), early)).toEqual(["within ±100\u00a0µs at every instant", "outside of the hours: counts for no verdict"]);
    expect(whyOf(result(), span("07:00:00", "08:00:01", "COMPLIANT")).at(-1)).toBe("partly outside of the hours");
    const breach = span("10:14:00", "10:15:00", "VIOLATION");
    expect(whyOf(result({ exemptions: [EXEMPTION] }), breach)).toEqual(["exemption 17 by n.okafor: switch replaced"]);
    const late = { ...EXEMPTION, declared_at: at("14:00:00") };
    expect(whyOf(result({ exemptions: [late] }), breach).join()).toContain("late: it hides no breach");
  });
});

describe("what an exemption holds for", () => {
  it("is all of it, or up to its withdrawal and then late, or nothing", () => {
    expect(heldExemption(EXEMPTION)).toMatchObject({ to: at("10:20:00"), isLate: false });
    expect(heldExemption({ ...EXEMPTION, withdrawn_at: at("10:15:00") })).toMatchObject({ to: at("10:15:00"), isLate: true });
    expect(heldExemption({ ...EXEMPTION, withdrawn_at: at("10:10:00") })).toBeNull();
    expect(heldExemption({ ...EXEMPTION, declared_at: at("10:10:00") })).toMatchObject({ isLate: false });
  });
});

it("says how long it was what, every nanosecond, and that nothing is audited", () => {
  const totals = { ...NOTHING, violation_ns: "12700000000", unproven_ns: "3", conflict_ns: "2", exempt_ns: "60000000000" };
  expect(totalsWords({ totals }).replaceAll("\u00a0", " ")).toBe(
    "12.7 s proved outside, 3 ns not provable, 100 ns proved inside, of what is not provable 2 ns contradictory, 1 min exempt",
  );
  expect(totalsWords({ totals: { ...NOTHING, audited_ns: "0" } })).toBe("no time is audited");
});

describe("the order of hosts", () => {
  const of = (name: string, profile: string, totals: Partial<Result["totals"]>) =>
    result({ host: name, name, profile, totals: { ...NOTHING, ...totals } });
  const all = [
    of("right", "a", {}),
    of("quiet", "a", { audited_ns: "0", compliant_ns: "0" }),
    of("doubtful", "a", { compliant_ns: "40", unproven_ns: "60" }),
    of("bad", "a", {}),
    of("bad", "b", { violation_ns: "1", compliant_ns: "99" }),
  ];
  it("is by the worst result of each, whose own come worst first", () => {
    expect(byHost(all).map(({ name, results }) => `${name}: ${results.map(({ profile }) => profile).join()}`)).toEqual([
      "bad: b,a",
      "doubtful: a",
      "right: a",
      "quiet: a",
    ]);
  });
  it("keeps those whose name, profile or scope has the words", () => {
    expect(named(byHost(all), " DOUBT").map(({ name }) => name)).toEqual(["doubtful"]);
    expect(named(byHost(all), "")).toHaveLength(4);
  });
});

it("lists all of few stretches, and of many those that are not proved inside", () => {
  const many = Array.from(
    { length: 401 },
    (_, index): Span => [String(index), String(index + 1), index % 2 === 0 ? "COMPLIANT" : "UNPROVEN"],
  );
  expect(listedSpans(many.slice(0, 200))).toMatchObject({ rows: { length: 200 }, caption: "200 stretches" });
  expect(listedSpans(many).caption).toBe("The 200 of 401 stretches that are not proved inside; all are in manifest.json");
  expect(listedSpans([...many, ["401", "402", "VIOLATION"]]).caption).toMatch(/^The first 200 of 201 of 402 /);
});

it("goes along a lane by keys, from run to run, and stays at its ends", () => {
  const runs = [
    { from: 0, to: 3, what: "COMPLIANT" },
    { from: 3, to: 4, what: "VIOLATION" },
    { from: 6, to: 9, what: "COMPLIANT" },
  ];
  expect(stepped(runs, 1, "ArrowRight")).toBe(3);
  expect(stepped(runs, 8, "ArrowRight")).toBe(6);
  expect(stepped(runs, 3, "ArrowLeft")).toBe(0);
  expect(stepped(runs, null, "ArrowRight")).toBe(0);
  expect(stepped(runs, 3, "End")).toBe(6);
  expect(stepped(runs, 3, "a")).toBeUndefined();
});

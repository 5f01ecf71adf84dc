import { utc } from "@truebound/time";
import { type FindingKind, SOURCE_STATES, STATUSES } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { HostRecord } from "../../fleet/host-record.ts";
import { DECLARATION } from "../../fleet/source.fixture.ts";
import { ASSUMPTIONS, aSource, healthy, LEAP_LIST, START } from "../alert-world.fixture.ts";
import { certaintyOf, dominantOf } from "../certainty.ts";
import type { RuleInForce } from "../finding.ts";
import { factsOf, type HostSeen, looksLikeGlitch } from "../host-facts.ts";
import type { HouseFacts } from "../house-facts.ts";
import { SHIPPED_RULES } from "../shipped-rules.ts";
import { findingOfEvent, isFresh } from "./event.ts";
import { domainConflicts, leapFileExpired, leapPending, serverClock } from "./fleet.ts";
import { houseFindings } from "./house.ts";
import { HOST_TESTS, SOURCE_TESTS } from "./tests.ts";

const MS = 1_000_000;
const facts = (record: Partial<HostRecord>, seen: Partial<HostSeen> = {}) =>
  factsOf({ record: healthy(1, record), liveness: "reporting", ageMs: 1_000, ...seen }, true, false);
const bound = (lo: number, hi: number) => ({ lo: BigInt(lo * MS), hi: BigInt(hi * MS) });

function rule(finding: FindingKind, more = {}): RuleInForce {
  const shipped = SHIPPED_RULES.find((one) => one.finding === finding) ?? { ...SHIPPED_RULES[0], finding };
  const whole = { ...shipped, clear_pct: 90, ...more } as RuleInForce["rule"];
  return { rule: whole, finding, severity: "warning", limit: 100 * MS, clear: 90 * MS };
}

const ask = (finding: FindingKind, record: Partial<HostRecord>, on = false, seen: Partial<HostSeen> = {}, more = {}) =>
  HOST_TESTS[finding]?.(facts(record, seen), rule(finding, more), on);

describe("a bound and a limit of 100 ms", () => {
  const KINDS = ["proved_outside_limit", "bound_exceeds_limit", "cannot_prove_limit", "near_limit", "will_exceed_in"] as const;
  it.each([
    ["within", bound(-1, 1), "proven", []],
    ["beyond, behind", bound(101, 110), "proven", ["proved_outside_limit"]],
    ["beyond, ahead", bound(-110, -101), "proven", ["proved_outside_limit"]],
    ["just touching it", bound(100, 110), "proven", ["bound_exceeds_limit"]],
    ["reaching past it", bound(-1, 101), "proven", ["bound_exceeds_limit"]],
    ["reaching past both ends", bound(-200, 200), "proven", ["bound_exceeds_limit"]],
    ["at it exactly", bound(-100, 0), "proven", ["near_limit"]],
    ["more than four fifths of it", bound(-10, 81), "proven", ["near_limit"]],
    ["four fifths of it", bound(-10, 80), "proven", []],
    ["held, beyond", bound(101, 110), "holdover", ["proved_outside_limit"]],
    // 200 ppm: one millisecond lasts five seconds, and a limit of 100 ms for little more than eight minutes.
    ["held, soon past it", bound(-1, 99), "holdover", ["will_exceed_in"]],
    ["held, and far from it", bound(-1, -1), "holdover", []],
    ["by one vote", bound(101, 110), "unverified", ["cannot_prove_limit"]],
    ["in conflict", bound(-1, 1), "conflict", ["cannot_prove_limit"]],
    ["without one", null, "unknown", ["cannot_prove_limit"]],
    ["disrupted", null, "disrupted", ["cannot_prove_limit"]],
  ] as const)("%s", (_, given, status, expected) => {
    expect(KINDS.filter((kind) => ask(kind, { bound: given, status }, false, {}, { within_s: 300 }) === "holds")).toEqual(expected);
  });
  it("is in one of the three for every bound and status, whatever they are", () => {
    const ends = [-150, -100, -90, 0, 90, 100, 150];
    for (const status of STATUSES)
      for (const lo of ends)
        for (const hi of ends.filter((one) => one >= lo)) {
          const held = KINDS.slice(0, 3).filter((kind) => ask(kind, { bound: bound(lo, hi), status }) === "holds");
          const isInside = (status === "proven" || status === "holdover") && lo >= -100 && hi <= 100;
          expect([status, lo, hi, held.length]).toEqual([status, lo, hi, isInside ? 0 : 1]);
        }
  });
  it("an alert that goes on is over only within its share of the limit", () => {
    expect([95, 91, 89].map((ms) => ask("proved_outside_limit", { bound: bound(ms, ms + 1) }, true))).toEqual(["holds", "holds", "over"]);
    expect([95, 91, 89].map((ms) => ask("bound_exceeds_limit", { bound: bound(-1, ms) }, true))).toEqual(["holds", "holds", "over"]);
  });
  it("of a host that is silent, or was not heard yet, nothing is known", () => {
    for (const kind of KINDS) {
      expect(ask(kind, { bound: bound(101, 110) }, false, { liveness: "silent" })).toBe("unknown");
      expect(ask(kind, { bound: bound(101, 110) }, false, { ageMs: null })).toBe("unknown");
    }
    expect(ask("not_proved_inside", {}, false, { liveness: "silent" })).toBe("holds");
    expect(ask("not_proved_inside", {}, false, { ageMs: null })).toBe("unknown");
  });
  it("what is not proved inside", () => {
    expect([bound(-1, 1), bound(-1, 101), null].map((one) => ask("not_proved_inside", { bound: one }))).toEqual(["over", "holds", "holds"]);
    expect(ask("not_proved_inside", { bound: bound(-1, 1), status: "unverified" })).toBe("holds");
  });
  it("an offset by the tight bound where there is one", () => {
    expect(ask("offset_exceeds", { bound: bound(-200, 400), tight: bound(101, 102) })).toBe("holds");
    expect(ask("offset_exceeds", { bound: bound(-200, 400), tight: null })).toBe("over");
    expect(ask("offset_exceeds", { bound: null })).toBe("unknown");
  });
});

describe("what a report says beside the limit", () => {
  it.each([
    ["no_majority", { status: "no_majority" }, "holds"],
    ["no_majority", { status: "conflict" }, "holds"],
    ["no_majority", { status: "proven" }, "over"],
    ["disrupted", { status: "disrupted" }, "holds"],
    ["disrupted", { status: "unknown" }, "over"],
    ["drift_assumption_broken", { assumptions: { ...ASSUMPTIONS, drift_basis: "broken" } }, "holds"],
    ["drift_assumption_broken", { assumptions: ASSUMPTIONS }, "over"],
    ["drift_assumption_broken", { assumptions: null }, "unknown"],
    ["root_declaration_void", { sources: [aSource(1), aSource(2, { declaration: { ...DECLARATION, void: "refid" } })] }, "holds"],
    ["root_declaration_void", { sources: [aSource(1), aSource(2, { declaration: DECLARATION })] }, "over"],
    ["clone_suspected", { clone: { attempts: 1n, address: null, ownAddress: null, since: utc(1n) } }, "holds"],
    ["clone_suspected", {}, "over"],
    ["daemon_dead", { daemon: { at: utc(START), findings: ["daemon_dead"] } }, "holds"],
    ["daemon_dead", { daemon: { at: utc(START), findings: ["daemon_bound_violated"] } }, "over"],
    ["daemon_bound_violated", { daemon: { at: utc(START), findings: ["daemon_bound_violated"] } }, "holds"],
    ["daemon_bound_violated", { daemon: { at: utc(START), findings: [], unjudged: ["daemon_bound_violated"] } }, "unknown"],
    ["daemon_bound_violated", { daemon: null }, "unknown"],
    ["daemon_bound_violated", { daemon: { at: utc(START - 700_000_000_000n), findings: ["daemon_bound_violated"] } }, "unknown"],
    ["daemon_bound_violated", { daemon: { at: utc(START - 700_000_000_000n), findings: [] } }, "unknown"],
    ["shared_upstream", { votes: 2, sources: [2, 3].map((one) => aSource(one, { stratum: 2, refid: 0xc0000201 })) }, "holds"],
    ["shared_upstream", { votes: 3, sources: [2, 3].map((one) => aSource(one, { stratum: 2, refid: 0xc0000201 })) }, "over"],
    ["shared_upstream", { votes: 2, sources: [2, 3].map((one) => aSource(one, { stratum: 1, refid: 0x47505300 })) }, "over"],
    ["shared_upstream", { votes: null }, "unknown"],
    ["frequency_exceeds", { frequency: { oscillator: [100_001, 120_000], daemon_slew: null } }, "holds"],
    ["frequency_exceeds", { frequency: { oscillator: [-120_000, -100_001], daemon_slew: null } }, "holds"],
    ["frequency_exceeds", { frequency: { oscillator: [99_999, 120_000], daemon_slew: null } }, "over"],
    ["frequency_exceeds", { frequency: null }, "unknown"],
  ] as const)("%s, case %#", (finding, record, expected) => {
    expect(ask(finding, record as Partial<HostRecord>)).toBe(expected);
  });
  it("a standing in the mesh accuses, once the mesh is known", () => {
    const standing = { standing: "flagged", tier: "guaranteed", suspects: 1, leastLiars: 1 } as const;
    expect(ask("bounds_inconsistent", {}, false, { standing })).toBe("holds");
    expect(ask("bounds_inconsistent", {}, false, { standing: { ...standing, standing: "suspect" } })).toBe("over");
    const unsolved = factsOf({ record: healthy(1), liveness: "reporting", ageMs: 1, standing }, false, false);
    expect(HOST_TESTS.bounds_inconsistent?.(unsolved, rule("bounds_inconsistent"), false)).toBe("unknown");
  });
  it("liveness: late and silent are two, and only a report that was seen ends a silence", () => {
    const said = (seen: Partial<HostSeen>) => [ask("host_silent", {}, false, seen), ask("host_late", {}, false, seen)];
    expect(said({})).toEqual(["over", "over"]);
    expect(said({ liveness: "late" })).toEqual(["over", "holds"]);
    expect(said({ liveness: "silent", ageMs: null })).toEqual(["holds", "unknown"]);
    expect(said({ ageMs: null })).toEqual(["unknown", "unknown"]);
  });
});

describe("a source", () => {
  const LOST = { never_answered: "holds", stale: "holds", resolving: "holds" } as Record<string, string>;
  const FALSE = {
    falseticker: "holds",
    vote_void: "holds",
    inconsistent_with_itself: "holds",
    agrees: "over",
    never_answered: "over",
    stale: "over",
    resolving: "over",
  } as Record<string, string>;
  it.each(SOURCE_STATES)("%s", (state) => {
    expect(SOURCE_TESTS.source_lost?.(facts({}), aSource(1, { state }))).toBe(LOST[state] ?? "over");
    expect(SOURCE_TESTS.falseticker?.(facts({}), aSource(1, { state }))).toBe(FALSE[state] ?? "unknown");
    expect(SOURCE_TESTS.falseticker?.(facts({}, { liveness: "silent" }), aSource(1, { state }))).toBe("unknown");
    // Nothing rests on a second opinion: nobody is told that it is lost, or that it disagrees.
    const opinion = aSource(1, { state, kind: "opinion", counts: false });
    const tests = [SOURCE_TESTS.source_lost, SOURCE_TESTS.falseticker, SOURCE_TESTS.declared_source_contradicts];
    expect(tests.map((test) => test?.(facts({}), opinion))).toEqual(["over", "over", "over"]);
  });
  it("follows a grandmaster, whose class says whether that follows anything; only a PTP port does", () => {
    const of = (more: object, seen: Partial<HostSeen> = {}) => SOURCE_TESTS.grandmaster_lost_reference?.(facts({}, seen), aSource(1, more));
    const port = (clock_class?: number) => ({ kind: "ptp", facts: clock_class === undefined ? {} : { clock_class } });
    expect([6, 7, 52, 187, 248].map((one) => of(port(one)))).toEqual(["over", "holds", "holds", "holds", "holds"]);
    expect([of(port()), of(port(7), { liveness: "silent" }), of({}), of({ kind: "phc", facts: { clock_class: 7 } })]).toEqual([
      "unknown",
      "unknown",
      "over",
      "over",
    ]);
  });
});

describe("a source without a vote", () => {
  const beside = (kind: "external" | "opinion", state: "falseticker" | "agrees" | "stale") => aSource(1, { state, kind, counts: false });
  const ask = (finding: "falseticker" | "declared_source_contradicts", source: ReturnType<typeof beside>) =>
    SOURCE_TESTS[finding]?.(facts({}), source);
  it("is no false ticker: what its document declares contradicts the bound", () => {
    const source = beside("external", "falseticker");
    expect([ask("falseticker", source), ask("declared_source_contradicts", source)]).toEqual(["over", "holds"]);
    expect(["agrees" as const, "stale" as const].map((state) => ask("declared_source_contradicts", beside("external", state)))).toEqual([
      "over",
      "over",
    ]);
  });
  it("declares nothing where it is an opinion, nor where it has a vote", () => {
    expect(ask("declared_source_contradicts", beside("opinion", "falseticker"))).toBe("over");
    expect(ask("declared_source_contradicts", aSource(1, { state: "falseticker", kind: "external", counts: true }))).toBe("over");
  });
});

describe("an event", () => {
  it("is of the present near the host's latest reading only", () => {
    const host = healthy(1);
    const at = (seconds: number) => ({ at: utc(START + BigInt(seconds) * 1_000_000_000n) });
    expect([isFresh(at(-599), host), isFresh(at(-601), host), isFresh(at(601), host)]).toEqual([true, false, false]);
    expect(isFresh(at(0), { ...host, receivedAt: utc(START + 86_400_000_000_000n) })).toBe(false);
    expect(isFresh(at(0), { ...host, asOf: null })).toBe(false);
  });
  it("a leap that the list names is no host's matter, one that only sources tell of is", () => {
    expect(findingOfEvent({ kind: "leap_pending", detail: { by: "leap_list" } })).toBeNull();
    expect(findingOfEvent({ kind: "leap_pending", detail: { by: "leap_indicators" } })).toBe("leap_pending");
    expect(findingOfEvent({ kind: "spool_gap", detail: {} })).toBe("spool_degraded");
    expect(findingOfEvent({ kind: "agent_started", detail: {} })).toBeNull();
  });
});

describe("the fleet", () => {
  const DAY = 86_400_000_000_000n;
  const now = utc(START);
  it("a leap is near for 28 days", () => {
    const listed = (days: bigint) => ({ ...LEAP_LIST, rows: [...LEAP_LIST.rows, { from: utc(START + days * DAY), taiMinusUtc: 38 }] });
    expect([28n, 29n, -1n].map((days) => leapPending(listed(days), now).truth)).toEqual(["holds", "over", "over"]);
  });
  it("a list is told 30 days before it expires, and after", () => {
    const until = (days: bigint) => leapFileExpired({ ...LEAP_LIST, expires: utc(START + days * DAY) }, now);
    expect([30n, 29n, -1n].map((days) => until(days).truth)).toEqual(["over", "holds", "holds"]);
    expect(until(-1n).words).toMatch(/^The leap list expired on \d{4}-\d\d-\d\d: set TRUEBOUND_LEAP_FILE/);
  });
  it.each([
    ["nobody", [], "holds", "no_evidence"],
    [
      "a simulated host",
      [{ record: healthy(1, { bootId: "own", assumptions: { ...ASSUMPTIONS, stamp_mode: "simulated" } }) }],
      "holds",
      "no_evidence",
    ],
    ["one that is proven", [{ record: healthy(1, { bootId: "own" }) }], "over", "proved_inside"],
    ["one that was not heard yet", [{ record: healthy(1, { bootId: "own" }), ageMs: null }], "unknown", "no_evidence"],
    ["one that is silent", [{ record: healthy(1, { bootId: "own" }), liveness: "silent" }], "holds", "no_evidence"],
    ["one that knows nothing", [{ record: healthy(1, { bootId: "own", status: "unknown", bound: null }) }], "holds", "no_evidence"],
    ["one by one vote", [{ record: healthy(1, { bootId: "own", status: "unverified" }) }], "holds", "cannot_prove"],
    ["one that may be 1.2 s off", [{ record: healthy(1, { bootId: "own", bound: bound(-1200, 1) }) }], "holds", "cannot_prove"],
  ] as const)("the server's clock, measured by %s", (_, entries, expected, certainty) => {
    const seen = entries.map((one) => ({ liveness: "reporting", ageMs: 1, ...one }) as HostSeen);
    expect(serverClock(seen, "own")).toMatchObject({ truth: expected, certainty });
  });
  it("says of whom the server's clock is not proved, and why", () => {
    const record = healthy(1, { bootId: "own", name: "vm", status: "unknown", reason: "never_measured", bound: null });
    expect(serverClock([{ record, liveness: "reporting", ageMs: 1 } as HostSeen], "own").words).toBe(
      "Nothing proves this server's clock: vm, which measures it, has the status unknown (no source has ever given a usable answer)",
    );
  });
  it("knows nothing of the server's clock where the machine has no boot id", () => {
    expect(serverClock([], null).truth).toBe("unknown");
  });
  it("a conflict that accuses nobody is the domain's", () => {
    const conflict = { id: 1n, tier: "guaranteed", suspects: ["a", "b"], flagged: [], cleared: [], leastLiars: 1 } as const;
    const stored = { ...conflict, cycles: [], firstSeen: now, lastSeen: now, endedAt: null };
    expect(domainConflicts([stored], (id) => ({ domain: "eu", name: `host-${id}` }))).toMatchObject([
      { subject: "mesh:eu", truth: "holds", words: expect.stringContaining("accused: host-") },
    ]);
    expect(domainConflicts([{ ...stored, suspects: ["a"] }], () => ({ domain: "eu", name: "db-1" }))[0]?.words).toBe(
      "In the mesh eu hosts measured what contradicts db-1, and nobody can be accused of it alone",
    );
    expect(domainConflicts([{ ...stored, flagged: ["a"] }], (id) => ({ domain: "eu", name: `host-${id}` }))).toEqual([]);
    expect(domainConflicts([{ ...stored, endedAt: now }], (id) => ({ domain: "eu", name: `host-${id}` }))).toEqual([]);
  });
});

describe("the server's own evidence and papers", () => {
  const DAY = 86_400_000_000_000n;
  const well: HouseFacts = { now: utc(START), blocked: [], blockedCount: 0, differences: 0, scrubAgeSeconds: 86_400, reviews: [] };
  const told = (facts: HouseFacts | null) => houseFindings(facts).map(({ truth }) => truth);
  const due = (days: bigint, of = {}) => ({ of, due: utc(START + days * DAY) });
  it("are unknown before they were looked at, and well where nothing is the matter", () => {
    expect(told(null)).toEqual(["unknown", "unknown", "unknown"]);
    expect(told(well)).toEqual(["over", "over", "over"]);
  });
  it("are told with the names of hosts whose log stops, and what differs", () => {
    const [log] = houseFindings({ ...well, blocked: ["a", "b"], blockedCount: 5, differences: 2 });
    expect(log).toMatchObject({
      truth: "holds",
      words:
        "What is stored of a, b and 3 more is not what was received, and their log stops there; 2 places of the log are not what was logged: truebound log show says what to do",
    });
    expect(told({ ...well, differences: 1 })[0]).toBe("holds");
  });
  it("are told when the log was not read again for a day", () => {
    expect(houseFindings({ ...well, scrubAgeSeconds: 90_001 })[1]).toMatchObject({
      truth: "holds",
      words: expect.stringContaining(" 26 h ago") as unknown,
    });
  });
  it("are told 60 days before a review is due, and after", () => {
    expect([61n, 60n, -1n].map((days) => told({ ...well, reviews: [due(days)] })[2])).toEqual(["over", "holds", "holds"]);
    const words = (...reviews: HouseFacts["reviews"]) => houseFindings({ ...well, reviews })[2]?.words;
    expect(words(due(-1n, { site: "fra" }), due(3n), due(99n))).toMatch(
      /of hosts with site=fra was due on \d{4}-\d\d-\d\d, and 1 more are or will be soon: truebound traceability review$/,
    );
    expect(words(due(3n))).toContain("of all hosts is due on");
  });
});

describe("certainty", () => {
  it.each([
    [bound(101, 110), "proven", "proved_outside"],
    [bound(-1, 1), "holdover", "proved_inside"],
    [bound(-1, 101), "proven", "cannot_prove"],
    [bound(101, 110), "unverified", "cannot_prove"],
    [null, "unknown", "no_evidence"],
  ] as const)("case %#", (given, status, expected) => {
    expect(certaintyOf(facts({ bound: given, status }), 100 * MS)).toBe(expected);
  });
  it("of a silent host there is no evidence, whatever it said last", () => {
    expect(certaintyOf(facts({ bound: bound(101, 110) }, { liveness: "silent" }), 100 * MS)).toBe("no_evidence");
  });
  it("the dominant part is the offset where the clock itself is off by more than the width", () => {
    const terms = { path_ns: "900", root_ns: "100", precision_ns: "1", stamp_ns: "1", drift_ns: "5000", slew_ns: "10" };
    expect(dominantOf({ bound: bound(101, 110), terms })).toBe("offset");
    expect(dominantOf({ bound: bound(-5, 5), terms })).toBe("drift");
    expect(dominantOf({ bound: bound(-5, 5), terms: null })).toBeNull();
    expect(dominantOf({ bound: null, terms })).toBeNull();
  });
});

describe("2^32 ns", () => {
  it("is known by where the bound lies", () => {
    const at = (lo: bigint, hi: bigint) => looksLikeGlitch({ ...healthy(1), bound: { lo, hi } });
    expect([at(4_294_000_000n, 4_295_000_000n), at(-4_295_000_000n, -4_294_000_000n)]).toEqual([true, true]);
    expect([at(4_000_000_000n, 4_295_000_000n), at(-1n, 1n)]).toEqual([false, false]);
  });
});

import { PROFILES, type Profile } from "@truebound/audit";
import { BILLION, holds, prospect, utc } from "@truebound/time";
import { type Batch, DEFAULT_POLICY, HostPlan, packColumn, type Terms, validator } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { record } from "../fleet/record.fixture.ts";
import { assumptions, source } from "../fleet/source.fixture.ts";
import { hostPlan, type Known, type Presence } from "./host-plan.ts";
import { measuredIn } from "./measured.ts";
import { asFarOffAsNow, offersOf, ownLimit, situationOf } from "./situation.ts";
import { planInWords } from "./tell-plan.ts";

const TERMS: Terms = { path_ns: "40000", root_ns: "23000", precision_ns: "100", stamp_ns: "400", drift_ns: "400000", slew_ns: "0" };

interface Said {
  /** s of BOOTTIME. */
  readonly at: number;
  readonly hi?: bigint;
  readonly status?: Batch["bounds"]["status"][number];
  readonly reason?: Batch["bounds"]["reason"][number];
  readonly votes?: number;
  readonly polls?: number;
  readonly gap?: bigint | null;
  readonly more?: Partial<Batch>;
}

/** What a plan reads of a report: 463.5 µs of width and 6.5 µs of offset. */
const report = ({
  at,
  hi = 470_000n,
  status = "proven",
  reason = null,
  votes = 3,
  polls = 10 + at / 16,
  gap = BILLION,
  more = {},
}: Said): Batch =>
  ({
    boot_id: "boot",
    sealed_boottime_ns: String(BigInt(Math.round(at * 1e9))),
    assumptions: assumptions({ slew_ppm: 520 }),
    terms: TERMS,
    sources: ["a", "b", "c"].map((name) => source(`${name}.example:123`, { polls })),
    bounds: {
      status: [status],
      reason: [reason],
      lo_ns: packColumn([-hi + 10_000n]),
      hi_ns: packColumn([hi]),
      gap_ns: packColumn([gap]),
      votes: [votes],
    },
    ...more,
  }) as unknown as Batch;

const sound = [0, 32, 64, 96, 128].map((at) => report({ at }));
const MILLISECOND = { limit: 1_000_000n, appError: 0n, countsUnverified: false };
const HEARD = { liveness: "reporting", heardAgo: 4n * BILLION } as const;
const plan = (batches: readonly Batch[], limit = MILLISECOND, policy = DEFAULT_POLICY): HostPlan => {
  const measured = measuredIn(batches);
  const host = record({ name: "db-1", assumptions: assumptions({ slew_ppm: 520 }) });
  const known: Known | null = measured && {
    measured,
    situation: situationOf(measured, policy, limit),
    offers: offersOf(host, measured, null),
    from: utc(0n),
    to: utc(128n * BILLION),
  };
  const made = hostPlan(host, limit, HEARD, known);
  expect(validator(HostPlan).errors(made)).toEqual([]);
  return made;
};

describe("what reports say of how a host is measured", () => {
  it("takes a boot's time that did not go on for no pace: one host that says so must not cost the plans of all others", () => {
    const measured = measuredIn([128, 96, 64, 32, 0].map((at) => report({ at, polls: 200 - at })));
    expect(measured?.sources.map(({ apart }) => apart)).toEqual([null, null, null]);
    expect(plan([128, 96, 64, 32, 0].map((at) => report({ at, polls: 200 - at }))).live.verdict).toBe("no");
  });
  it("is a sample without the drift since, the worst of all, and the offset that its width does not explain", () => {
    const measured = measuredIn([...sound, report({ at: 160, hi: 480_000n })]);
    expect(measured).toMatchObject({
      reports: 6,
      sample: { path: 40_000n, root: 23_000n, precision: 100n, stamp: 400n, offset: 16_500n },
      leastReach: 63_000n,
      slew: 520_000n,
      drift: 200_000n,
      faults: 1,
      readApart: BILLION,
    });
    expect(measured?.votes).toEqual(Array.from({ length: 3 }, () => ({ floor: BILLION, apart: 16n * BILLION })));
  });
  it("takes off no more drift than there surely was: around a calibrated frequency a side may have grown by nothing", () => {
    const calibrated = { assumptions: assumptions({ rho_ppb: 1_000, oscillator_ppb: 20_000, drift_basis: "calibrated" }) };
    expect(measuredIn([report({ at: 0, more: calibrated })])).toMatchObject({ drift: 21_000n, sample: { offset: 470_000n - 63_500n } });
  });
  it("does not count the first polls of an agent, which come in a burst", () => {
    const early = [2, 4, 5, 6, 7, 8].map((polls, index) => report({ at: [0, 6, 22, 38, 54, 70][index] as number, polls }));
    expect(measuredIn(early.slice(0, -1))?.votes[0]?.apart).toBeNull();
    expect(measuredIn(early)?.votes[0]?.apart).toBe(16n * BILLION);
  });
  it("does not count intervals of a few polls, nor across a boot", () => {
    const [early, late] = [report({ at: 0, polls: 3 }), report({ at: 48, polls: 6 })];
    expect(measuredIn([early, late])?.votes[0]?.apart).toBeNull();
    expect(measuredIn([{ ...early, boot_id: "before" }, report({ at: 160, polls: 13 })])?.votes[0]?.apart).toBeNull();
  });
  it("takes off no more drift than there is between polls of the source that counts: an older exchange is none of that source", () => {
    // a and b are asked each second, and prove no better than 10 ms; c and d each 64 s, and it is an exchange of c that is 49.5 s old.
    const sources = (at: number) => [
      ...["a", "b"].map((name) => source(name, { polls: 10 + at })),
      ...["c", "d"].map((name) => source(name, { origin: "pool", polls: 10 + Math.floor(at / 64) })),
    ];
    const at = (seconds: number) =>
      report({ at: seconds, votes: 4, hi: 10_000_000n, more: { sources: sources(seconds), terms: { ...TERMS, drift_ns: "9900000" } } });
    const mixed = [0, 128, 256, 384, 512].map(at);
    const { live, terms } = plan(mixed, { ...MILLISECOND, limit: 5_000_000n });
    expect(live).toMatchObject({ verdict: "no" });
    expect(BigInt(live.worst_ns ?? 0)).toBeGreaterThan(10_000_000n - (2_100_000n * 200n) / 1_000n);
    expect(terms?.drift_ns).toBe("420000");
  });
  it("keeps what terms do not explain where peers set the bound, since those of the last source's exchange grow stale", () => {
    const terms = { ...TERMS, drift_ns: "9900000" };
    const stale = [0, 128, 256].map((at) => report({ at, votes: 5, hi: 9_000_000n, more: { terms } }));
    expect(measuredIn(stale)?.sample.offset).toBe(9_000_000n - 63_500n - 6_720_000n);
  });
  it("is nothing where nothing sets the bound", () => {
    expect(measuredIn([])).toBeNull();
    expect(measuredIn([report({ at: 0, status: "holdover" })])).toBeNull();
    expect(measuredIn([report({ at: 0, more: { terms: null } })])).toBeNull();
  });
  it("counts of shared votes the slowest sources, and peers beside sources", () => {
    const slow = { sources: [source("a", { polls: 40 }), source("b", { origin: "pool", polls: 0 }), source("c", { state: "stale" })] };
    expect(measuredIn([report({ at: 0, votes: 1, more: slow })])?.votes).toEqual([{ floor: 64n * BILLION, apart: null }]);
    expect(measuredIn([report({ at: 0, votes: 3, more: slow })])?.votes.map(({ isPeer }) => isPeer)).toEqual([undefined, undefined, true]);
  });
});

describe("the plan of a host", () => {
  it("says what stands in the way, and the change that is cheapest, with its pace and its cost", () => {
    const { live, report: inReport, binding, pace, cost, basis } = plan(sound);
    expect(live).toMatchObject({ verdict: "no", words: "Not proved at every instant, with one reply lost: up to 7.06 ms" });
    expect(inReport.verdict).toBe("no");
    expect(binding).toEqual({ term: "drift", ns: "6720000" });
    expect(pace).toEqual({ reading_ns: "1000000000", poll_ns: "16000000000" });
    expect(basis).toMatchObject({ reports: 5, votes: 3, votes_needed: 3, interleaved: false });
    expect(live.ways[0]?.changes.map(({ kind }) => kind)).toEqual(["pace"]);
    expect(live.ways[0]?.changes[0]?.words).toMatch(/^Set limit: 1ms in the host's policy: sources are then polled every 1\.\d+ s/);
    expect(Number(live.ways[0]?.cost.packets_per_day)).toBeGreaterThan(5 * Number(cost?.packets_per_day));
  });
  it("is proved once the policy names the limit, and nothing has to change", () => {
    const limited = { ...DEFAULT_POLICY, limit_ns: 1_000_000 };
    const paced = sound.map((one, index) => ({ ...one, sources: one.sources.map((each) => ({ ...each, polls: 10 + index * 22 })) }));
    expect(plan(paced, MILLISECOND, limited)).toMatchObject({ live: { verdict: "yes", ways: [] }, report: { verdict: "yes", ways: [] } });
  });
  it("is unknown where nothing was heard, in every part", () => {
    expect(plan([])).toMatchObject({
      live: { verdict: "unknown", worst_ns: null },
      report: { verdict: "unknown" },
      terms: null,
      binding: null,
      cost: null,
    });
  });
  it("of a host that fell silent is unknown, whatever it said last, and says how long ago that was", () => {
    const measured = measuredIn(sound);
    if (measured === null) throw new Error("nothing was measured");
    const host = record({ name: "db-1" });
    const known: Known = {
      measured,
      situation: situationOf(measured, DEFAULT_POLICY, MILLISECOND),
      offers: offersOf(host, measured, null),
      from: utc(0n),
      to: utc(128n * BILLION),
    };
    const of = (liveness: Presence["liveness"], heardAgo: bigint | null) => hostPlan(host, MILLISECOND, { liveness, heardAgo }, known);
    const silent = of("silent", 200n * BILLION);
    expect(validator(HostPlan).errors(silent)).toEqual([]);
    expect(silent).toMatchObject({
      liveness: "silent",
      heard_ago_ns: "200000000000",
      basis: null,
      terms: null,
      live: { verdict: "unknown", worst_ns: null, words: "Unknown: the host is silent, last heard 4 min ago" },
      report: { verdict: "unknown" },
    });
    expect(of("carried", null).live.words).toBe("Unknown: its reports are carried here in files, and none has come yet");
    expect(of("late", 20n * BILLION)).toMatchObject({ basis: { reports: 5 }, live: { verdict: "no" } });
  });
  it("names those that are missing where too few vouch", () => {
    const { live } = plan(sound.map((one) => ({ ...one, bounds: { ...one.bounds, votes: [1], status: ["unverified" as const] } })));
    expect(live.ways[0]?.changes.map(({ words }) => words).join("; ")).toContain("Add 2 independent sources");
  });
  it("promises no worst error where too few vouch for one, or where sources exclude each other", () => {
    const wide = { ...MILLISECOND, limit: 50_000_000n };
    const as = (status: Said["status"], votes: number) => plan([...sound, report({ at: 160, votes, ...(status && { status }) })], wide);
    for (const [status, votes] of [
      ["unverified", 1],
      ["holdover", 0],
    ] as const)
      expect(as(status, votes).live).toMatchObject({
        verdict: "no",
        worst_ns: null,
        words: "Nothing is proved at every instant, with one reply lost: too few sources vouch for it",
      });
    expect(as("conflict", 3).report).toMatchObject({
      verdict: "no",
      worst_ns: null,
      words: "Nothing is proved in a report: its sources exclude each other",
    });
  });
  it("of an application whose error takes the whole limit blames no network", () => {
    const { live } = plan(sound, { ...MILLISECOND, limit: -500n, appError: 1_000_500n });
    expect(live).toMatchObject({ verdict: "no", ways: [], words: "Not for this application: its own error takes the whole limit" });
  });
  it("is out of reach where path and root of the best sample fill the limit", () => {
    const { live } = plan(sound.map((one) => ({ ...one, terms: { ...TERMS, path_ns: "2000000" } })));
    expect(live.verdict).toBe("out_of_reach");
    expect(live.ways[0]?.changes.at(-1)?.words).toMatch(/^Not over this network: use a source whose path and root together are at most/);
  });
  it("is told in words, with a cost for each way", () => {
    const profile = { id: "us-cat-member", title: "CAT", kind: "utc" as const, limit_ns: "50000000" };
    const text = planInWords({ profile, items: [plan(sound)] });
    expect(text).toContain("CAT (us-cat-member): within 50 ms\n\ndb-1\n  live      Not proved");
    expect(text).toMatch(/1\. Set limit: 1ms .*\n +\d+\.\d\d packets\/s, \d+\.\d\d % of a processor, \d+\.\d MB of disk a day/);
    expect(text).toContain("rests on  5 reports, the last of 1970-01-01T00:02:08.000000000Z; drift 200 ppm");
    const nothing = "nothing that is known of this host would make it so";
    expect(text).not.toContain(nothing);
    expect(planInWords({ profile, items: [plan(sound, { ...MILLISECOND, limit: 1_000n })] })).toContain(nothing);
    expect(planInWords({ profile, items: [plan([])] })).not.toContain(nothing);
    expect(planInWords({ profile, items: [] })).toContain("No host belongs to the fleet yet");
  });
});

it("a clock that runs away is promised no less than its bound is by now", () => {
  const measured = measuredIn(sound);
  if (measured === null) throw new Error("nothing was measured");
  const situation = situationOf(measured, DEFAULT_POLICY, { ...MILLISECOND, limit: 50_000_000n });
  const now = (status: "proven" | "holdover", asOf: bigint | null) =>
    prospect(
      asFarOffAsNow(situation, record({ status, bound: { lo: 0n, hi: 60_000_000n }, asOf: asOf === null ? null : utc(asOf) }), utc(0n)),
    ).live;
  const before = prospect(situation).live;
  expect(before).toBeLessThan(50_000_000n);
  expect([now("proven", 1n), now("proven", -1n), now("proven", null), now("holdover", 1n)]).toEqual([60_000_000n, before, before, before]);
});

describe("the limit of one clock", () => {
  const scope = (app_error_ns: string, hosts = {}) =>
    ({
      scope: { profile: "us-cat-member", hosts, app_error_ns, counts_unverified: false },
      from: utc(0n),
      to: null,
      declaredBy: "a",
    }) as never;
  const profile = (id: string) => PROFILES.find((one) => one.id === id) as Profile;
  it("is less by what its application errs, the most of its scopes, and those of others do not count", () => {
    const host = record({ labels: { desk: "fx" } });
    const found = ownLimit(profile("us-cat-member"), host, [scope("1000"), scope("2500"), scope("9000", { desk: "eq" })]);
    expect(found).toMatchObject({ limit: 50_000_000n - 2_500n, appError: 2_500n });
  });
  it("of a pair is half of it", () => {
    expect(ownLimit(profile("cockroachdb"), record(), []).limit).toBe(
      (profile("cockroachdb") as Extract<Profile, { kind: "pair" }>).limit_ns / 2n,
    );
  });
});

it("a plan that promises holds by the same arithmetic, to the nanosecond of its limit", () => {
  const measured = measuredIn(sound);
  if (measured === null) throw new Error("nothing was measured");
  const at = (limit: bigint) => situationOf(measured, DEFAULT_POLICY, { ...MILLISECOND, limit });
  const { live } = prospect(at(1n));
  expect([holds(at(live), "live"), holds(at(live - 1n), "live")]).toEqual([true, false]);
});

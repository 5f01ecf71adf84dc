import { parseUtc, type UtcInstant } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closestLimit, isInForce, type UtcProfile } from "./profile.ts";
import { profileText, readProfile, sayProfile } from "./profile-text.ts";
import { PAIR_PROFILES, PROFILES, TEMPLATES, UTC_PROFILES } from "./profiles/index.ts";

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

const UTC_GOOD = {
  id: "my-clocks",
  kind: "utc",
  title: "Our clocks",
  limit_ns: ["-1000000", "5000000"],
  limit_on: "divergence of each",
  valid_from: "2026-03-02",
  valid_to: null,
  jurisdiction: null,
  source: { text: "order of the house 8", url: null },
  verified: true,
  note: "since the move",
  template: null,
  granularity_ns: "1000",
  retention_years: 5,
  traceability: "required",
  reference: "UTC",
  self_report: { often: { count: 10, window_ns: "86400000000000" }, multiple_of_limit: 2, lasting_ns: null, verified: false },
  horizon_ns: "30000000000",
  smear: "divergence",
  counts_unverified: false,
  status: "in_force",
  unverified: ["retention_years"],
};
const utcProfile = (id: string): UtcProfile => {
  const found = UTC_PROFILES.find((profile) => profile.id === id);
  if (found === undefined) throw new Error(`There is no profile ${id}`);
  return found;
};

describe("the profiles that come with it", () => {
  it.each(PROFILES.map((profile) => [profile.id, profile] as const))("%s reads as it is said", (_, profile) => {
    expect(readProfile(JSON.parse(JSON.stringify(sayProfile(profile))))).toEqual({ kind: "read", profile });
  });
  it.each([PAIR_PROFILES, PROFILES, TEMPLATES])("stand in order, each by a name of its own", (...profiles) => {
    const ids = profiles.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
  });
  it("are no templates by another form", () => {
    const ids = PROFILES.map(({ id }) => id);
    expect(TEMPLATES.filter(({ id }) => ids.includes(id))).toEqual([]);
  });
  it("give the address at which a figure was verified", () => {
    expect(PROFILES.filter(({ source, verified }) => verified && source.url === null)).toEqual([]);
  });
  it("say the figures of their sources", () => {
    const limit = (id: string) => PAIR_PROFILES.find((profile) => profile.id === id)?.limit_ns;
    // 80 % of the 500 ms that CockroachDB allows.
    expect(limit("cockroachdb")).toBe((500_000_000n * 80n) / 100n);
    expect([limit("ceph-mon"), limit("yugabytedb"), limit("kerberos")]).toEqual([50_000_000n, 500_000_000n, 300_000_000_000n]);
  });
  // Table of the annex of 2017/574: activity, limit and granularity in ns.
  it.each([
    ["venue-slow", 1_000_000n, 1_000_000n],
    ["venue-fast", 100_000n, 1000n],
    ["hft", 100_000n, 1000n],
    ["voice", 1_000_000_000n, 1_000_000_000n],
    ["rfq", 1_000_000_000n, 1_000_000_000n],
    ["nego", 1_000_000_000n, 1_000_000_000n],
    ["other", 1_000_000n, 1_000_000n],
    ["venue-derogation", 1_000_000_000n, 1_000_000_000n],
  ])(
    "RTS 25, %s: %d ns, stamps of %d ns; the EU of 2026 asks for stamps ten times finer where the limit is 100 us",
    (row, limit, grain) => {
      for (const edition of ["eu-2017-574", "uk-rts25"])
        expect(utcProfile(`${edition}-${row}`)).toMatchObject({ limit_ns: [-limit, limit], granularity_ns: grain });
      const finer = limit === 100_000n ? grain / 10n : grain;
      expect(utcProfile(`eu-2025-1155-${row}`)).toMatchObject({ limit_ns: [-limit, limit], granularity_ns: finer });
    },
  );
  it("change over in the EU on 2 March 2026, and not in the UK; the new ones are a draft until their annex was read", () => {
    const ids = (time: string) => UTC_PROFILES.filter((profile) => isInForce(profile, at(time))).map(({ id }) => id);
    expect([ids("2026-03-01T23:59:59Z"), ids("2026-03-02T00:00:00Z")].map((all) => all.filter((id) => id.endsWith("-hft")))).toEqual([
      ["eu-2017-574-hft", "uk-rts25-hft"],
      ["eu-2025-1155-hft", "uk-rts25-hft"],
    ]);
    const drafts = UTC_PROFILES.filter(({ status }) => status === "draft").map(({ id }) => id);
    expect(drafts).toEqual(UTC_PROFILES.filter(({ id }) => id.startsWith("eu-2025-1155-")).map(({ id }) => id));
    expect(drafts).toHaveLength(10);
    expect(utcProfile("eu-2025-1155-hft")).toMatchObject({ verified: false, unverified: ["granularity_ns", "retention_years"] });
  });
  it("of which an article says the limit are verified by that article", () => {
    const verified = UTC_PROFILES.filter((profile) => profile.status === "draft" && profile.verified);
    expect(verified.map(({ id, source }) => [id, /Article [0-9()]+$/.exec(source.text)?.[0]])).toEqual([
      ["eu-2025-1155-apa-ctp", "Article 15"],
      ["eu-2025-1155-dpe", "Article 14"],
      ["eu-2025-1155-venue-derogation", "Article 12(2)"],
    ]);
  });
  it("in the US are against NIST, and what is told of breaches is marked as unverified", () => {
    expect(utcProfile("us-cat-member")).toMatchObject({
      limit_ns: [-50_000_000n, 50_000_000n],
      reference: "UTC(NIST)",
      self_report: { often: { count: 10, window_ns: 86_400_000_000_000n }, multiple_of_limit: 2, verified: false },
    });
    expect(utcProfile("us-cat-participant").self_report).toMatchObject({ lasting_ns: 1_000_000_000n, often: null, verified: false });
  });
  it("of a notary take the smeared scale as the reference", () => {
    expect(utcProfile("corda-notary")).toMatchObject({ reference: "smeared UTC", smear: "reference" });
  });
});

describe("the closest limit", () => {
  it.each<[readonly [bigint, bigint], bigint]>([
    [[-5n, 5n], 5n],
    [[-5n, 3n], 3n],
    [[-2n, 3n], 2n],
    [[0n, 3n], 0n],
  ])("of %o is %d", (limit_ns, closest) => expect(closestLimit({ kind: "utc", limit_ns })).toBe(closest));
});

describe("the text of a profile", () => {
  it("is the same whatever the order of its fields, without spaces, names in order", () => {
    const read = readProfile(GOOD);
    const mixed = readProfile(Object.fromEntries(Object.entries(GOOD).reverse()));
    if (read.kind !== "read" || mixed.kind !== "read") throw new Error("GOOD is good");
    expect(profileText(mixed.profile)).toBe(profileText(read.profile));
    expect(profileText(read.profile)).toBe(
      '{"id":"my-cluster","jurisdiction":null,"kind":"pair","limit_ns":"5000000","limit_on":"difference between two nodes","note":"since the move","source":{"text":"order of the house 7","url":null},"title":"Our cluster","valid_from":"2026-03-02","valid_to":null,"verified":true}',
    );
  });
  it("reads back as the same profile", () => {
    for (const profile of PROFILES) expect(readProfile(JSON.parse(profileText(profile)))).toEqual({ kind: "read", profile });
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
    [{ kind: "divergence" }, '/kind is "divergence": it must be "pair" or "utc"'],
    [{ title: " " }, '/title is " ": it must be words'],
    [{ valid_from: "2026-02-30" }, '/valid_from is "2026-02-30": it must be a day as YYYY-MM-DD'],
    [{ valid_to: "soon" }, '/valid_to is "soon": it must be a day as YYYY-MM-DD, or null'],
    [{ valid_to: "2026-03-01" }, "/valid_to is 2026-03-01: it must not be before valid_from, 2026-03-02"],
    [{ source: "me" }, '/source is "me": it must be an object'],
    [{ source: { text: "me", url: "me.example.net" } }, '/source/url is "me.example.net": it must be an address'],
    [{ source: { text: "me" } }, "/source/url is missing"],
    [{ verified: "yes" }, '/verified is "yes": it must be true or false'],
    [{ limit: "5ms" }, "/limit means nothing here: there are id, "],
    [{ title: "\ud800" }, "/title is"],
    [{ horizon_ns: "1" }, "/horizon_ns means nothing here"],
  ])("is told what is wrong with %j", (change, problem) => {
    expect(problemsOf({ ...GOOD, ...change })).toEqual([expect.stringContaining(problem)]);
  });
  it("of the kind utc is taken too, with all that such a limit has", () => {
    expect(readProfile(UTC_GOOD)).toMatchObject({
      kind: "read",
      profile: {
        limit_ns: [-1_000_000n, 5_000_000n],
        granularity_ns: 1000n,
        self_report: { often: { count: 10, window_ns: 86_400_000_000_000n } },
      },
    });
  });
  it.each([
    [{ limit_ns: "5" }, '/limit_ns is "5": it must be the least and the greatest divergence'],
    [{ limit_ns: ["0", "0"] }, '/limit_ns is ["0","0"]'],
    [{ limit_ns: ["1", "5"] }, '/limit_ns is ["1","5"]'],
    [{ limit_ns: ["-5", "-1"] }, '/limit_ns is ["-5","-1"]'],
    [{ limit_ns: ["-5"] }, '/limit_ns is ["-5"]'],
    [
      { granularity_ns: "0" },
      '/granularity_ns is "0": it must be nanoseconds above 0 as a decimal string, such as "400000000" for 400 ms, or null',
    ],
    [{ retention_years: 0 }, "/retention_years is 0: it must be a whole number from 1 to 100, or null"],
    [{ traceability: "yes" }, '/traceability is "yes": it must be "required" or "expected" or "none"'],
    [{ reference: "GPS" }, '/reference is "GPS"'],
    [{ smear: "none" }, '/smear is "none"'],
    [{ status: "old" }, '/status is "old"'],
    [{ unverified: ["limit_ns"] }, '/unverified is ["limit_ns"]: it must be a list of some of granularity_ns'],
    [{ unverified: ["valid_to", "valid_to"] }, "each once"],
    [
      { self_report: { ...UTC_GOOD.self_report, often: { count: 0, window_ns: "1" } } },
      "/self_report/often/count is 0: it must be a whole number",
    ],
    [
      { self_report: { ...UTC_GOOD.self_report, often: 10 } },
      '/self_report/often is 10: it must be an object {"count", "window_ns"}, or null',
    ],
    [{ horizon_ns: null }, "/horizon_ns is null"],
    [{ template: "Our own" }, '/template is "Our own"'],
  ])("of the kind utc is told what is wrong with %j", (change, problem) => {
    expect(problemsOf({ ...UTC_GOOD, ...change })).toEqual([expect.stringContaining(problem)]);
  });
  it("is told all of it at once", () => {
    expect(problemsOf({})).toHaveLength(Object.keys(GOOD).length);
    expect(problemsOf([])).toEqual(["/ is []: a profile is an object"]);
  });
  it("is never a crash, and what is taken is what was written", () => {
    const odd = fc.oneof(fc.anything({ withBigInt: true }), fc.record({}), fc.constantFrom(null, "", "1", 1n));
    fc.assert(
      fc.property(fc.constantFrom(GOOD, UTC_GOOD), fc.constantFrom(...Object.keys(UTC_GOOD)), odd, (good, field, value) => {
        const given = { ...good, [field]: value };
        const read = readProfile(given);
        if (read.kind === "read") expect(sayProfile(read.profile)).toEqual(given);
        else expect(read.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

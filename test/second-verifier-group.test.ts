import { canonicalJson, type Json, type ManifestResult, type ReportManifest } from "@truebound/audit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MemoryBundle, sha256Hex, type World } from "../server/src/report/memory-world.fixture.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, reportedBoth, reportedPairs, resigned, secondSays, troubledWorld } from "./verified-scene.ts";

const manifestOf = (bundle: MemoryBundle): ReportManifest => JSON.parse(bundle.text("manifest.json"));
const seen = new Set<string>();

function* happened({ results }: ReportManifest): Generator<string> {
  for (const { spans, group, statistics } of results) {
    yield* spans.map(([, , verdict]) => verdict);
    if (group !== undefined && group.pairs_outside > 1) yield "several outside";
    if (group !== undefined && group.members_silent > 1) yield "several silent";
    if (statistics.worst_bound_ns !== null) yield "bounded";
  }
}

describe.skipIf(!HAS_PYTHON)(`all pairs of troubled clocks${NEEDS_PYTHON}`, () => {
  it.each([
    [1, 4, 200_000n, []],
    [2, 3, 500_000n, []],
    [3, 2, 900_000n, ["host-0"]],
    [4, 3, 300_000n, ["host-0", "host-missing"]],
    [5, 1, 300_000n, []],
  ] as const)("hold for both verifiers (%i: %i hosts, %i ns, listed %j)", async (seed, hosts, limit, listed) => {
    const bundle = await reportedPairs(troubledWorld(seed, hosts), limit, listed);
    for (const one of happened(manifestOf(bundle))) seen.add(one);
    expect(await firstSays(bundle)).toBeNull();
    expect(secondSays(bundle)).toBeNull();
  });
  afterAll(() => {
    const wanted = ["COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE", "several outside", "several silent", "bounded"];
    expect([...seen]).toEqual(expect.arrayContaining(wanted));
  });
});

const lessByOne = (text: string): string => String(BigInt(text) - 1n);
type Group = NonNullable<ManifestResult["group"]>;
const within = (change: (group: Group) => object) => (result: ManifestResult) => ({ ...result, group: change(result.group as Group) });
const without = (name: string) => (result: ManifestResult) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== name));

describe.skipIf(!HAS_PYTHON)(`a forged result of pairs${NEEDS_PYTHON}`, () => {
  let world: World;
  let bundle: MemoryBundle;
  beforeAll(async () => {
    world = troubledWorld(1, 4);
    bundle = await reportedPairs(world, 200_000n, []);
  });

  it.each<[string, string, (result: ManifestResult) => object]>([
    ["leaves a pair out", "recomputed", within((one) => ({ ...one, outside: one.outside.slice(1) }))],
    ["counts a pair less", "recomputed", within((one) => ({ ...one, pairs_outside: one.pairs_outside - 1 }))],
    [
      "makes a breach of a pair shorter by a nanosecond",
      "recomputed",
      within((one) => ({ ...one, outside: one.outside.map((pair) => ({ ...pair, violation_ns: lessByOne(pair.violation_ns) })) })),
    ],
    [
      "makes a distance less by a nanosecond",
      "recomputed",
      within((one) => ({ ...one, outside: one.outside.map((pair) => ({ ...pair, peak_proven_ns: lessByOne(pair.peak_proven_ns) })) })),
    ],
    [
      "blames another host",
      "recomputed",
      within((one) => ({ ...one, outside: one.outside.map((pair) => ({ ...pair, a: pair.b, b: pair.a })) })),
    ],
    ["hides who was silent", "recomputed", within((one) => ({ ...one, silent: [], members_silent: 0 }))],
    ["says more than there is", "recomputed", within((one) => ({ ...one, note: "harmless" }))],
    [
      "moves a verdict by a nanosecond",
      "recomputed",
      (one) => ({ ...one, spans: one.spans.map(([from, to, verdict]) => [from, to.replace(/\dZ$/, "1Z"), verdict]) }),
    ],
    [
      "says the group was narrower",
      "recomputed",
      (one) => ({ ...one, statistics: { ...one.statistics, worst_bound_ns: lessByOne(String(one.statistics.worst_bound_ns)) } }),
    ],
    ["takes a host out of the group", "group_members", within((one) => ({ ...one, members: one.members.slice(1) }))],
    [
      "calls a host by another name",
      "group_members",
      within((one) => ({ ...one, members: one.members.map((m) => ({ ...m, name: "x" })) })),
    ],
    ["calls the group a host", "group_name", (one) => ({ ...one, name: "host-7" })],
    ["asks no group", "profile_kind", without("group")],
    ["says more of a host", "group_members", within((one) => ({ ...one, members: one.members.map((m) => ({ ...m, note: "" })) }))],
    ["has nothing for a group", "malformed", (one) => ({ ...one, group: null })],
    ["has no list of members", "malformed", within((one) => ({ ...one, members: { ...one.members } }))],
    ["has a member that is none", "malformed", within((one) => ({ ...one, members: [...one.members, null] }))],
    ["has a member without a name", "malformed", within((one) => ({ ...one, members: one.members.map(({ host }) => ({ host })) }))],
    ["has a member without a host", "malformed", within((one) => ({ ...one, members: one.members.map(({ name }) => ({ name })) }))],
  ])("is refused by both, who name the same first thing: %s", async (_, rule, change) => {
    const forged = resigned(world, bundle, (manifest) => ({ ...manifest, results: manifest.results.map(change) }));
    const said = await firstSays(forged);
    expect(said).toMatchObject({ rule });
    expect(secondSays(forged)).toEqual(said);
  });

  it("holds for both where hosts were named, and is refused where it then says all pairs, or says that they were and is of all", async () => {
    const named = await reportedPairs(world, 200_000n, [], ["host-0", "host-2"]);
    expect(manifestOf(named).results[0]?.name).toBe("pairs of desks among the hosts that were named");
    expect([await firstSays(named), secondSays(named)]).toEqual([null, null]);
    const forgeries = [
      resigned(world, named, (manifest) => Object.fromEntries(Object.entries(manifest).filter(([name]) => name !== "chosen_hosts"))),
      resigned(world, bundle, (manifest) => ({ ...manifest, chosen_hosts: ["host-0"] })),
      resigned(world, named, (manifest) => ({ ...manifest, chosen_hosts: "host-0" })),
    ];
    for (const [at, rule] of ["group_name", "group_name", "format"].entries()) {
      const said = await firstSays(forgeries[at] as MemoryBundle);
      expect(said).toMatchObject({ rule });
      expect(secondSays(forgeries[at] as MemoryBundle)).toEqual(said);
    }
  });

  it("is refused by both where a limit between two clocks has a shipped id and another number", async () => {
    const forged = resigned(world, bundle, (one) => {
      const profile = { ...one.profiles[0]?.profile, id: "cockroachdb" };
      return {
        ...one,
        profiles: [{ profile, sha256: sha256Hex(canonicalJson(profile as Json)) }],
        scopes: one.scopes.map((scope) => ({ ...scope, profile: "cockroachdb" })),
        results: one.results.map((result) => ({ ...result, profile: "cockroachdb" })),
      };
    });
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "profiles", rule: "published" });
    expect(secondSays(forged)).toEqual(said);
  });
});

describe.skipIf(!HAS_PYTHON)(`results of hosts and of their pairs in one report${NEEDS_PYTHON}`, () => {
  let world: World;
  let bundle: MemoryBundle;
  beforeAll(async () => {
    world = troubledWorld(1, 4);
    bundle = await reportedBoth(world);
  });
  const shorter = (one: ManifestResult) => ({ ...one, totals: { ...one.totals, compliant_ns: lessByOne(one.totals.compliant_ns) } });
  const forged = (isForged: (at: number) => boolean): MemoryBundle =>
    resigned(world, bundle, (one) => ({ ...one, results: one.results.map((result, at) => (isForged(at) ? shorter(result) : result)) }));

  it("hold for both", async () => {
    const { results } = manifestOf(bundle);
    const kinds = results.map(({ group, host }) => (group !== undefined ? "group" : host === null ? "listed" : "host"));
    expect(kinds).toEqual(["group", "host", "host", "host", "host", "listed", "group"]);
    expect(await firstSays(bundle)).toBeNull();
    expect(secondSays(bundle)).toBeNull();
  });
  it.each([0, 1, 2, 3, 4, 5, 6])("are refused by both with the first that differs, from result %i on", async (first) => {
    const said = await firstSays(forged((at) => at >= first));
    expect(said).toMatchObject({ step: "results", rule: "recomputed", host: manifestOf(bundle).results[first]?.host ?? null });
    expect(secondSays(forged((at) => at >= first))).toEqual(said);
  });
});

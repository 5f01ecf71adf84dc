import { canonicalJson, type Json, type LogEntry, type ReportManifest } from "@truebound/audit";
import { beforeAll, describe, expect, it } from "vitest";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import type { World } from "../server/src/report/memory-world.fixture.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, type Said, secondSays } from "./two-verifiers.ts";
import {
  DAILY,
  FROM,
  HOURS,
  reported,
  reportedBetween,
  reportedChanged,
  reportedMeasured,
  resigned,
  troubledWorld,
} from "./verified-scene.ts";

/** An issuer, who has the key, changes what people declared; both verifiers refuse it for the same reason. */
let world: World;
let bundle: MemoryBundle;
/** Of another server. */
let elsewhere: MemoryBundle;
beforeAll(async () => {
  world = troubledWorld(3, 2, 40);
  bundle = await reported(world);
  elsewhere = await reportedMeasured(troubledWorld(4, 2, 40), "stamp-test");
});

type Result = ReportManifest["results"][number];
type Exemption = Result["exemptions"][number];
const signed = (change: (one: ReportManifest) => object): MemoryBundle => resigned(world, bundle, change);
const ofResults = (change: (one: Result) => object) => signed((one) => ({ ...one, results: one.results.map(change) }));
const exempt = (id: string, change: (one: Exemption) => object) =>
  ofResults((one) => ({ ...one, exemptions: one.exemptions.map((each) => (each.id === id ? change(each) : each)) }));
const ofDeclared = (change: (one: NonNullable<ReportManifest["declared"]>) => readonly object[]) =>
  signed((one) => ({ ...one, declared: change(one.declared ?? []) }));
const unopened = (what: string): MemoryBundle => {
  const copy = ofDeclared((all) => all.filter((one) => one.what !== what));
  const kept = copy
    .text("log.ndjson")
    .split("\n")
    .filter((line) => !line.includes(`"what":${JSON.stringify(what)}`));
  copy.files.set("log.ndjson", Buffer.from(kept.join("\n")));
  return copy;
};
const terms = (change: object) =>
  signed((one) => ({
    ...one,
    scopes: one.scopes.map((scope) => ({ ...scope, ...change })),
    results: one.results.map((result) => ({ ...result, terms: { ...result.terms, ...change } })),
  }));

const lineOf = (of: MemoryBundle, what: string): string =>
  of
    .text("log.ndjson")
    .split("\n")
    .find((line) => line.includes(`"what":${JSON.stringify(what)}`)) ?? "";
function opened(what: string, change: (line: string) => string): MemoryBundle {
  const copy = bundle.copy();
  const line = lineOf(bundle, what);
  expect(change(line)).not.toBe(line);
  copy.files.set("log.ndjson", Buffer.from(bundle.text("log.ndjson").replace(line, () => change(line))));
  return copy;
}
/** As it stands elsewhere, in the place that it has here. */
function foreign(what: string): MemoryBundle {
  const { salt, entry } = JSON.parse(lineOf(elsewhere, what)) as { readonly salt: string; readonly entry: object };
  return opened(what, (line) => JSON.stringify({ ...(JSON.parse(line) as object), salt, entry }));
}
const loosened = (limit: string) =>
  signed((one) => ({
    ...one,
    profiles: one.profiles.map(({ profile }) => {
      const other = { ...profile, limit_ns: limit };
      return { profile: other, sha256: sha256Hex(canonicalJson(other as Json)) };
    }),
    results: one.results.map((result) => ({ ...result, terms: { ...result.terms, limit_ns: [`-${limit}`, limit] } })),
  }));

const FORGERIES: readonly (readonly [string, () => MemoryBundle, Partial<Said>])[] = [
  ["back-dates an exemption", () => exempt("late", (one) => ({ ...one, declared_at: one.from })), { rule: "exemption_leaf" }],
  [
    "moves the end of an exemption",
    () => exempt("early", (one) => ({ ...one, to: "2017-01-01T00:10:00.000000000Z" })),
    { rule: "exemption_leaf" },
  ],
  [
    "invents an exemption",
    () => ofResults((one) => ({ ...one, exemptions: [...one.exemptions, { ...(one.exemptions[0] as Exemption), id: "more" }] })),
    { rule: "exemption_leaf" },
  ],
  [
    "shows an exemption that was withdrawn as in force",
    () => exempt("withdrawn", ({ withdrawn_at: _a, withdrawn_by: _b, withdrawn_reason: _c, ...one }) => one),
    { rule: "exemption_leaf" },
  ],
  ["leaves an exemption out", () => ofResults((one) => ({ ...one, exemptions: one.exemptions.slice(1) })), { rule: "exemption_leaf" }],
  ["does not open an exemption", () => unopened("exemption early"), { rule: "exemption_leaf" }],
  ["loosens the hours", () => ofResults((one) => ({ ...one, schedule: one.schedule.slice(0, 1) })), { rule: "schedule" }],
  ["adds a holiday", () => ofResults((one) => ({ ...one, schedule: [] })), { rule: "schedule" }],
  [
    "adds a holiday to the leaf",
    () => opened("calendar hours", (line) => line.replace('"holidays":[]', '"holidays":["2017-01-01"]')),
    { step: "evidence", rule: "leaf" },
  ],
  ["loosens the limit that somebody set", () => loosened("900000"), { rule: "profile_leaf" }],
  ["opens another server's leaf", () => foreign("scope desks"), { step: "evidence", rule: "leaf" }],
  ["does not open the calendar", () => unopened("calendar hours"), { rule: "calendar_leaf" }],
  ["does not open the profile", () => unopened("profile test-100us"), { rule: "profile_leaf" }],
  ["does not open the scope", () => unopened("scope desks"), { rule: "scope_leaf" }],
  ["lowers the application's error", () => terms({ app_error_ns: "1" }), { rule: "scope_leaf" }],
  [
    "narrows a scope and drops its host",
    () =>
      signed((one) => ({
        ...one,
        scopes: one.scopes.map((scope) => ({ ...scope, hosts: { site: "lon" } })),
        results: one.results.filter(({ host }) => host === null),
      })),
    { rule: "scope_leaf" },
  ],
  [
    "drops the result of a host",
    () => signed((one) => ({ ...one, results: one.results.filter(({ name }) => name !== "host-1") })),
    { rule: "scope_hosts" },
  ],
  [
    "drops the result of a host that is listed without an agent",
    () => signed((one) => ({ ...one, results: one.results.filter(({ name }) => name !== "host-missing") })),
    { rule: "scope_hosts", host: null },
  ],
  [
    "adds a result of a host that nobody listed",
    () => ofResults((one) => (one.host === null ? { ...one, name: "host-more" } : one)),
    { rule: "scope_hosts", host: null },
  ],
  [
    "gives a declaration another date",
    () => ofDeclared((all) => all.map((one) => (one.what === "scope desks" ? { ...one, at: "2016-01-01T00:00:00.000000000Z" } : one))),
    { step: "evidence", rule: "declared_date" },
  ],
  [
    "writes a date in another way, in which it sorts as an earlier one",
    () => ofDeclared((all) => all.map(({ at, ...one }) => ({ ...one, at: at.replace(".000000000Z", "+00:00") }))),
    { step: "evidence", rule: "declared_date" },
  ],
  [
    "swaps two declarations",
    () => ofDeclared(([a, b, ...rest]) => [b as object, a as object, ...rest]),
    { step: "evidence", rule: "declared_order" },
  ],
  [
    "swaps the places of two declarations",
    () => ofDeclared(([a, b, ...rest]) => [{ ...a, leaf: b?.leaf }, { ...b, leaf: a?.leaf }, ...rest]),
    { step: "evidence", rule: "declared_leaf" },
  ],
  ["names not all that is opened", () => ofDeclared((all) => all.slice(1)), { step: "evidence", rule: "declared_leaf" }],
  ["says that nothing was declared", () => signed(({ declared: _none, ...one }) => one), { step: "evidence", rule: "declared_leaf" }],
];

describe.skipIf(!HAS_PYTHON)(`who changes what was declared${NEEDS_PYTHON}`, () => {
  it.each(FORGERIES)("%s: both refuse it", async (_, forge, expected) => {
    const forged = forge();
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "profiles", ...expected });
    expect(secondSays(forged)).toEqual(said);
  });
  it("logs an exemption after the evidence, as of a time before it: both refuse it at the first batch that came between", async () => {
    const late = troubledWorld(3, 2, 40);
    // Those of the fixture lie first; this world's log has them behind its evidence.
    const declared = world.log.entriesOf(["scope", "rule", "profile", "exemption"]);
    for (const entry of declared.slice(1)) late.log.append(entry);
    const forged = await reported(late);
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "evidence", rule: "declared_late", epoch: 1, seq: 1 });
    expect(secondSays(forged)).toEqual(said);
  });
  it("dates an exemption by a leaf of another kind, in which it is said to be of a time before the evidence: both refuse it", async () => {
    const late = troubledWorld(3, 2, 40);
    const entries = world.log.entriesOf(["scope", "rule", "profile", "exemption"]);
    const isEarly = (entry: LogEntry): boolean => "what" in entry && entry.what === "exemption early";
    late.log.declareFirst(entries.filter((entry) => !isEarly(entry)));
    late.log.append({ ...(entries.find(isEarly) as LogEntry), kind: "profile", at_ns: "1900000000000000000" } as LogEntry);
    late.log.declareFirst = () => false;
    const forged = await reported(late);
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "evidence", rule: "declared_leaf" });
    expect(secondSays(forged)).toEqual(said);
  });
  it("adds a result of a host that its scope does not ask: both refuse it", async () => {
    const other = troubledWorld(3, 2, 40);
    const changed = await reportedChanged(other, { hosts: { site: "lon" } });
    const forged = resigned(other, changed, (one) => {
      const [of, listed] = [one.results.find(({ name }) => name === "host-1"), one.results.findLast(({ host }) => host === null)];
      return { ...one, results: [...one.results, { ...of, schedule: listed?.schedule }] };
    });
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "profiles", rule: "scope_hosts", host: other.hosts[1]?.facts.id });
    expect(secondSays(forged)).toEqual(said);
  });
  it("has a report of a scope that was changed within the period, in two results for each host: it holds for both", async () => {
    const changed = await reportedChanged(troubledWorld(3, 2, 40), { app_error_ns: "9000" });
    const { results } = JSON.parse(changed.text("manifest.json")) as ReportManifest;
    expect(results.map(({ name }) => name)).toEqual(["host-0", "host-0", "host-1", "host-1", "host-missing", "host-missing"]);
    expect(await firstSays(changed)).toBeNull();
    expect(secondSays(changed)).toBeNull();
  });
  it.each(["Mars/Olympus", "europe/london", "posix/Europe/London", "localtime"])(
    "names timezone %s, which none of them knows: both refuse it",
    async (timezone) => {
      const forged = await reportedBetween(troubledWorld(3, 2, 40), [
        { ...HOURS[0], calendar: { ...DAILY, timezone } } as (typeof HOURS)[0],
      ]);
      const said = await firstSays(forged);
      expect(said).toEqual({ step: "profiles", host: null, epoch: null, seq: null, rule: "timezone" });
      expect(secondSays(forged)).toEqual(said);
    },
  );
  it("took the calendar away in the period: the limit holds always then, for both", async () => {
    const gone = await reportedBetween(troubledWorld(3, 2, 40), [
      ...HOURS.slice(0, 1),
      { calendar: null, from: FROM + 1_800n * 1_000_000_000n },
    ]);
    expect(await firstSays(gone)).toBeNull();
    expect(secondSays(gone)).toBeNull();
  });
  it("has a report that holds without any of this", async () => {
    expect(await firstSays(bundle)).toBeNull();
    expect(secondSays(bundle)).toBeNull();
  });
});

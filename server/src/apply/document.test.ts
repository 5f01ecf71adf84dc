import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseUtc } from "@truebound/time";
import { AlertRule, Calendar, Channel, HostGroup, Maintenance, Policy, validator } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../adapters/yaml-file.ts";
import { SHIPPED_RULES } from "../alert/shipped-rules.ts";
import { readDocument, type Thing, type ThingKind } from "./document.ts";
import { sayProblem } from "./located.ts";

const EXAMPLE = readFileSync(join(import.meta.dirname, "../../../examples/truebound.yaml"), "utf8");

function read(text: string, now: string | null = null): { things: readonly Thing[]; problems: string[]; warnings: string[] } {
  const parsed = parseYaml(text);
  if ("problems" in parsed) return { things: [], problems: parsed.problems.map(sayProblem), warnings: [] };
  const { things, problems, warnings } = readDocument(parsed.root, now === null ? null : parseUtc(now));
  return { things, problems: problems.map(sayProblem), warnings: warnings.map(sayProblem) };
}
const CHANNELS_PAGE = readFileSync(join(import.meta.dirname, "../../../docs/channels.md"), "utf8");
const one = (text: string): Thing["body"] | undefined => read(`version: 1\n${text}`).things[0]?.body;
const wrong = (text: string): string[] => read(`version: 1\n${text}`).problems;

it.each([...CHANNELS_PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = ""]) => block))(
  "docs/channels.md shows what a file takes: %s",
  (block) => {
    expect(wrong(block.startsWith(" ") ? `channels:\n${block}` : block)).toEqual([]);
  },
);

describe("the example", () => {
  const { things, problems } = read(EXAMPLE);
  it("is right, and has something of every kind", () => {
    expect(problems).toEqual([]);
    expect([...new Set(things.map(({ kind }) => kind))].sort()).toEqual(
      ["calendar", "channel", "group", "maintenance", "policy", "profile", "rule", "scope", "settings", "silence", "target"].sort(),
    );
  });
  it.each(["profiles.md", "scopes.md"])("in docs/%s is right too", (page) => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs", page), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1];
    if (example === undefined) throw new Error(`Cannot find the example in docs/${page}`);
    const found = read(example);
    expect([found.problems, found.warnings]).toEqual([[], []]);
    expect(found.things.length).toBeGreaterThan(2);
  });
  it.each([
    ["rule", AlertRule],
    ["group", HostGroup],
    ["calendar", Calendar],
    ["maintenance", Maintenance],
    ["channel", Channel],
  ] as const)("keeps each %s as the others read it", (kind: ThingKind, schema) => {
    const { errors } = validator(schema);
    const some = things.filter((thing) => thing.kind === kind);
    expect(some.length).toBeGreaterThan(0);
    for (const { key, body } of some) expect(errors({ name: key, ...body })).toEqual([]);
  });
  it("keeps policies as agents take them", () => {
    const { errors } = validator(Policy);
    for (const { body } of things.filter(({ kind }) => kind === "policy")) expect(errors({ ...DEFAULTS, ...body })).toEqual([]);
  });
});

const DEFAULTS = {
  version: 1,
  probe_interval_s: 16,
  reading_interval_s: 1,
  report_interval_s: 5,
  rho_ppb: 200_000,
  sigma_ppb: 2000,
  calibrated_residual_ppb: null,
  limit_ns: null,
  faults: null,
  trusted: [],
  sources: null,
};

describe("a rule", () => {
  it("is, where the file leaves it open, as the one that comes with Truebound for its finding", () => {
    const shipped = SHIPPED_RULES.find(({ name }) => name === "near_limit");
    expect(one("rules: [{ name: near_limit }]")).toEqual({ ...shipped, name: undefined });
    expect(one("rules: [{ name: mine, finding: near_limit, limit: 1.5us, share: 50%, hold: 2h, otherwise: none }]")).toMatchObject({
      limit_ns: 1500,
      otherwise_ns: null,
      share_pct: 50,
      hold_s: 7200,
      clear_pct: 90,
      severity: "info",
    });
  });
  it.each([
    ["rules: [{ name: mine }]", "cannot guess what it looks for", /without finding/],
    ["rules: [{ name: host_silent, limit: 1ms }]", "heeds no limit", /host_silent heeds none/],
    ["rules: [{ name: frequency_exceeds }]", "has no threshold", /without frequency/],
    ["rules: [{ name: x, finding: near_limits }]", "looks for what nobody finds", /did you mean near_limit\?/],
    ["rules: [{ name: near_limit, hold: 30 }]", "has no unit", /hold "30": write a span with its unit, from 0s to 1d/],
    ["rules: [{ name: near_limit, hold: 1.5s }]", "is finer than what is kept", /hold "1.5s"/],
    ["rules: [{ name: near_limit, hold: 2d }]", "holds too long", /hold "2d"/],
    ["rules: [{ name: near_limit, limit: 0.3ns }]", "limits too closely", /limit "0.3ns": write policy, or an amount of time/],
    ["rules: [{ name: near_limit, share: 101% }]", "shares too much", /share "101%"/],
    ["rules: [{ name: near_limit, severity: fatal }]", "is severe beyond words", /severity "fatal": did you mean critical/],
    ["rules: [{ name: near_limit, severity: page }]", "is severe in others' words", /severity "page": did you mean critical\?/],
    [
      "rules: [{ name: near_limit, hosts: { group: nobody } }]",
      "means a group that is not there",
      /no group of this name; this file sets none/,
    ],
    ["rules: [{ name: near_limit, calendar: { name: lse } }]", "means a calendar that is not there", /no calendar of this name/],
    ["rules: [{ name: near_limit }, { name: near_limit }]", "comes twice", /line 2 sets the same already/],
    ["rules: [{ name: Near }]", "has a name of another form", /name "Near": write a name/],
    ["rules: [near_limit]", "is no map", /Cannot take rules\[0\] "near_limit": write a map/],
    ["rules: { near_limit: {} }", "is in no list", /Cannot take rules a map: write a list/],
    ["rules: [{ name: near_limit, labels: [a] }]", "has a list for labels", /labels a list/],
    ["rules: [{ name: near_limit, labels: { 1a: x } }]", "has a label that is none", /labels with the name "1a"/],
  ])("%s: %s", (text, _, words) => {
    const problems = wrong(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(words);
  });
});

describe("a file", () => {
  it("is refused with all that is wrong, each at its place with the nearest right word", () => {
    const text = `version: 2
alertin: server
rules:
  - name: near_limit
    hodl: 30s
    severity: warnin
channels:
  - name: chat
    kind: slak
  - name: mail
    kind: email
    host: mail
policies:
  - hosts: {}
    report_interval: 5
`;
    expect(read(text).problems).toEqual([
      '1:10: Cannot take version "2": write 1, the only one that there is',
      '2:1: There is no key "alertin" in the file; did you mean alerting?',
      '5:5: There is no key "hodl" in rules[0]; did you mean hold?',
      '6:15: Cannot take rules[0].severity "warnin": did you mean warning?',
      '9:11: Cannot take channels[0].kind "slak": did you mean slack?',
      "10:5: Cannot take channels[1] without port",
      "10:5: Cannot take channels[1] without from",
      "10:5: Cannot take channels[1] without to",
      '15:22: Cannot take policies[0].report_interval "5": write a span with its unit, from 100ms to 5m',
    ]);
  });
  it.each([
    ["", /The file is empty/],
    ["# nothing", /The file is empty/],
    ["- a", /must be a map of version/],
    ["rules: []", /without version/],
    ["version: 1\nrules: [", /Not YAML/],
    ["version: 1\nversion: 1", /Not YAML: Map keys must be unique/],
    ["version: 1\n---\nversion: 1", /Not YAML/],
    ["version: 1\nrules: !!binary aGk=", /rules "aGk=": write a list/],
    ["version: 1\nheartbeat: { every: 30s }", /either url or url_file/],
    ["version: 1\nmaintenance: [{ name: a, comment: c }]", /either once or weekly/],
    ["version: 1\nmaintenance: [{ name: a, comment: c, once: { from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z } }]", /must be after/],
    ["version: 1\nsilences: [{ name: a, comment: c, matchers: {}, to: 2026-01-01T00:00:00Z }]", /write 1 to 16/],
    ["version: 1\npolicies: [{ hosts: {} }]", /says nothing beside hosts/],
    [
      "version: 1\npolicies: [{ hosts: { labels: { a: b, c: d } }, limit: 1ms }, { hosts: { labels: { c: d, a: b } }, limit: 2ms }]",
      /sets the same already/,
    ],
    ['version: 1\nchannels: [{ name: a, kind: slack, url_file: "/etc/a\\0b" }]', /the whole path of a file/],
    ['version: 1\nchannels: [{ name: a, kind: webhook, url: "https://a.example/\\0b" }]', /an address that begins with/],
    ["version: 1\ntargets: [{ name: a, domain: d, address: '10.0.0.1:99' }]", /must stand alone/],
    ["version: 1\ntargets: [{ name: a, domain: d, address: 10.0.0.300 }]", /neither a name nor/],
    ["version: 1\ncalendars: [{ name: a, timezone: Europe/Lundon, days: [mon], open: '08:00', close: '09:00' }]", /IANA timezone/],
    ["version: 1\ncalendars: [{ name: a, timezone: UTC, days: [mon], open: '8:00', close: '09:00', holidays: [2026-02-30] }]", /HH:MM/],
    [
      "version: 1\nprofiles: [{ id: cockroachdb, title: t, limit: 1ms, limit_on: x, source: { text: s }, note: n }]",
      /comes with Truebound/,
    ],
    [
      "version: 1\nprofiles: [{ id: a, title: t, limit: 1ms, limit_on: x, source: { text: s }, note: n, valid_from: 2026-02-01, valid_to: 2026-01-01 }]",
      /must not be before/,
    ],
  ])("%j is refused", (text, words) => expect(read(text).problems.join("\n")).toMatch(words));
  it.each(["rules: &a [*a]", "rules: &a { b: *a }"])("may not hold itself: %s", (text) => {
    expect(wrong(text)).toEqual(["1:1: The file is more than 100 levels deep: an anchor must not be within itself"]);
  });
  it("may use anchors, but none to make much out of little", () => {
    const twice = "version: 1\ngroups: [{ name: a, labels: &l { x: y } }, { name: b, labels: *l }]";
    expect(read(twice).things.map(({ body }) => body)).toEqual([{ labels: { x: "y" } }, { labels: { x: "y" } }]);
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${level}: &l${level} [${Array(9)
          .fill(level === 0 ? "x" : `*l${level - 1}`)
          .join(", ")}]`,
    );
    expect(read(`version: 1\n${levels.join("\n")}`).problems[0]).toMatch(/says more than 100000 things/);
  });
  it("may leave a section empty, and numbers count as text where text is meant", () => {
    expect(read("version: 1\nrules:\n").problems).toEqual([]);
    expect(one("groups: [{ name: a, labels: { rack: 07, x: 1.50, on: true } }]")).toEqual({
      labels: { rack: "07", x: "1.50", on: "true" },
    });
  });
  it("never brings the reader down, whatever it says", () =>
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("rules", "channels", "policies", "silences", "heartbeat", "profiles", "scopes", "targets"),
        (value, section) => {
          const { things, problems } = read(JSON.stringify({ version: 1, [section]: [value] }));
          expect(things.length === 0 || problems.length === 0).toBe(true);
        },
      ),
    ));
});

describe("a channel", () => {
  const mail = (more: string) => `channels: [{ name: m, kind: email, host: mail, port: 25, ${more} }]`;
  it.each(["clocks@example.net", "Clocks <clocks@example.net>", "root@localhost"])("takes the sender %s", (from) =>
    expect(wrong(mail(`from: "${from}", to: [a@b]`))).toEqual([]),
  );
  it.each([
    [mail("from: clocks, to: [a@b]"), /from "clocks": write an e-mail address/],
    [mail("from: 'a@b, c@d', to: [a@b]"), /from .* write an e-mail address/],
    [mail("from: a@b, to: [ops]"), /to\[0\] "ops": write an e-mail address/],
    [mail("from: a@b, to: [a@b], user: u"), /user needs password_file/],
    [mail("from: a@b, to: [a@b], password_file: /p"), /password_file needs user/],
  ])("%s is refused", (text, words) => {
    expect(wrong(text)).toHaveLength(1);
    expect(wrong(text)[0]).toMatch(words);
  });
});

describe("an address", () => {
  it.each([
    (url: string) => `channels: [{ name: w, kind: webhook, url: "${url}" }]`,
    (url: string) => `channels: [{ name: a, kind: alertmanager, urls: ["${url}"] }]`,
    (url: string) => `heartbeat: { url: "${url}" }`,
    (url: string) => `profiles: [{ id: a, title: t, limit: 1ms, limit_on: x, source: { text: s, url: "${url}" }, note: n }]`,
  ])("is refused with a password in it, which is not said again", (text) => {
    const problems = wrong(text("https://me:hunter2@hooks.example/x"));
    expect(problems.join()).toMatch(/without user and password/);
    expect(problems.join()).not.toMatch(/hunter2/);
    expect(wrong(text("https://hooks.example/x?to=a@b"))).toEqual([]);
  });
});

describe("a silence", () => {
  const silence = (matchers: string) =>
    `version: 1\nsilences:\n  - name: s\n    comment: c\n    to: 2026-01-01T00:00:00Z\n    matchers: { ${matchers} }\n`;
  it("that is wholly in the past is taken, with a warning", () => {
    const past = read(silence("host: a"), "2026-01-01T00:00:00Z");
    expect([past.problems, past.warnings]).toEqual([[], ["5:9: silences[0] is wholly in the past and keeps nothing quiet"]]);
    expect(read(silence("host: a"), "2025-12-31T00:00:00Z").warnings).toEqual([]);
  });
  it("for a rule that is not known is taken, with a warning", () => {
    expect(read(silence("alertname: host_silnt")).warnings).toEqual([
      '6:28: silences[0] is for alerts of a rule "host_silnt", and neither this file nor Truebound has one; did you mean host_silent?',
    ]);
    expect(read(`${silence("alertname: mine")}rules: [{ name: mine, finding: near_limit }]`).warnings).toEqual([]);
  });
});

describe("a policy", () => {
  it("takes units, and words for what is nothing", () => {
    expect(
      one(
        "policies: [{ hosts: {}, probe_interval: 500ms, rho: 5.5ppm, sigma: 1.5ppm, limit: none, sources: own, faults: auto, mesh: off }]",
      ),
    ).toEqual({
      probe_interval_s: 0.5,
      rho_ppb: 5500,
      sigma_ppb: 1500,
      limit_ns: null,
      sources: null,
      faults: null,
      mesh: null,
    });
  });
});

describe("a profile on divergence from UTC", () => {
  const head = "id: a, title: t, limit_on: x, source: { text: s }, note: n";
  it("has the same limit both ways, or each way its own", () => {
    expect(one(`profiles: [{ kind: utc, limit: 100us, ${head} }]`)).toMatchObject({
      kind: "utc",
      limit_ns: ["-100000", "100000"],
      horizon_ns: "30000000000",
      traceability: "none",
      self_report: null,
      template: null,
    });
    expect(one(`profiles: [{ kind: utc, limit: { behind: 0ms, ahead: 1ms }, ${head} }]`)).toMatchObject({ limit_ns: ["0", "1000000"] });
  });
  it("takes what a template says, and what the file says before that", () => {
    const body = one("profiles: [{ id: ours, template: pci-dss-10-6, limit: 500ms, retention_years: 1, title: Ours }]");
    expect(body).toMatchObject({
      kind: "utc",
      template: "pci-dss-10-6",
      limit_ns: ["-500000000", "500000000"],
      title: "Ours",
      retention_years: 1,
      traceability: "expected",
      source: { text: "PCI DSS 4.0, requirements 10.6.1 to 10.6.3", url: null },
    });
  });
  it("says when a breach must be told", () => {
    const rules = "self_report: { often: { count: 10, within: 86400s }, multiple_of_limit: 2, verified: true }";
    expect(one(`profiles: [{ kind: utc, limit: 1ms, ${rules}, ${head} }]`)?.self_report).toEqual({
      often: { count: 10, window_ns: "86400000000000" },
      multiple_of_limit: 2,
      lasting_ns: null,
      verified: true,
    });
  });
  it.each([
    [`{ kind: utc, ${head} }`, /without limit/],
    [
      `{ kind: utc, limit: 0ms, ${head} }`,
      /limit "0ms": write an amount of time with its unit, from 1ns to .*, or a map of behind and ahead/,
    ],
    [`{ kind: utc, limit: { behind: 0s, ahead: 0s }, ${head} }`, /the least and the greatest divergence/],
    [`{ kind: utc, limit: { behind: 1s }, ${head} }`, /or a map of behind and ahead/],
    [`{ kind: utc, limit: { behind: 1s, ahead: 1s, both: 1s }, ${head} }`, /or a map of behind and ahead/],
    [`{ kind: utc, limit: { behind: 1, ahead: 1s }, ${head} }`, /limit.behind "1": write/],
    [`{ kind: utc, limit: 1s, granularity: 1, ${head} }`, /granularity/],
    [`{ kind: utc, limit: 1s, traceability: always, ${head} }`, /did you mean/],
    [`{ kind: pair, template: soc2, limit: 1s, ${head} }`, /There is no key "template"/],
    [
      "{ id: a, template: soc3, limit: 1s }",
      /^2:31: Cannot take profiles\[0\].template "soc3": write none, or dora-2024-1774, .* or soc2$/,
    ],
    ["{ id: soc2, template: soc2, limit: 1s }", /comes with Truebound has the id soc2/],
    [`{ kind: utc, limit: 1s, valid_from: 2026-02-01, valid_to: 2026-01-01, ${head} }`, /must not be before/],
  ])("%s is refused", (profile, words) => expect(wrong(`profiles: [${profile}]`).join("\n")).toMatch(words));
});

describe("a scope", () => {
  it("is complete: what it leaves open is as its profile has it", () => {
    expect(one("scopes: [{ name: floor, profile: us-cat-member, labels: { desk: equities } }]")).toEqual({
      profile: "us-cat-member",
      hosts: { desk: "equities" },
      calendar: null,
      service: null,
      activity: null,
      stamp_point: null,
      app_error_ns: "0",
      horizon_ns: "30000000000",
      counts_unverified: false,
      minimum_proven_ppm: null,
    });
    const ours = "profiles: [{ id: ours, template: soc2, limit: 1s, horizon: 60s, counts_unverified: true }]";
    const { things } = read(`version: 1\n${ours}\nscopes: [{ name: all, profile: ours, labels: {} }]`);
    expect(things[1]?.body).toMatchObject({ horizon_ns: "60000000000", counts_unverified: true });
    const own =
      "{ name: all, profile: us-cat-member, labels: {}, horizon: 5s, counts_unverified: true, app_error: 250us, minimum_proven: 99.95% }";
    expect(one(`scopes: [${own}]`)).toMatchObject({
      horizon_ns: "5000000000",
      counts_unverified: true,
      app_error_ns: "250000",
      minimum_proven_ppm: 999_500,
    });
  });
  it("is doubted where its limit does not hold now, or is a draft", () => {
    const doubts = (profile: string, now: string | null) =>
      read(`version: 1\nscopes: [{ name: a, profile: ${profile}, labels: {} }]`, now).warnings;
    expect(doubts("eu-2017-574-hft", "2026-03-01T23:59:59Z")).toEqual([]);
    expect(doubts("eu-2017-574-hft", null)).toEqual([]);
    expect(doubts("eu-2017-574-hft", "2026-03-02T00:00:00Z")).toEqual([
      "2:30: scopes[0].profile is eu-2017-574-hft, which is not in force now: it is from 2018-01-03 to 2026-03-01",
    ]);
    expect(doubts("eu-2025-1155-hft", "2026-03-02T00:00:00Z")).toEqual([
      "2:30: scopes[0].profile is eu-2025-1155-hft, a draft: its text has not been read where it is law",
    ]);
    expect(doubts("eu-2025-1155-hft", "2026-03-01T00:00:00Z")).toHaveLength(2);
  });
  it("holds all pairs of its hosts against a limit between two clocks, whose horizon is 30 s unless it is said", () => {
    expect(one("scopes: [{ name: a, profile: cockroachdb, labels: { db: main } }]")).toMatchObject({
      profile: "cockroachdb",
      horizon_ns: "30000000000",
      counts_unverified: false,
    });
    expect(one("scopes: [{ name: a, profile: cockroachdb, labels: {}, horizon: 5s }]")).toMatchObject({ horizon_ns: "5000000000" });
  });
  it("says what is declared of stamps, and nothing where nothing is", () => {
    const stamps = 'stamp_example: "2026-11-26T09:30:00.123456Z", clock_resolution: 1us';
    expect(one(`scopes: [{ name: a, profile: us-cat-member, labels: {}, ${stamps} }]`)).toMatchObject({
      stamp_example: "2026-11-26T09:30:00.123456Z",
      clock_resolution_ns: "1000",
    });
  });
  it.each([
    [
      "us-cat-member, app_error: 50ms",
      [
        "2:30: scope a: an app_error of 50000000 ns leaves nothing of the 50000000 ns that us-cat-member allows, so nothing can be proved inside",
      ],
    ],
    ["us-cat-member, app_error: 49ms", []],
    [
      "us-cat-member, stamp_example: yesterday",
      [expect.stringMatching(/^2:30: scope a: stamp_example "yesterday" has no form that is known, so it shows no granularity; write/)],
    ],
    ["us-cat-member, stamp_example: 20261126-09:30:00.123", []],
  ])("with profile %s is warned of: %j", (rest, warnings) =>
    expect(read(`version: 1\nscopes: [{ name: a, profile: ${rest}, labels: {} }]`)).toMatchObject({ problems: [], warnings }),
  );
  it.each([
    ["{ name: a, profile: us-cat-membr, labels: {} }", /no profile of this id; did you mean us-cat-member\?/],
    ["{ name: a, profile: soc2, labels: {} }", /set a profile with template: soc2 and a limit/],
    ["{ name: a, profile: us-cat-member }", /without labels/],
    ["{ name: a, profile: us-cat-member, labels: {}, calendar: lse }", /there is no calendar of this name; this file sets none/],
    ["{ name: A, profile: us-cat-member, labels: {} }", /lower-case letters and digits joined by hyphens/],
    ["{ name: a, profile: us-cat-member, labels: {}, minimum_proven: 101% }", /a share from 0% to 100%/],
    ["{ name: a, profile: us-cat-member, labels: {}, minimum_proven: 99.99999% }", /at most four digits/],
    ["{ name: a, profile: us-cat-member, labels: {}, app_error: -1us }", /app_error/],
  ])("%s is refused", (scope, words) => expect(wrong(`scopes: [${scope}]`).join("\n")).toMatch(words));
});

import { describe, expect, it } from "vitest";
import { parseYaml } from "../adapters/yaml-file.ts";
import { planChanges, type SetThing } from "./changes.ts";
import { readDocument, type Thing } from "./document.ts";
import { sayChange } from "./say-changes.ts";

function things(text: string): readonly Thing[] {
  const parsed = parseYaml(`version: 1\n${text}`);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const read = readDocument(parsed.root);
  if (read.problems.length > 0) throw new Error(JSON.stringify(read.problems));
  return read.things;
}
const set = (text: string, origin: SetThing["origin"] = "file"): SetThing[] => things(text).map((thing) => ({ ...thing, origin }));
const diff = (before: readonly SetThing[], after: string): string => planChanges(before, things(after)).changes.map(sayChange).join("");

describe("what a file changes", () => {
  it("is said of something new as far as it differs from what such a thing is anyway", () => {
    expect(diff([], "rules: [{ name: mine, finding: near_limit, limit: 100us, hold: 10m }]")).toBe(
      "+ rule mine\n    finding: near_limit\n    limit: 100us\n",
    );
    expect(diff([], "calendars: [{ name: c, timezone: UTC, days: [mon], open: '08:00', close: '16:00' }]")).toBe(
      '+ calendar c\n    timezone: UTC\n    days: [mon]\n    open: "08:00"\n    close: "16:00"\n',
    );
  });
  it("is said field by field in the file's words, also of what lies deeper", () => {
    const before = set(
      "groups: [{ name: g, labels: {} }]\ncalendars: [{ name: c, timezone: UTC, days: [mon], open: '08:00', close: '16:00' }]\nrules: [{ name: near_limit, hosts: { group: g }, calendar: { name: c, before: 30m }, otherwise: 1ms }]",
    );
    const after =
      "calendars: [{ name: c, timezone: UTC, days: [mon], open: '08:00', close: '16:00' }]\nrules: [{ name: near_limit, hosts: { labels: { a: b } }, calendar: { name: c }, otherwise: none, hold: 90s }]";
    expect(diff(before, after)).toBe(
      "- group g\n    labels: {}\n~ rule near_limit\n    hosts.labels: none -> {a: b}\n    otherwise: 1ms -> none\n    hold: 10m -> 90s\n    calendar.before: 30m -> 0s\n    hosts.group: g -> none\n",
    );
  });
  it("names all hosts where none is named, and no host twice", () => {
    const some =
      "maintenance: [{ name: m, hosts: { labels: { a: b } }, comment: c, weekly: { days: [mon], at: '08:00', for: 1h, timezone: UTC } }]";
    expect(diff([], some)).toMatch(/^\+ maintenance m\n {4}hosts.labels: \{a: b\}\n {4}comment: c\n/);
    expect(diff(set(some), some.replace("{ labels: { a: b } }", "{}"))).toBe("~ maintenance m\n    hosts.labels: {a: b} -> all hosts\n");
    const rule = (hosts: string) => `rules: [{ name: near_limit${hosts} }]`;
    expect(diff(set(rule("")), rule(", hosts: { labels: { a: b } }"))).toBe("~ rule near_limit\n    hosts.labels: all hosts -> {a: b}\n");
    const channel = (hosts: string) => `channels: [{ name: w, kind: webhook, url: "https://x.example"${hosts} }]`;
    expect(diff(set(channel(", hosts: { labels: { a: b } }")), channel(""))).toBe(
      "~ channel w\n    hosts.labels: {a: b} -> all incidents\n",
    );
  });
  it("has no password in it, also of an address that was set when they were taken", () => {
    const [thing] = set('channels: [{ name: w, kind: webhook, url: "https://x.example/y" }]') as [SetThing];
    const before = [{ ...thing, body: { ...thing.body, url: "https://me:hunter2@x.example/y" } }];
    expect(diff(before, 'channels: [{ name: w, kind: webhook, url: "https://x.example/z" }]')).toBe(
      '~ channel w\n    url: "https://…@x.example/y" -> "https://x.example/z"\n',
    );
  });
  it("is nothing where it is the same, however the labels are ordered", () => {
    const before = set(
      "policies: [{ hosts: { labels: { a: b, c: d } }, limit: 1ms }]\nsilences: [{ name: s, matchers: { a: b, c: d }, to: 2026-01-01T00:00:00Z, comment: x }]",
    );
    const begun = before.map((thing) =>
      thing.kind === "silence" ? { ...thing, body: { ...thing.body, from: "2025-01-01T00:00:00.000000000Z" } } : thing,
    );
    const after =
      "policies: [{ limit: 1000us, hosts: { labels: { c: d, a: b } } }]\nsilences: [{ name: s, matchers: { a: b, c: d }, to: 2026-01-01T01:00:00+01:00, comment: x }]";
    expect(planChanges(begun, things(after))).toEqual({ changes: [], same: 2, left: [] });
  });
  it("leaves alone what people set, and takes over what it names of that", () => {
    const people = set("rules: [{ name: near_limit }, { name: host_silent }]", "person");
    const { changes, left } = planChanges(people, things("rules: [{ name: near_limit }]"));
    expect(changes).toMatchObject([{ change: "change", key: "near_limit", takenOver: true, fields: [] }]);
    expect(left.map(({ key }) => key)).toEqual(["host_silent"]);
    expect(planChanges(people, []).changes).toEqual([]);
  });
});

describe("of what is set in parts", () => {
  const policy = (body: SetThing["body"], beside: SetThing["body"]): SetThing => ({
    kind: "policy",
    key: "{}",
    body,
    beside,
    origin: Object.keys(body).length > 0 ? "file" : "person",
  });
  const mesh = { domain: "fra", port: 8126 };
  it.each([
    ["adds to what others set", policy({}, { mesh }), "policies: [{ hosts: {}, limit: 1ms }]", "+ policy of all hosts\n    limit: 1ms\n"],
    [
      "changes its own alone",
      policy({ limit_ns: 1000 }, { mesh }),
      "policies: [{ hosts: {}, limit: 1ms }]",
      "~ policy of all hosts\n    limit: 1us -> 1ms\n",
    ],
    ["takes away its own alone", policy({ limit_ns: 1000 }, { mesh }), "rules: []", "- policy of all hosts\n    limit: 1us\n"],
    [
      "takes over a part",
      policy({ limit_ns: 1000 }, { mesh }),
      "policies: [{ hosts: {}, limit: 1us, mesh: { domain: ams, port: 8126 } }]",
      "~ policy of all hosts  (a person had set it; the file sets it from now on)\n    mesh.domain: fra -> ams\n",
    ],
    [
      "lets a field go that it names no more",
      policy({ limit_ns: 1000, faults: 2 }, {}),
      "policies: [{ hosts: {}, faults: 2 }]",
      "~ policy of all hosts\n    limit: 1us -> none\n",
    ],
  ])("a file %s", (_, before, after, words) => expect(diff([before], after)).toBe(words));
});

import { describe, expect, it } from "vitest";
import { csvOf } from "./csv.ts";
import { strangeFigures, wordsOf } from "./figures.fixture.ts";
import { htmlOf } from "./html.ts";
import { layOut } from "./lay-out.ts";
import { MANIFESTS, SHA256 } from "./manifests.fixture.ts";
import { todosOf } from "./todos.ts";
import { worstFirst } from "./worst-first.ts";

const CASES = Object.entries(MANIFESTS);
const SMALL = CASES.filter(([, { results }]) => results.length < 100);
const lines = (text: string): string[][] => text.trimEnd().split("\r\n").map(cells);
const cells = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
const only = <T>(all: readonly T[]): T => {
  const [one] = all;
  if (one === undefined) throw new Error("There is none");
  return one;
};

describe("what is made of a manifest", () => {
  it.each(SMALL)("has no figure that the manifest has not: %s", (_name, manifest) =>
    expect(strangeFigures(wordsOf(layOut(manifest, SHA256)), manifest)).toEqual([]),
  );

  it("is seen through where a figure is wrong by its last digit", () => {
    const words = wordsOf(layOut(MANIFESTS.violations, SHA256)).map((line) => line.replace("148.22", "148.23"));
    expect(strangeFigures(words, MANIFESTS.violations).length).toBeGreaterThan(0);
  });

  it.each(CASES)("begins with the result that the manifest calls its worst: %s", (_name, { results, totals }) =>
    expect(worstFirst(results).at(0)?.name ?? null).toBe(totals.worst?.name ?? null),
  );

  it("says what could be proved from then on as a forecast that is no part of the verdict, and nothing of it where there is none", () => {
    const partOf = (name: keyof typeof MANIFESTS, host: string) =>
      wordsOf({
        ...layOut(MANIFESTS[name], SHA256),
        notices: [],
        parts: layOut(MANIFESTS[name], SHA256).parts.filter(({ title }) => title.startsWith(host)),
      })
        .join("\n")
        .replaceAll("\u00a0", " ");
    const first = partOf("violations", "match-01");
    expect(first).toContain("Forecast, no part of the verdict");
    expect(first).toContain("cannot be proved: up to 104.12 µs");
    expect(first).toContain("can be proved: up to 93.377 µs");
    expect(first).toContain("path, 41.87 µs");
    expect(partOf("violations", "match-02")).toContain("not over this network: up to 20.318007 ms");
    expect(partOf("violations", "match-03")).toContain("Unknown: no report of the last ten minutes of the period");
    expect(partOf("compliant", "match-01")).not.toMatch(/forecast/i);
    const row = only(lines(csvOf(MANIFESTS.violations, SHA256)).filter((cells) => cells.includes("match-01.lon-1.example")));
    expect(row.slice(-6)).toEqual(["no", "104120", "yes", "93377", "path", "41870"]);
    expect(only(lines(csvOf(MANIFESTS.violations, SHA256)).filter((cells) => cells.includes("match-03.lon-1.example"))).slice(-6)).toEqual([
      "unknown",
      "",
      "unknown",
      "",
      "",
      "",
    ]);
  });

  it("says on its first page what is missing", () => {
    const front = (name: keyof typeof MANIFESTS) =>
      wordsOf({ ...layOut(MANIFESTS[name], SHA256), notices: [], parts: layOut(MANIFESTS[name], SHA256).parts.slice(0, 1) }).join("\n");
    expect(front("provisional")).toContain("To do: no inventory was imported");
    expect(front("no_evidence")).toContain("To do: no chain document is filed for 1 result");
    expect(front("no_evidence")).toContain("To do: heads of the log are not anchored outside");
    expect(front("violations")).toContain("late: it hides no breach");
    expect(front("violations")).toContain("Lost evidence: reports of match-02.lon-1.example");
    expect(front("empty")).toContain("Nothing was audited");
  });

  it("leaves to people what its pages call a to-do: each once, with whose it is, and nothing else", () => {
    const kinds = todosOf(MANIFESTS.no_evidence).map(({ about }) => about);
    expect(kinds).toEqual(["Chain from host to UTC(k)?", "Was anything altered or back-dated?"]);
    expect(todosOf(MANIFESTS.compliant)).toEqual([]);
    const [one = only([])] = MANIFESTS.violations.results;
    const findings = [
      { kind: "app_error_below_test", words: "To do: an application error of 2500 ns is assumed" },
      { kind: "self_report", words: "to be told" },
      { kind: "no_chain_document", words: "To do: no document shows the chain" },
    ];
    const results = ["a", "b", "c", "d"].map((name) => ({ ...one, name, findings }));
    expect(todosOf({ ...MANIFESTS.violations, results })).toEqual([
      { about: "app error below test", words: "An application error of 2500 ns is assumed", of: ["a", "b", "c"], of_count: 4 },
    ]);
    expect(todosOf(MANIFESTS.provisional).map(({ words }) => words)[0]).toMatch(/^No inventory was imported/);
  });

  it("tells breaches in audited time from those outside of the hours, and from those exempt in time", () => {
    const { violations } = MANIFESTS;
    const [failed = only([])] = violations.results.filter(({ episodes }) => episodes.length > 0);
    const said = (changes: Partial<typeof failed>): string =>
      wordsOf(layOut({ ...violations, results: [{ ...failed, ...changes }] }, SHA256)).join("\n");
    const early = failed.exemptions.map((one) => ({ ...one, declared_at: one.from }));
    const hours: typeof failed.schedule = [[failed.episodes[0]?.to ?? "", violations.period.to]];
    for (const text of [said({ exemptions: early }), said({ schedule: hours })]) {
      expect(text).toContain("None is proved in audited time.");
      expect(text).toContain("so in no verdict: 1 breach, such as match-02");
      expect(text).toContain("Not in audited time");
    }
    for (const text of [said({}), said({ schedule: [[violations.period.from, failed.episodes[0]?.to ?? ""]] })])
      expect(text).not.toMatch(/in audited time|in no verdict/);
  });

  it("names the pairs of a group that are outside, and of whom nothing is known", () => {
    const words = wordsOf(layOut(MANIFESTS.pairs, SHA256)).join("\n");
    expect(words).toContain("Two clocks are proved to have been further apart than the limit.");
    expect(words).toContain("1 host without evidence at some time");
    expect(words).toContain("match-04.lon-1.example");
    expect(words).not.toContain("listed in the inventory");
    const [head = [], ...rows] = lines(csvOf(MANIFESTS.pairs, SHA256));
    const groups = rows.filter((row) => row[head.indexOf("record")] === "result" && row[head.indexOf("pairs")] !== "");
    expect(groups.length).toBeGreaterThan(0);
    for (const name of ["samples", "inside", "greatest_divergence_ns"]) for (const row of groups) expect(row[head.indexOf(name)]).toBe("");
    expect(words).toContain("so the difference of two samples is no sample of their difference");
    const pairs = rows.filter((row) => row[head.indexOf("record")] === "pair");
    expect(pairs.map((row) => ["pair_a", "pair_b", "peak_proven_ns"].map((name) => row[head.indexOf(name)]))).toEqual([
      ["match-01.lon-1.example", "match-03.lon-1.example", "731040112"],
      ["match-02.lon-1.example", "match-03.lon-1.example", "730112004"],
    ]);
  });

  it("tells in words what nobody may read it without", () => {
    expect(layOut(MANIFESTS.provisional, SHA256).notices.map((notice) => notice.split(":")[0])).toEqual([
      "PROVISIONAL",
      "DEMONSTRATION",
      "NOT IN FORCE in all of the period",
      "DRAFT PROFILE",
      "UNVERIFIED FIGURES",
    ]);
    expect(layOut(MANIFESTS.empty, SHA256).notices).toEqual([]);
  });

  it("says on its first page, on every page, and in every line that evidence does not count without a chain", () => {
    const manifest = MANIFESTS.untraceable;
    const report = layOut(manifest, SHA256);
    expect(report.notices.find((one) => one.startsWith("EVIDENCE DOES NOT COUNT"))).toContain("match-02.lon-1.example");
    const [front] = report.parts;
    const words = wordsOf({ ...report, notices: [], parts: front === undefined ? [] : [front] }).join("\n");
    expect(words).toMatch(/Evidence does not count for 1 result.*match-02.*There was evidence for 1 of them/);
    expect(htmlOf(report).split("EVIDENCE DOES NOT COUNT").length - 1).toBeGreaterThan(report.parts.length);
    const rows = lines(csvOf(manifest, SHA256)).slice(1);
    expect(rows.every((row) => row.some((cell) => cell.includes("EVIDENCE DOES NOT COUNT")))).toBe(true);
    expect(layOut(MANIFESTS.compliant, SHA256).notices.join()).not.toContain("DOES NOT COUNT");
  });

  it.each([
    ["2026-03-01T00:00:00.000000000Z", "2026-03-02T00:00:00.000000000Z", true],
    ["2026-03-01T00:00:00.000000000Z", "2026-03-02T00:00:00.000000001Z", false],
    ["2018-01-02T23:59:59.000000000Z", "2018-01-04T00:00:00.000000000Z", false],
    ["2018-01-03T00:00:00.000000000Z", "2018-01-03T01:00:00.000000000Z", true],
  ])("says of a profile from 2018-01-03 to 2026-03-01 whether it was in force from %s to %s: %s", (from, to, isInForce) => {
    const manifest = MANIFESTS.violations;
    const profiles = manifest.profiles.map((one) => ({
      ...one,
      profile: { ...one.profile, valid_from: "2018-01-03", valid_to: "2026-03-01" },
    }));
    const { notices } = layOut({ ...manifest, profiles, period: { from, to } }, SHA256);
    expect(notices.filter((notice) => /^NOT IN FORCE .*2018-01-03 to 2026-03-01/.test(notice)).length).toBe(isInForce ? 0 : 1);
  });

  it("never adds what was sampled to what is proved", () => {
    const blocks = layOut(MANIFESTS.violations, SHA256).parts.flatMap((part) => part.blocks);
    for (const block of blocks) {
      if (block.kind !== "lines") continue;
      expect([block.proved.figure, ...block.proved.words].join()).not.toMatch(/sample/);
      expect([block.sampled.figure, ...block.sampled.words].join()).not.toMatch(/%|proved/);
    }
    expect(blocks.filter(({ kind }) => kind === "lines")).toHaveLength(1 + MANIFESTS.violations.results.length);
  });
});

describe("report.csv", () => {
  it.each(CASES)("has as many cells in each line, each with report, hash and standing: %s", (_name, manifest) => {
    const [head = [], ...rows] = lines(csvOf(manifest, SHA256));
    const breaches = manifest.results.reduce((sum, { episodes }) => sum + episodes.length, 0);
    const pairs = manifest.results.reduce((sum, { group }) => sum + (group?.outside.length ?? 0), 0);
    expect(rows).toHaveLength(Math.max(1, manifest.results.length + pairs + breaches));
    for (const row of rows) {
      expect(row).toHaveLength(head.length);
      expect(row.slice(0, 3)).toEqual([manifest.id, SHA256, manifest.final ? "final" : "provisional"]);
    }
  });

  it("has figures as the manifest has them", () => {
    const [head = [], ...rows] = lines(csvOf(MANIFESTS.violations, SHA256));
    const of = (row: readonly string[] | undefined, name: string) => row?.[head.indexOf(name)];
    const [first, breach] = rows;
    expect(of(first, "verdict")).toBe("FAIL");
    expect(of(first, "no_evidence_ns")).toBe("394000000001");
    expect(of(first, "limit_min_ns")).toBe("-100000");
    expect([of(breach, "record"), of(breach, "peak_proven_ns")]).toEqual(["breach", "148220"]);
  });

  it("is no formula for a spreadsheet, and no torn line", () => {
    const result = { ...only(MANIFESTS.compliant.results), name: '=cmd|"x",1\r\n', service: "-7" };
    const text = csvOf({ ...MANIFESTS.compliant, results: [result] }, SHA256);
    expect(text).toContain(`"'=cmd|""x"",1\r\n"`);
    expect(text).toContain(",-7,");
  });
});

describe("report.html", () => {
  it.each(CASES)("carries hash and notices over each part, and asks nothing of the network: %s", (_name, manifest) => {
    const html = htmlOf(layOut(manifest, SHA256));
    const parts = html.split("<section").slice(1);
    for (const part of parts) expect(part).toContain(SHA256);
    for (const notice of layOut(manifest, SHA256).notices)
      expect(html.split(notice.split(" (")[0] ?? "").length).toBeGreaterThan(parts.length);
    expect(html).not.toMatch(/<script|<link|src=|url\(|@import/);
  });

  it("takes text of others for text", () => {
    const result = { ...only(MANIFESTS.compliant.results), name: `<script>"'&` };
    const html = htmlOf(layOut({ ...MANIFESTS.compliant, results: [result] }, SHA256));
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;&quot;&#39;&amp;");
  });
});

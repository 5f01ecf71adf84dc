import { readdirSync, readFileSync } from "node:fs";
import { AlertRule, FINDINGS } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { ruleBase } from "../apply/rule-fields.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, DOCS), "utf8");
const SECTIONS = ["What it means", "What is proved, and what is not", "What to look at", "How to mend it", "How to quieten it"];

/** A finding of which no rule comes with Truebound: a rule of a file as far as the file leaves it open. */
const RULES = FINDINGS.map((finding) => ({ ...ruleBase(finding), finding }) as unknown as AlertRule);

describe("docs/alerts", () => {
  it("has a page for everything that a rule may look for, and no other", () => {
    expect(readdirSync(new URL("alerts/", DOCS)).sort()).toEqual(FINDINGS.map((finding) => `${finding}.md`).sort());
    for (const { name, finding } of SHIPPED_RULES) expect(name).toBe(finding);
  });
  it.each(RULES.map((rule) => [rule.finding, rule] as const))("%s says all that it must, and the rule as it is", (name, rule) => {
    const page = read(`alerts/${name}.md`);
    const [title, ...sections] = page.split(/^##? /m).slice(1);
    expect(sections.map((section) => section.split("\n")[0])).toEqual(SECTIONS);
    expect(title?.split("\n")[0]).toBe(name);
    expect(title).toContain(`Severity **${rule.severity}**`);
    const figures = [
      ...(rule.hold_s > 0 ? [`must hold for ${seconds(rule.hold_s)} s`] : []),
      ...(rule.clear_s > 0 ? [`${seconds(rule.clear_s)} s`] : []),
    ];
    for (const figure of figures) expect(title).toContain(figure);
    expect(page.split("\n").length).toBeGreaterThanOrEqual(25);
    expect(page.split("\n").length).toBeLessThanOrEqual(60);
  });
  it("names only pages and findings that are there", () => {
    const names = new Set<string>(FINDINGS);
    for (const finding of FINDINGS)
      for (const [, linked] of read(`alerts/${finding}.md`).matchAll(/\]\(([a-z_]+)\.md\)/g)) expect(names).toContain(linked);
  });
});

describe("docs/alerts.md", () => {
  it("has a line for each field of a rule, in its order", () => {
    const [, fields = ""] = read("alerts.md").split("## The fields of a rule");
    const rows = [...fields.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual(Object.keys(AlertRule.properties));
  });
});

const seconds = (count: number): string => count.toLocaleString("en-GB");

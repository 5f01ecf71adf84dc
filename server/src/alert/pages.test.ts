import { readdirSync, readFileSync } from "node:fs";
import { AlertRule, FINDINGS } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const DOCS = new URL("../../../docs/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, DOCS), "utf8");
const SECTIONS = ["What it means", "What is proved, and what is not", "What to look at", "How to mend it", "How to quieten it"];

describe("docs/alerts", () => {
  it("has a page for each rule that comes with Truebound, and no other", () => {
    expect(readdirSync(new URL("alerts/", DOCS)).sort()).toEqual(SHIPPED_RULES.map(({ name }) => `${name}.md`).sort());
  });
  it.each(SHIPPED_RULES.map((rule) => [rule.name, rule] as const))("%s says all that it must, and the rule as it is", (name, rule) => {
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
    for (const { name } of SHIPPED_RULES)
      for (const [, linked] of read(`alerts/${name}.md`).matchAll(/\]\(([a-z_]+)\.md\)/g)) expect(names).toContain(linked);
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

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { briefOf } from "./runbook-brief.ts";

const PAGES = join(import.meta.dirname, "../../../docs/alerts");

describe("the beginning of a page about a finding", () => {
  it.each(readdirSync(PAGES))("%s says what it means and what to do", (page) => {
    const { means, look, mend } = briefOf(readFileSync(join(PAGES, page), "utf8"));
    expect(means).toMatch(/^[A-Z`].+[.:)]$/s);
    expect(look.length + mend.length).toBeGreaterThan(0);
    for (const line of [means, ...look, ...mend]) expect(line.replaceAll(/`[^`]*`/g, "code")).not.toMatch(/\*|\]\(|^\s|\n/);
  });
  it("is the first steps of each list, what is indented with them, and how many are left", () => {
    const text =
      "# x\n\n## What it means\n\nIt is **so**,\nsee [that](b.md).\n\nMore.\n\n## How to mend it\n\n1. `a-*`\n   and *b*\n2. c\n3. d\n4. e\n\n## Other\n\n- f\n";
    expect(briefOf(text)).toEqual({ means: "It is so, see that.", look: [], mend: ["`a-*` and b", "c", "d"], more: 1 });
  });
  it("is empty where a page has none of it", () => expect(briefOf("# x\n")).toEqual({ means: "", look: [], mend: [], more: 0 }));
});

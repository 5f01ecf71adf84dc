import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const PAGES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)));

const FENCED = /^```[\s\S]*?^```/gm;
const LINK = /\]\(([^)\s]+)\)/g;
const OUTSIDE = /^[a-z][a-z0-9+.-]*:/i;

interface Link {
  readonly from: string;
  readonly path: string;
  readonly anchor: string | null;
}

const proseOf = (page: string): string => readFileSync(join(ROOT, page), "utf8").replace(FENCED, "");

/** Of one page, those that lead to a file of this repository. */
function linksOf(page: string): readonly Link[] {
  const targets = [...proseOf(page).matchAll(LINK)].map((match) => match[1] ?? "").filter((target) => !OUTSIDE.test(target));
  return targets.map((target) => {
    const [path = "", anchor = null] = target.split("#");
    return { from: page, path: path === "" ? page : normalize(join(dirname(page), path)), anchor };
  });
}

/** As GitHub names a heading: lower case, without marks, spaces as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");

const anchorsOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/^#+\s+(.+)$/gm)].map((match) => anchorOf(match[1] ?? ""));

function broken(link: Link): boolean {
  if (!existsSync(join(ROOT, link.path))) return true;
  if (link.anchor === null || statSync(join(ROOT, link.path)).isDirectory()) return false;
  return !anchorsOf(link.path).includes(link.anchor);
}

describe("links of the pages", () => {
  it("lead to files and headings that are there", () => {
    const links = PAGES.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter(broken).map(({ from, path, anchor }) => `${from} -> ${path}${anchor === null ? "" : `#${anchor}`}`)).toEqual([]);
  });

  it("a heading's anchor is as GitHub writes it", () => {
    expect(anchorOf("What it does *not* mean, and [why](x.md)")).toBe("what-it-does-not-mean-and-why");
    expect(anchorOf("`tb-audit/1`: the verdicts")).toBe("tb-audit1-the-verdicts");
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { helpOf, isCommand } from "../agent/src/help/help.ts";
import { parseCommand } from "../server/src/command-line.ts";
import { ourCommands, typedLines } from "./doc-commands.ts";

const ROOT = join(import.meta.dirname, "..");
const DOCS = join(ROOT, "docs");
const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const PAGES = [join(ROOT, "README.md"), join(ROOT, "CONTRIBUTING.md"), ...below(DOCS), ...below(join(ROOT, "deploy"))];
const named = (page: string) => relative(ROOT, page);

const LINK = /\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]*)?\)/g;
/** As the pages are shown: headings by their words. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...readFileSync(page, "utf8").matchAll(/^#+ (.*)$/gm)].map(
      ([, heading = ""]) =>
        `#${heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N} _-]/gu, "")
          .replaceAll(" ", "-")}`,
    ),
  );

describe("the pages", () => {
  it("link only to what is there", () => {
    const broken = PAGES.flatMap((page) => {
      const text = readFileSync(page, "utf8").replace(/^```[\s\S]*?^```$/gm, "");
      return [...text.matchAll(LINK)].flatMap(([, path = "", anchor]) => {
        const target = path === "" ? page : join(dirname(page), path);
        if (!existsSync(target)) return [`${named(page)}: ${path}`];
        return anchor === undefined || !target.endsWith(".md") || anchorsOf(target).has(anchor) ? [] : [`${named(page)}: ${path}${anchor}`];
      });
    });
    expect(broken).toEqual([]);
  });
  it("are all found from the list of pages", () => {
    const list = readFileSync(join(DOCS, "README.md"), "utf8");
    const pages = readdirSync(DOCS).filter((name) => name.endsWith(".md") && name !== "README.md");
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  });
});

describe("the commands that the pages give to type", () => {
  const typed = PAGES.flatMap((page) =>
    typedLines(page).flatMap((line) => ourCommands(line).map((words) => ({ page: named(page), words }))),
  );
  it("are split as a shell does", () => {
    expect(ourCommands("A=1 npx truebound token create --name 'web-*' --ttl 2h > join.token   # then")).toEqual([
      ["truebound", "token", "create", "--name", "web-*", "--ttl", "2h"],
    ]);
    expect(ourCommands('cat x | truebound explain audit - && truebound-agent now --x "a b" || true')).toEqual([
      ["truebound", "explain", "audit", "-"],
      ["truebound-agent", "now", "--x", "a b"],
    ]);
  });
  // What a shell puts in is not known here.
  const whole = typed.filter(({ words }) => !words.some((word) => word.includes("$")));
  it("are such as the programs take", () => {
    expect(whole.length).toBeGreaterThan(25);
    expect(typed.length - whole.length).toBeLessThan(25);
    const odd = whole.flatMap(({ page, words: [program, ...args] }) => {
      const [command = "", ...rest] = args;
      const line = `${page}: ${[program, ...args].join(" ")}`;
      if (program === "truebound") {
        const parsed = parseCommand(args);
        return parsed.name === "usage" ? [`${line}: ${parsed.problem.split("\n")[0]}`] : [];
      }
      if (!isCommand(command)) return [line];
      const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined).filter((word) => word.startsWith("--"));
      return options.filter((option) => !helpOf(command).includes(option.split("=")[0] ?? "")).map((option) => `${line}: ${option}`);
    });
    expect(odd).toEqual([]);
  });
});

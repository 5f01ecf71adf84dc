import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SETTINGS } from "@truebound/wire";
import { expect, it } from "vitest";
import { COMMAND_NAMES, HELP, parseCommand } from "./command-line.ts";

it.each([
  [[], { name: "help" }],
  [["up"], { name: "up", demo: false }],
  [["up", "--demo"], { name: "up", demo: true }],
  [["serve"], { name: "serve" }],
  [["--version"], { name: "version" }],
  [["up", "--dmeo"], { name: "usage", problem: "Cannot take --dmeo: there is no such option; did you mean --demo?" }],
  [["up", "now"], { name: "usage", problem: 'truebound up takes no "now"; truebound up --help says what it takes' }],
  [["serve", "now"], { name: "usage", problem: 'truebound serve takes no "now"; truebound serve --help says what it takes' }],
  [["serve", "--demo"], { name: "usage", problem: "Cannot take --demo: there is no such option; truebound serve takes none" }],
  [["migrate", "--distrbute", "citus"], { name: "usage", problem: expect.stringContaining("did you mean --distribute?") }],
  [["token", "creat"], { name: "usage", problem: expect.stringContaining("did you mean create? Say create, list or revoke") }],
  [["host", "aprove", "x"], { name: "usage", problem: expect.stringContaining("did you mean approve?") }],
  [["hold", "ad"], { name: "usage", problem: expect.stringContaining("did you mean add?") }],
  [["profile", "list", "--json"], { name: "profile", request: { do: "list", json: true } }],
  [["profile", "lst"], { name: "usage", problem: expect.stringContaining("did you mean list?") }],
  [["scope", "list"], { name: "scope", request: { do: "list_scopes", json: false } }],
  [["scope", "add"], { name: "usage", problem: expect.stringContaining("truebound apply sets scopes") }],
  [["exemption", "ad"], { name: "usage", problem: expect.stringContaining("did you mean add?") }],
  [["inventory", "imprt"], { name: "usage", problem: expect.stringContaining("did you mean import?") }],
  [["explain", "bond", "f"], { name: "usage", problem: expect.stringContaining("did you mean bound?") }],
  [["explain", "bound", "--", "-f"], { name: "explain", what: "bound", file: "-f" }],
  [["explain", "bound", "-"], { name: "explain", what: "bound", file: "-" }],
  [["explain", "peers", "x"], { name: "explain", what: "peers", file: "x" }],
  [["explain", "pears", "x"], { name: "usage", problem: expect.stringContaining("did you mean peers?") }],
  [["help", "tokn"], { name: "usage", problem: expect.stringContaining("did you mean token?") }],
  [["--help"], { name: "help" }],
  [["toString"], { name: "usage", problem: expect.stringMatching(/^There is no command "toString"; did you mean \w+\?/) }],
  [["explian"], { name: "usage", problem: 'There is no command "explian"; did you mean explain? truebound help lists them' }],
  [
    ["report", "verify", "b", "--key", "k"],
    { name: "report", request: { do: "verify", bundle: "b", keyId: "k", countersigned: false, json: false } },
  ],
  [["report", "create", "--from", "x"], { name: "usage", problem: expect.stringContaining("without --from, --to and --out") }],
  [["order", "a@1", "b@2", "--json"], { name: "past", request: { do: "order", a: "a@1", b: "b@2", json: true } }],
  [["order", "a@1"], { name: "usage", problem: expect.stringContaining("write HOST@TIME HOST@TIME") }],
  [
    ["stamp", "-", "--limit", "1ms"],
    { name: "past", request: { do: "stamp", file: "-", wish: { profile: undefined, limit: "1ms", format: "csv" } } },
  ],
  [["stamp"], { name: "usage", problem: expect.stringContaining("a file, or -") }],
  [
    ["advise", "--label", "a=b", "--label", "c=d"],
    { name: "past", request: { do: "advise", wish: { host: undefined, labels: "a=b,c=d", from: undefined, to: undefined }, json: false } },
  ],
  [["advise", "--lable", "a=b"], { name: "usage", problem: expect.stringContaining("did you mean --label?") }],
  [["rebuild", "--host", "a", "-h"], { name: "say", text: expect.stringContaining("usage: truebound rebuild") }],
  [["migrate"], { name: "migrate", distribute: null }],
  [["migrate", "--distribute", "citus"], { name: "migrate", distribute: "citus" }],
  [["migrate", "--distribute", "sheets"], { name: "usage", problem: 'Cannot distribute by "sheets": say --distribute citus' }],
])("%j", (args, command) => expect(parseCommand(args)).toEqual(command));

it("rebuilds all hosts or one, and only looks where it is told to", () => {
  expect(parseCommand(["rebuild"])).toEqual({ name: "rebuild", host: null, check: false });
  expect(parseCommand(["rebuild", "--check", "--host", "db-1"])).toEqual({ name: "rebuild", host: "db-1", check: true });
  expect(parseCommand(["rebuild", "--help"])).toMatchObject({ name: "say" });
  for (const wrong of [["db-1"], ["--chekc"], ["--host"]]) expect(parseCommand(["rebuild", ...wrong])).toMatchObject({ name: "usage" });
});

it.each(COMMAND_NAMES)("%s says what it takes, with settings that exist and an example that it takes itself", (name) => {
  const help = parseCommand([name, "--help"]);
  expect([parseCommand([name, "-h"]), parseCommand(["help", name])]).toEqual([help, help]);
  expect(HELP).toContain(`truebound ${name}`);
  const text = help.name === "say" ? help.text : "";
  expect(text).toMatch(new RegExp(`^usage: truebound ${name}\\b`));
  expect(text).toContain("settings:");
  for (const setting of text.match(/TRUEBOUND_[A-Z_]+/g) ?? []) expect(SETTINGS).toContain(setting);
  const example = /\nexample: (?:[A-Z_]+=\S+ )*truebound (.*)\n$/.exec(text)?.[1] ?? "";
  const words = example.replace(/ > \S+$/, "").match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  expect(parseCommand(words.map((word) => word.replace(/^(['"])(.*)\1$/, "$2")))).not.toMatchObject({ name: "usage" });
  expect(words[0]).toBe(name);
});

it("looks at the archive before it removes anything from it", () => {
  const asked = (...args: string[]) => parseCommand(["archive", ...args]);
  expect(asked("remove-old", "--dry-run")).toEqual({ name: "archive", request: { dryRun: true, json: false } });
  expect(asked("remove-old", "--json")).toEqual({ name: "archive", request: { dryRun: false, json: true } });
  expect(asked("--help")).toMatchObject({ name: "say" });
  for (const wrong of [[], ["remove"], ["remove-old", "now"], ["remove-old", "--dryrun"]])
    expect(asked(...wrong)).toMatchObject({ name: "usage" });
});

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs")).map((file) => `docs/${file}`)].filter((file) => file.endsWith(".md"));

/** What a shell would put in, where it matters to a command which. */
const PUT_IN: readonly (readonly [RegExp, string])[] = [
  [/\$FROM/, "2026-03-02T00:00:00Z"],
  [/\$TO/, "2026-03-03T00:00:00Z"],
  [/\$\(openssl [^)]*\)/, `MCowBQYDK2VwAyEA${"A".repeat(43)}=`],
];

/** Commands of the blocks of a page, as a shell would cut them into words. */
function commandsOf(page: string): string[][] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll("\\\n", " ");
  const blocks = text.match(/^ *```(?:sh|bash)?\n[\s\S]*?^ *```/gm) ?? [];
  const lines = blocks.flatMap((block) => [...(block.match(/^ *(?:npx )?truebound .*/gm) ?? [])]);
  return lines.map((line) => {
    const put = PUT_IN.reduce((words, [what, value]) => words.replace(what, value), line);
    const all: string[] = put.match(/(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"$]|\$)+/g) ?? [];
    const end = all.findIndex((word) => ["<", ">", "|", "||", "&&", "#"].includes(word));
    const words = all.slice(all.indexOf("truebound") + 1, end < 0 ? undefined : end);
    return words.map((word) => word.replaceAll(/(['"])(.*?)\1/g, "$2"));
  });
}

it.each(PAGES)("takes every command of %s", (page) => {
  for (const words of commandsOf(page)) expect(parseCommand(words), words.join(" ")).not.toMatchObject({ name: "usage" });
});

it("finds the commands that pages tell to type", () => expect(PAGES.flatMap(commandsOf).length).toBeGreaterThan(60));

import { expect, it } from "vitest";
import { parseCommand } from "./command-line.ts";

it.each([
  [[], { name: "help" }],
  [["up"], { name: "up", demo: false }],
  [["up", "--demo"], { name: "up", demo: true }],
  [["serve"], { name: "serve" }],
  [["--version"], { name: "version" }],
  [["up", "--dmeo"], { name: "usage", problem: 'truebound up takes no "--dmeo"' }],
  [["serve", "now"], { name: "usage", problem: 'truebound serve takes no "now"' }],
  [["toString"], { name: "usage", problem: expect.stringMatching(/^There is no command "toString"; did you mean \w+\?/) }],
  [["explian"], { name: "usage", problem: 'There is no command "explian"; did you mean explain? truebound help lists them' }],
  [["report", "create"], { name: "usage", problem: 'Cannot run "report": it is not built yet' }],
  [["up", "--help"], { name: "help" }],
  [["migrate", "-h"], { name: "help" }],
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

it("looks at the archive before it removes anything from it", () => {
  const asked = (...args: string[]) => parseCommand(["archive", ...args]);
  expect(asked("remove-old", "--dry-run")).toEqual({ name: "archive", request: { dryRun: true, json: false } });
  expect(asked("remove-old", "--json")).toEqual({ name: "archive", request: { dryRun: false, json: true } });
  expect(asked("--help")).toMatchObject({ name: "say" });
  for (const wrong of [[], ["remove"], ["remove-old", "now"], ["remove-old", "--dryrun"]])
    expect(asked(...wrong)).toMatchObject({ name: "usage" });
});

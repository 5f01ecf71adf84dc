import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS, type CommandHelp, SETTING_HELP } from "../src/help/commands.ts";
import { loggedIn, runAgent, temporaryFolder } from "./helpers.ts";

/** The agent's commands as a person types them. */
const folder = temporaryFolder();
afterAll(() => folder.remove());

const env = { TRUEBOUND_AGENT_DATA_DIR: folder.path, TRUEBOUND_SOURCES: "127.0.0.1:9" };
const NAMES = Object.keys(COMMANDS);
const optionsOf = ({ options }: CommandHelp): string[] => Object.keys(options).map((option) => option.split(" ")[0] as string);
const EVERY = Object.entries(COMMANDS).flatMap(([name, help]) => optionsOf(help).map((option) => [name, option] as const));

describe("--help of a command", () => {
  it.each(NAMES)("%s: says what it does, its options, its settings and one example, and does nothing", async (name) => {
    const { usage, settings, example }: CommandHelp = COMMANDS[name as keyof typeof COMMANDS];
    const { code, stdout, stderr } = await runAgent([name, "--help"], { TRUEBOUND_AGENT_DATA_DIR: "/nonexistent/folder" });
    expect([code, stderr, stdout.split("\n")[0]]).toEqual([0, "", `usage: truebound-agent ${usage}`]);
    for (const part of ["--help, -h", `example:\n  ${example}`, "exit code: ", ...settings]) expect(stdout).toContain(part);
    for (const setting of settings) expect(stdout).toContain(SETTING_HELP[setting]);
  });
  it("of config names every setting that a run takes: it prints each", () =>
    expect([...COMMANDS.config.settings]).toEqual([...COMMANDS.run.settings]));
  it("can be asked for in three ways", async () => {
    const { stdout } = await runAgent(["enroll", "--help"]);
    for (const args of [
      ["enroll", "-h", "--server"],
      ["help", "enroll"],
    ])
      expect(await runAgent(args)).toMatchObject({ code: 0, stdout });
  });
  it("is told of where the commands are listed", async () => {
    const { code, stdout } = await runAgent(["--help"]);
    expect(code).toBe(0);
    for (const name of NAMES) expect(stdout).toMatch(new RegExp(`^  ${name} +[a-z]`, "m"));
    expect(stdout).toContain("COMMAND --help says more");
  });
});

describe("what is misspelt", () => {
  it.each([
    [["rnu"], "did you mean run?"],
    [["enrol"], "did you mean enroll?"],
    [["docter", "--json"], "did you mean doctor?"],
    [["help", "chek"], "did you mean check?"],
    [["--hlep"], "did you mean --help?"],
    [["run", "--hlep"], "did you mean --help?"],
    [["config", "shwo"], "did you mean truebound-agent config show --effective?"],
  ])("%j: names the nearest", async (args, words) => {
    expect(await runAgent(args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(words) });
  });
  it.each(EVERY)("%s %s: the nearest option is named, and where more is said", async (name, option) => {
    const word = name === "config" ? ["show"] : name === "check" ? ["127.0.0.1:9"] : [];
    const { stderr } = await runAgent([name, ...word, option.slice(0, -1)]);
    expect(stderr).toContain(`there is no such option; did you mean ${option}?`);
    expect(stderr).toContain(`truebound-agent ${name} --help says more`);
  });
  it.each(["run", "enroll", "unenroll", "key", "rotate", "doctor", "version"])("%s takes no words", async (name) => {
    const { code, stderr } = await runAgent([name, "stray"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Cannot take "stray": truebound-agent ${name} takes no words`)]);
  });
});

describe("what is logged", () => {
  it("has one form, whatever command says it and whether it is an answer, a complaint or a setting that is wrong", async () => {
    const said = async (args: string[], more: Record<string, string> = {}) => {
      const { stdout, stderr, code } = await runAgent(args, { ...env, ...more });
      return { code, lines: loggedIn(stdout + stderr) };
    };
    expect(await said(["rotate"])).toEqual({ code: 1, lines: [{ level: "error", said: expect.stringContaining("it is not enrolled") }] });
    expect(await said(["enroll"])).toEqual({
      code: 78,
      lines: [{ level: "error", said: expect.stringContaining("no join token names the server") }],
    });
    expect(await said(["unenroll"])).toEqual({ code: 0, lines: [{ level: "info", said: "This host was not enrolled" }] });
    const wrong = await said(["run"], { TRUEBOUND_SORCES: "x", TRUEBOUND_FAULTS: "-1" });
    expect(wrong.lines).toEqual([
      { level: "error", said: expect.stringContaining("TRUEBOUND_SORCES") },
      { level: "error", said: expect.stringContaining("TRUEBOUND_FAULTS=-1") },
    ]);
  });
  it("is told apart from an answer that programs read: a key is a key alone", async () => {
    expect((await runAgent(["key"], env)).stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  });
});

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS, type CommandHelp, SETTING_HELP } from "../src/help/commands.ts";
import { loggedIn, runAgent, startAgent, temporaryFolder } from "./helpers.ts";

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

/** What some commands are told before their options. */
const BEFORE_OPTIONS: Readonly<Record<string, readonly string[]>> = { config: ["show"], check: ["127.0.0.1:9"], spool: ["export"] };

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
    const { stderr } = await runAgent([name, ...(BEFORE_OPTIONS[name] ?? []), option.slice(0, -1)]);
    expect(stderr).toContain(`there is no such option; did you mean ${option}?`);
    expect(stderr).toContain(`truebound-agent ${name} --help says more`);
  });
  it.each(["run", "enroll", "unenroll", "key", "rotate", "doctor", "version"])("%s takes no words", async (name) => {
    const { code, stderr } = await runAgent([name, "stray"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Cannot take "stray": truebound-agent ${name} takes no words`)]);
  });
});

describe("what is logged", () => {
  const said = async (args: string[], more: Record<string, string> = {}) => {
    const { stdout, stderr, code } = await runAgent(args, { ...env, ...more });
    return { code, lines: loggedIn(stdout + stderr) };
  };
  it("has one form, whatever command says it and whether it is an answer, a complaint or a setting that is wrong", async () => {
    expect(await said(["rotate"])).toEqual({ code: 1, lines: [{ level: "error", said: expect.stringContaining("it is not enrolled") }] });
    expect(await said(["enroll"])).toEqual({
      code: 78,
      lines: [{ level: "error", said: expect.stringContaining("no join token names the server") }],
    });
    expect(await said(["unenroll"])).toEqual({ code: 0, lines: [{ level: "info", said: "This host was not enrolled" }] });
    expect(await said(["spool", "export", "-"])).toEqual({
      code: 78,
      lines: [{ level: "error", said: expect.stringContaining("this host is not let in yet") }],
    });
    expect(await said(["enroll", "--answer", "/nonexistent/file"])).toEqual({
      code: 1,
      lines: [{ level: "error", said: expect.stringContaining("Cannot read /nonexistent/file: ENOENT") }],
    });
    const asked = await said(["enroll", "--request", join(folder.path, "request")]);
    expect(asked).toEqual({ code: 0, lines: [{ level: "info", said: expect.stringContaining("asks to be let in by the key") }] });
    const wrong = await said(["run"], { TRUEBOUND_SORCES: "x", TRUEBOUND_FAULTS: "-1" });
    expect(wrong.lines).toEqual([
      { level: "error", said: expect.stringContaining("TRUEBOUND_SORCES") },
      { level: "error", said: expect.stringContaining("TRUEBOUND_FAULTS=-1") },
    ]);
  });
  it("refuses a folder in which nothing can be kept before it tries to make one there", async () => {
    const { code, lines } = await said(["run"], { TRUEBOUND_AGENT_DATA_DIR: "/proc/truebound/agent" });
    const refusal = expect.stringMatching(/^Cannot use the folder \/proc\/truebound\/agent: it lies on proc/);
    expect([code, lines.at(-1)]).toEqual([78, { level: "error", said: refusal }]);
  });
  it("is told apart from an answer that programs read: a key is a key alone", async () => {
    expect((await runAgent(["key"], env)).stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  });
});

describe("settings of files", () => {
  const files = temporaryFolder();
  afterAll(() => files.remove());
  const write = (name: string, text: string) => writeFileSync(join(files.path, name), text);
  const from = { ...env, TRUEBOUND_CONFIG_DIR: files.path };

  it("give way to variables, and both to flags; config show says whose each is", async () => {
    mkdirSync(join(files.path, "agent.d"));
    write("agent.yaml", "faults: 3\nrho_ppb: 50000\nhost_name: of-the-file\n");
    write("agent.d/10-site.yaml", "rho_ppb: 60000\nlabels: { site: fra }\n");
    const { stdout, code } = await runAgent(["config", "show", "--host-name", "of-the-flag"], { ...from, TRUEBOUND_FAULTS: "2" });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      faults: { value: 2, from: "TRUEBOUND_FAULTS" },
      rho_ppb: { value: 60_000, from: `${files.path}/agent.d/10-site.yaml:1` },
      labels: { value: { site: "fra" }, from: `${files.path}/agent.d/10-site.yaml:2` },
      host_name: { value: "of-the-flag", from: "--host-name" },
    });
  });
  it("that are wrong are told together with all else, by every command in its own way", async () => {
    write("agent.yaml", "fualts: 3\nprobe_interval: 16\n");
    const problems = [
      `Cannot use fualts of ${files.path}/agent.yaml:1: there is no such setting; did you mean faults?`,
      `Cannot use probe_interval of ${files.path}/agent.yaml:2=16: write a number with its unit between 1s and 3600s, e.g. 16s`,
    ];
    expect(await runAgent(["config", "show"], from)).toMatchObject({ code: 78, stderr: `${problems.join("\n")}\n` });
    expect(await runAgent(["check", "127.0.0.1:9"], from)).toMatchObject({ code: 3, stdout: `UNKNOWN: ${problems[0]}\n` });
  });
  it("are read again at SIGHUP: wrong ones change nothing, right ones are in force, and SIGTERM still ends it", async () => {
    write("agent.yaml", "faults: 0\n");
    const agent = startAgent(from);
    const said = lineReader(agent);
    await said(/measuring without reporting/);
    write("agent.yaml", "faults: -1\n");
    agent.kill("SIGHUP");
    await said(/error Cannot use faults of .*agent\.yaml:1=-1/);
    await said(/going on with those from before/);
    write("agent.yaml", `textfile: ${files.path}/nowhere/clock.prom\n`);
    agent.kill("SIGHUP");
    await said(/beginning again with the settings as they are now/);
    await said(/nowhere\/clock\.prom/);
    agent.kill("SIGTERM");
    expect(await once(agent, "close")).toEqual([0, null]);
  });
  it("are refused at SIGHUP where no agent can begin in their folder: the one that runs goes on", async () => {
    write("agent.yaml", `data_dir: ${files.path}/data\n`);
    const agent = startAgent({ TRUEBOUND_SOURCES: "127.0.0.1:9", TRUEBOUND_CONFIG_DIR: files.path });
    const said = lineReader(agent);
    await said(/measuring without reporting/);
    write("agent.yaml", `data_dir: ${files.path}/agent.yaml/data\n`);
    agent.kill("SIGHUP");
    await said(/error +Cannot use the folder .*agent\.yaml\/data/);
    await said(/going on with those from before/);
    agent.kill("SIGTERM");
    expect(await once(agent, "close")).toEqual([0, null]);
  });
});

/** Waits for a line of the agent's log that comes after the last one that was waited for. */
function lineReader(agent: ChildProcess): (wanted: RegExp) => Promise<void> {
  const lines = createInterface({ input: agent.stderr as Readable })[Symbol.asyncIterator]();
  return async (wanted) => {
    for (let line = await lines.next(); ; line = await lines.next()) {
      if (line.done === true) throw new Error(`The agent ended before it said ${wanted}`);
      if (wanted.test(line.value)) return;
    }
  };
}

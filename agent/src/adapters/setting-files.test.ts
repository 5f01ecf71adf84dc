import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSettingFiles } from "./setting-files.ts";

describe("files of settings", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "truebound-settings-"));
    mkdirSync(join(folder, "agent.d"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const entries = async (text: string) => {
    write("agent.yaml", text);
    return (await readSettingFiles(folder)).flatMap((file) => file.entries.map(({ key, line, value }) => [key, line, value]));
  };

  it("are agent.yaml, then agent.d by name; hidden ones and others are left out", async () => {
    for (const name of ["agent.d/b.yaml", "agent.yaml", "agent.d/a.yaml", "agent.d/.c.yaml", "agent.d/d.yaml~"]) write(name, "");
    expect((await readSettingFiles(folder)).map(({ path }) => path.slice(folder.length + 1))).toEqual([
      "agent.yaml",
      "agent.d/a.yaml",
      "agent.d/b.yaml",
    ]);
    expect(await readSettingFiles(join(folder, "nowhere"))).toEqual([]);
  });
  it("give each value as it is written, with its line", async () => {
    expect(
      await entries("# first\nsources: [a, 'b:1']\nlabels: { rack: 007, hot: true }\nfaults: 0\npeers: off\nrehearsals: true\ntextfile:\n"),
    ).toEqual([
      ["sources", 2, ["a", "b:1"]],
      [
        "labels",
        3,
        new Map([
          ["rack", "007"],
          ["hot", "1"],
        ]),
      ],
      ["faults", 4, "0"],
      ["peers", 5, "off"],
      ["rehearsals", 6, "1"],
      ["textfile", 7, null],
    ]);
  });
  it("have no value for what no setting can be", async () =>
    expect(await entries("sources: [[a]]\nlabels: { a: { b: c } }\nfaults: *x\n")).toEqual([
      ["sources", 1, undefined],
      ["labels", 2, undefined],
      ["faults", 3, undefined],
    ]));
  it.each([
    ["a: 1\na: 2\n", "agent.yaml:2: Map keys must be unique"],
    ["- a\n", "agent.yaml:1: write NAME: VALUE"],
    ["a: [\n", "agent.yaml:2: "],
  ])("say where %j is wrong", async (text, words) => {
    write("agent.yaml", text);
    const [file] = await readSettingFiles(folder);
    expect(file?.entries).toEqual([]);
    expect(file?.problems[0]).toContain(words);
  });
  it("that cannot be read are told", async () => {
    mkdirSync(join(folder, "agent.yaml"));
    await expect(readSettingFiles(folder)).rejects.toThrow(/^Cannot read the settings in .*agent\.yaml: EISDIR/);
  });
});

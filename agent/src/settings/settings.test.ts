import { describe, expect, it } from "vitest";
import { COMMANDS } from "../help/commands.ts";
import { type FileEntry, fileSettings } from "./file-settings.ts";
import { inOwnWords, layered } from "./layers.ts";
import { settingFlags } from "./setting-flags.ts";
import { FILE_KEYS, settingOfKey } from "./setting-key.ts";

const file = (path: string, ...entries: [string, FileEntry["value"]][]) => ({
  path,
  problems: [],
  entries: entries.map(([key, value], index) => ({ key, value, line: index + 1 })),
});

describe("settings of files", () => {
  it("have one key each, and the folder of files is none of them", () => {
    expect(new Set(FILE_KEYS).size).toBe(FILE_KEYS.length);
    expect(FILE_KEYS).toEqual(expect.arrayContaining(["data_dir", "http_port", "probe_interval", "sources"]));
    expect(FILE_KEYS).not.toContain("config_dir");
    expect(settingOfKey("data_dir")).toBe("TRUEBOUND_AGENT_DATA_DIR");
  });
  it("take lists and pairs, and of two files the later one's", () => {
    const files = [
      file("agent.yaml", ["sources", ["a", "b:1123"]], ["labels", new Map([["site", "fra"]])], ["faults", "1"]),
      file("agent.d/1.yaml", ["faults", "0"], ["sources", null]),
    ];
    expect(fileSettings(files)).toEqual({
      set: {
        TRUEBOUND_SOURCES: { value: "a,b:1123", at: "agent.yaml:1" },
        TRUEBOUND_LABELS: { value: "site=fra", at: "agent.yaml:2" },
        TRUEBOUND_FAULTS: { value: "0", at: "agent.d/1.yaml:1" },
      },
      problems: [],
    });
  });
  it("tell all that is wrong, each with its line and the nearest right name", () => {
    const { set, problems } = fileSettings([file("f", ["sorces", "a"], ["labels", new Map([["site", "a,b"]])], ["faults", undefined])]);
    expect(set).toEqual({});
    expect(problems).toEqual([
      "Cannot use sorces of f:1: there is no such setting; did you mean sources?",
      'Cannot use labels of f:2: "site=a,b" holds a comma, which no part of it can',
      expect.stringMatching(/^Cannot use faults of f:3: write a text/),
    ]);
  });
});

describe("settings of flags", () => {
  const taken = (...args: string[]) => settingFlags(args, COMMANDS.run.settings, []);
  it("are taken out of the command line, and all else stays", () => {
    expect(taken("a", "--probe-interval", "4s", "--json", "--faults=0", "--", "--sources", "b")).toEqual({
      set: { TRUEBOUND_PROBE_INTERVAL: "4s", TRUEBOUND_FAULTS: "0" },
      rest: ["a", "--json", "--", "--sources", "b"],
    });
  });
  it("leave a command its own options", () =>
    expect(settingFlags(["--token-file", "f"], COMMANDS.enroll.settings, ["--token-file"])).toEqual({
      set: {},
      rest: ["--token-file", "f"],
    }));
  it("need a value, once", () => {
    expect(taken("--sources")).toBe("Cannot take --sources without a value");
    expect(taken("--sources=a", "--sources", "b")).toBe("Cannot take --sources twice");
  });
});

describe("the layers", () => {
  const files = {
    TRUEBOUND_FAULTS: { value: "1", at: "f:1" },
    TRUEBOUND_LABELS: { value: "a=b", at: "f:2" },
    TRUEBOUND_RHO_PPB: { value: "9", at: "f:3" },
  };
  it("are flags, then variables, then files; an empty variable sets nothing", () => {
    const { env, origins } = layered(
      { TRUEBOUND_FAULTS: "3" },
      { TRUEBOUND_FAULTS: "2", TRUEBOUND_LABELS: "", TRUEBOUND_RHO_PPB: "8" },
      files,
    );
    expect(env).toEqual({ TRUEBOUND_FAULTS: "3", TRUEBOUND_LABELS: "a=b", TRUEBOUND_RHO_PPB: "8" });
    expect(origins).toEqual({
      TRUEBOUND_FAULTS: { from: "--faults", words: "--faults" },
      TRUEBOUND_LABELS: { from: "f:2", words: "labels of f:2" },
    });
  });
  it("leave the folder to either of its two variables", () => {
    const data = { TRUEBOUND_AGENT_DATA_DIR: { value: "/file", at: "f:1" } };
    expect(layered({}, { TRUEBOUND_DATA_DIR: "/variable" }, data).env).toEqual({ TRUEBOUND_DATA_DIR: "/variable" });
    expect(layered({}, {}, data).env).toEqual({ TRUEBOUND_AGENT_DATA_DIR: "/file" });
  });
  it("have problems named as they were written", () => {
    const { origins } = layered({ TRUEBOUND_FAULTS: "-1" }, {}, files);
    expect(inOwnWords("Cannot use TRUEBOUND_FAULTS=-1 nor TRUEBOUND_RHO_PPB=9 nor TRUEBOUND_PEERS=x", origins)).toBe(
      "Cannot use --faults=-1 nor rho_ppb of f:3=9 nor TRUEBOUND_PEERS=x",
    );
  });
});

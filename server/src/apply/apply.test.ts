import { parseUtc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { parseYaml } from "../adapters/yaml-file.ts";
import { parseApply } from "../admin/apply-requests.ts";
import { checkFile } from "./apply.ts";

const check = (text: string, json = false) =>
  checkFile(
    { read: async () => text, parse: parseYaml, now: () => parseUtc("2026-06-01T00:00:00Z") as bigint },
    { file: "clocks.yaml", diff: false, dryRun: false, json, check: true },
  );
const OLD = "silences: [{ name: s, comment: c, to: 2026-01-01T00:00:00Z, matchers: { host: a } }]";

describe("truebound apply --check", () => {
  it("says that a file is right, without a database", async () => {
    expect(await check("version: 1\nrules: [{ name: near_limit }]")).toEqual({
      code: 0,
      out: "",
      err: "clocks.yaml is right: it sets 1 thing\n",
    });
  });
  it("says all that is wrong, each at its place", async () => {
    expect(await check("version: 1\nrules: [{ name: near_limit, hold: 30, clear: 1 }]")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^clocks.yaml:2:\d+: .*hold.*\nclocks.yaml:2:\d+: .*clear.*\n2 problems in clocks.yaml\n$/),
    });
  });
  it("warns of what is right and does nothing", async () => {
    expect(await check(`version: 1\n${OLD}`)).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^clocks.yaml:2:\d+: Warning: silences\[0\] is wholly in the past/),
    });
    expect(JSON.parse((await check(`version: 1\n${OLD}`, true)).out)).toMatchObject({ problems: [], warnings: [{ line: 2 }] });
  });
  it("is asked for alone", () => {
    expect(parseApply(["--check", "f"])).toMatchObject({ check: true, file: "f" });
    expect(parseApply(["--check", "--diff", "f"])).toMatch(/beside --diff/);
  });
});

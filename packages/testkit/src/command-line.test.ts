import { describe, expect, it } from "vitest";
import { asked, wholeNumber } from "./command-line.ts";

const KINDS = { seeds: "text", "until-failure": "flag" } as const;
const USAGE = "npm run simulate -- --seeds N [--until-failure]";

describe("a command line of this workspace", () => {
  it("gives what was asked for", () => {
    expect(asked(["--seeds", "3", "--until-failure"], KINDS, USAGE)).toEqual({ do: "go", values: { seeds: "3", "until-failure": true } });
  });

  it.each([["--help"], ["-h"], ["--seeds", "3", "--help"]])("says its usage when it is asked for it: %s", (...args) => {
    expect(asked(args, KINDS, USAGE)).toEqual({ do: "say", text: USAGE, exitCode: 0 });
  });

  it.each([
    [["--seed", "3"], "Cannot take --seed: there is no such option; did you mean --seeds?"],
    [["--seeds"], "Cannot take --seeds without a value"],
    [["17"], "Cannot take 17: only options are taken"],
  ])("says in one line what it cannot take, then its usage: %j", (args, wrong) => {
    expect(asked(args, KINDS, USAGE)).toEqual({ do: "say", text: `${wrong}\n${USAGE}`, exitCode: 2 });
  });

  it("counts in whole numbers", () => {
    expect(["17", "0", "", "1e3", "-1", "x"].map((text) => wholeNumber("seed", text))).toEqual([
      17,
      0,
      ...["", "1e3", "-1", "x"].map((text) => `Cannot take --seed ${text}: it is no whole number`),
    ]);
  });
});

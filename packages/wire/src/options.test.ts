import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

const KINDS = { samples: "text", json: "flag", label: "list" } as const;

describe("a command line", () => {
  it("is read in any order", () => {
    expect(readOptions(["a", "--samples", "3", "--json", "--label=x=1", "b", "--label", "y=2", "--", "--c"], KINDS)).toEqual({
      values: { samples: "3", json: true, label: ["x=1", "y=2"] },
      words: ["a", "b", "--c"],
    });
    expect(readOptions(["-", "--samples", "-3"], KINDS)).toEqual({ values: { samples: "-3" }, words: ["-"] });
  });
  it("takes an optional value that is there, and is none where another option follows", () => {
    const kinds = { ...KINDS, for: "optional" } as const;
    expect(readOptions(["--for", "3", "--json"], kinds)).toEqual({ values: { for: "3", json: true }, words: [] });
    expect(readOptions(["--for", "--json"], kinds)).toEqual({ values: { for: "", json: true }, words: [] });
    expect(readOptions(["--for=4"], kinds)).toEqual({ values: { for: "4" }, words: [] });
    expect(readOptions(["--for"], kinds)).toEqual({ values: { for: "" }, words: [] });
  });
  it.each([
    [["--sampels", "3"], "Cannot take --sampels: there is no such option; did you mean --samples?"],
    [["--sampels=3"], "Cannot take --sampels: there is no such option; did you mean --samples?"],
    [["-x"], "Cannot take -x: there is no such option; did you mean --json?"],
    [["--samples"], "Cannot take --samples without a value"],
    [["--samples="], "Cannot take --samples without a value"],
    [["--samples", "1", "--samples", "2"], "Cannot take --samples twice"],
    [["--json=yes"], "Cannot take --json=yes: it takes no value"],
    [["--toString"], /^Cannot take --toString: there is no such option/],
  ])("%j is refused", (args, problem) =>
    expect(readOptions(args, KINDS)).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem)),
  );
});

it("means the one option of which the beginning was given", () => {
  expect(readOptions(["--token", "f"], { server: "text", "token-file": "text" })).toContain("did you mean --token-file?");
});

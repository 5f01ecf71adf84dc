import { describe, expect, it } from "vitest";
import { parseCheck } from "./arguments.ts";

describe("the arguments of check", () => {
  it.each([
    [["host", "--sampels", "3"], "Cannot take --sampels: there is no such option; did you mean --samples?"],
    [["host", "-x"], /^Cannot take -x: there is no such option/],
    [["host", "--samples"], "Cannot take --samples without a value"],
    [["host", "--samples", "-3"], "Cannot take --samples -3: it must be 1 to 64"],
    [["host", "--json=yes"], "Cannot take --json=yes: it takes no value"],
    [["a:1", "a:1"], "Cannot check a:1 twice: it would be one clock with two names"],
  ])("%j are refused in our words", (args, problem) =>
    expect(parseCheck(args)).toEqual(typeof problem === "string" ? problem : expect.stringMatching(problem)),
  );
  it.each(["--warn", "--crit"])("%s of more digits than a number holds is no span", (name) => {
    expect(parseCheck(["host", name, `${"9".repeat(400)}ms`])).toMatch(/^Cannot take --/);
  });
});

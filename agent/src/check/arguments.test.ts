import { describe, expect, it } from "vitest";
import { parseCheck } from "./arguments.ts";

describe("the arguments of check", () => {
  it.each(["--warn", "--crit"])("%s of more digits than a number holds is no span", (name) => {
    expect(parseCheck(["host", name, `${"9".repeat(400)}ms`])).toMatch(/^Cannot take --/);
  });
});

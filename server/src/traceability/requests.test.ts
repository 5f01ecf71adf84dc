import { describe, expect, it } from "vitest";
import { parseTraceability } from "./requests.ts";

const WHO = ["--who", "ada"];
const add = (...args: string[]) => parseTraceability(["document", "add", ...args]);

describe("truebound traceability", () => {
  it.each([
    [["show"], "Cannot show without either a host"],
    [["show", "a", "b"], "one host at a time"],
    [["show", "a", "--label", "site=fra"], "Cannot show without either a host"],
    [["shwo", "a"], "did you mean show?"],
    [["document", "ad"], "did you mean add?"],
    [["document", "get", "17", "--out", "f"], "no id of a document"],
    [["document", "get", "00000000-0000-4000-8000-000000000000"], "without --out FILE"],
    [["review", "--who", "ada"], "--statement"],
    [["review", "gateway", ...WHO, "--statement", "x"], "with --label"],
    [["list", "all"], "it takes no words"],
  ])("%j is refused", (args, words) => expect(parseTraceability(args)).toContain(words));
  it.each([
    [["f", "--kind", "design", "--title", "t"], "without --who"],
    [["f", "--kind", "desing", "--title", "t", ...WHO], "say design, stamp_point"],
    [["f", "--kind", "design", ...WHO], "without --title"],
    [["--kind", "design", "--title", "t", ...WHO], "exactly one file"],
    [["f", "--kind", "design", "--title", "t", "--source", "a", ...WHO], "without --reference"],
    [["f", "--kind", "design", "--title", "t", "--from", "2026-02-30", ...WHO], "2026-02-30"],
    [["f", "--kind", "design", "--title", "t", "--from", "2026-02-03", "--to", "2026-02-02", ...WHO], "ends before it begins"],
    [["f", "--kind", "design", "--title", "t", "--app-error-ns", "1.5", ...WHO], "whole nanoseconds"],
    [
      ["f", "--kind", "design", "--title", "t", "--app-error", "40", ...WHO],
      "Cannot take --app-error 40: write an amount of time with its unit, such as 40us",
    ],
    [["f", "--kind", "design", "--title", "t", "--uncertainty", "0.5ns", ...WHO], "Cannot take --uncertainty 0.5ns"],
    [
      ["f", "--kind", "design", "--title", "t", "--app-error", "5us", "--app-error-ns", "5000", ...WHO],
      "--app-error and --app-error-ns at once",
    ],
    [["f", "--kind", "design", "--title", "t", "--every-host", ...WHO], "goes with --stamp-test"],
    [["f", "--kind", "design", "--title", "a\nb", ...WHO], "a line of at most"],
    [["--stamp-test", "f", "--title", "t", "--label", "a=b", ...WHO], "--title with --stamp-test"],
    [["--stamp-test", "f", ...WHO], "for which hosts"],
    [["f", "--kind", "stamp_test", "--title", "t", ...WHO], "add it with --stamp-test FILE"],
    [["--stamp-test", "f", "--every-host", "--to", "soon", ...WHO], "Cannot take the day soon"],
    [["--stamp-test", "f", "--every-host", "--label", "a=b", ...WHO], "for which hosts"],
  ])("document add %j is refused", (args, words) => expect(add(...args)).toContain(words));
  it("takes what is right", () => {
    expect(add("--stamp-test", "f", "--every-host", ...WHO)).toEqual({
      do: "add_stamp_test",
      file: "f",
      hosts: {},
      validTo: null,
      replaces: null,
      who: "ada",
    });
    expect(add("f", "--kind", "design", "--title", "t", "--hash-only", "--uncertainty-ns", "5", ...WHO)).toMatchObject({
      do: "add_document",
      keep: false,
      terms: { kind: "design", uncertaintyNs: 5n, validFrom: null, hosts: {} },
    });
    for (const [error, ns] of [
      ["40us", 40_000n],
      ["1.5ms", 1_500_000n],
      ["2s", 2_000_000_000n],
      ["7ns", 7n],
      ["0ns", 0n],
    ] as const)
      expect(add("f", "--kind", "design", "--title", "t", "--app-error", error, `--uncertainty=${error}`, ...WHO)).toMatchObject({
        terms: { appErrorNs: ns, uncertaintyNs: ns },
      });
    expect(parseTraceability(["review", "--dry-run"])).toMatchObject({ do: "review_chain", dryRun: true });
  });
});

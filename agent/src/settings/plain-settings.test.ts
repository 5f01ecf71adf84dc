import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as yaml from "yaml";
import { parsed } from "../adapters/setting-files.ts";
import { plainSettings } from "./plain-settings.ts";

/** Pieces that lines are made of, harmless ones and others. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("a", "16s", "0x1f", "007", "1e3", "ntp1.example.net:1123", "/var/lib/x", "true", "FALSE") },
  { weight: 1, arbitrary: fc.constantFrom("null", "~", ".inf", "-5", "a:", "a#b", "#", "'q'", '"q"', "&a", "*a", "!t", "[x", "x]", "<<") },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
);
const text = fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
const key = fc.constantFrom("data_dir", "sources", "labels", "faults", "true", "null", "a-b", "k ey");
const line = fc.oneof(
  fc.tuple(key, text).map(([name, value]) => `${name}: ${value}`),
  fc.tuple(key, text).map(([name, value]) => `${name}: ${value}   # what for`),
  fc.tuple(key, fc.array(text, { maxLength: 3 })).map(([name, values]) => `${name}: [${values.join(", ")}]`),
  fc
    .tuple(key, fc.array(fc.tuple(key, text), { maxLength: 3 }))
    .map(([name, pairs]) => `${name}: { ${pairs.map((pair) => pair.join(": ")).join(", ")} }`),
  fc.constantFrom("", "# a comment", "  # and one more", "---", "...", " x: y", "- a"),
);

describe("plain settings", () => {
  it("are read as YAML's own reader reads them, or left to it", () =>
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const file = lines.join("\n");
        const plain = plainSettings(file);
        if (plain !== null) expect({ path: "f", entries: plain, problems: [] }).toEqual(parsed(yaml, "f", file));
      }),
      { numRuns: 1000 },
    ));
  it("are what most files hold: values, lists, pairs and comments", () =>
    expect(
      plainSettings("# x\ndata_dir: /var/lib/x\n\nsources: [a, b:1123 nts=required]   # y\nlabels: { site: fra, rack: r7 }\nstep: true\n"),
    ).toEqual([
      { key: "data_dir", line: 2, value: "/var/lib/x" },
      { key: "sources", line: 4, value: ["a", "b:1123 nts=required"] },
      {
        key: "labels",
        line: 5,
        value: new Map([
          ["site", "fra"],
          ["rack", "r7"],
        ]),
      },
      { key: "step", line: 6, value: "1" },
    ]));
  it("are none where a name comes twice, is quoted, or stands on several lines", () => {
    for (const file of ["a: 1\na: 2", 'a: "1"', "a:\n  - b", "a: [b,c]", "a: {x: 1, x: 2}", "a: null", "a: -1"])
      expect(plainSettings(file)).toBeNull();
  });
});

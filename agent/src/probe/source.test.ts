import { BatchSource, validator } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourcesOfNtpConf, sourcesOfTimesyncd } from "../discover/conf-files.ts";
import { parseSource, type Source } from "./source.ts";

const reportable = validator(BatchSource.properties.id);
const HOSTILE = ["ntp\u0001.example", "nt😀.example", "a\ud800", "x".repeat(260), "host\u0085"];

describe("the name of a source", () => {
  it.each(HOSTILE)("that no report may carry is refused: %j", (host) => {
    expect(parseSource(host)).toMatch(/^Cannot read source/);
    expect(sourcesOfNtpConf(`server ${host} iburst`)).toEqual([]);
    expect(sourcesOfTimesyncd(`NTP=${host}`)).toEqual([]);
  });
  it.each([
    ["a nts", { mode: "preferred", kePort: 4460 }],
    ["a:5  nts=true ke=44", { mode: "preferred", kePort: 44 }],
    ["[::1]:5 ke=44 nts=required", { mode: "required", kePort: 44 }],
    ["a", undefined],
  ])("may have NTS behind it: %s", (text, nts) => expect(parseSource(text)).toMatchObject(nts === undefined ? {} : { nts }));
  it.each([["a ke=44"], ["a nts nts"], ["a nts ke=1 ke=2"], ["a nts ke=0"], ["a nts ke=70000"], ["a nts=no"], ["a iburst"]])(
    "is refused with options that say nothing: %s",
    (text) => expect(parseSource(text)).toMatch(/^Cannot use source "a .*": /),
  );
  it("fits the schema of a report, whatever the text was", () => {
    const read = (text: string): Source[] => {
      const one = parseSource(text);
      return [
        ...(typeof one === "string" ? [] : [one]),
        ...sourcesOfNtpConf(`pool ${text} port 65535`),
        ...sourcesOfTimesyncd(`NTP=${text}`),
      ];
    };
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        for (const { id } of read(text)) expect(reportable.errors(id)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

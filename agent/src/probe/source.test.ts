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

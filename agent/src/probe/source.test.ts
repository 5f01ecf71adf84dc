import { parseUtc } from "@truebound/time";
import { BatchSource, validator } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sourcesOfNtpConf, sourcesOfTimesyncd } from "../discover/conf-files.ts";
import { parseSource, type Source } from "./source.ts";

const reportable = validator(BatchSource.properties.id);
const DECLARED = `root=1us document=${"ab".repeat(32)} signer=NPL valid=2026-01-01/2027-01-01T12:00:00Z refid=GPS dispersion=2ms`;
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
  it("may have behind it that its roots are rounded up, and what is declared of them", () => {
    expect(parseSource("a")).toMatchObject({ rootsRoundedUp: false });
    expect(parseSource("a root_rounding=up nts")).toMatchObject({ rootsRoundedUp: true, nts: { mode: "preferred" } });
    expect(parseSource(`a:5 ${DECLARED}`)).toMatchObject({
      port: 5,
      declared: {
        ns: 1_000n,
        document: "ab".repeat(32),
        signer: "NPL",
        from: parseUtc("2026-01-01T00:00:00Z"),
        to: parseUtc("2027-01-01T12:00:00Z"),
        refid: 0x47505300,
        mostAdvertisedNs: 2_000_000n,
      },
    });
  });
  it.each([
    ["signer=NPL", "", "lacks signer"],
    [DECLARED, "root=1us", "lacks document, signer, valid, refid, dispersion"],
    ["root=1us", "root=0ns", "must be 1ns to 999ms"],
    ["root=1us", "root=1s", "is no option"],
    ["root=1us", "root=1us root=2us", "stands there twice"],
    ["refid=GPS", "refid=GALIL", "is no option"],
    ["valid=2026-01-01/2027-01-01T12:00:00Z", "valid=2027-01-01/2026-01-01", "is no span of time"],
    ["valid=2026-01-01/2027-01-01T12:00:00Z", "valid=2026-13-01/2027-01-01", "is no span of time"],
  ])("is refused with half a declaration, or a false one: %s becomes %s", (whole, part, why) =>
    expect(parseSource(`a ${DECLARED.replace(whole, part)}`)).toMatch(new RegExp(`^Cannot use source "a .*": .*${why}`)),
  );
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

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
    [`a nts=required pin=sha256/${"+".repeat(42)}A= pin=sha256/${"/".repeat(42)}8`, { pins: [`${"-".repeat(42)}A`, `${"_".repeat(42)}8`] }],
    [`a nts=required pin=sha256/${"b".repeat(42)}A= pin=sha256/${"b".repeat(42)}A`, { pins: [`${"b".repeat(42)}A`] }],
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
  it.each([
    ["a ke=44"],
    ["a nts nts"],
    ["a nts ke=1 ke=2"],
    ["a nts ke=0"],
    ["a nts ke=70000"],
    ["a nts=no"],
    ["a iburst"],
    ["a nts=required pin=sha256/AAAA"],
    [`a nts=required pin=${"b".repeat(42)}A=`],
    [`a nts=required pin=sha256/${"b".repeat(43)}=`],
    [`a nts pin=sha256/${"b".repeat(42)}A=`],
    [`a pin=sha256/${"b".repeat(42)}A=`],
    [`a nts=required${Array.from({ length: 9 }, (_, at) => ` pin=sha256/${String(at).repeat(42)}A`).join("")}`],
  ])("is refused with options that say nothing: %s", (text) => expect(parseSource(text)).toMatch(/^Cannot use source "a .*": /));
  it.each([
    ["opinion:ntp.example", "ntp.example"],
    ["opinion:192.0.2.1:1123 name=other", "192.0.2.1:1123"],
  ])("%s is a second opinion of a server", (text, host) => expect(parseSource(text)).toMatchObject({ kind: "opinion", host }));
  it.each([["opinion:a:b"], ["opinion:[2001:db8::1]"], ["opinion:a nts=true"], ["opinion:a x"]])("%s is none", (text) =>
    expect(parseSource(text)).toMatch(/^Cannot use source "opinion:/),
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

describe("a source of another kind", () => {
  it("has its place, options and an id, which may be named", () => {
    expect(parseSource("external:/run/gps.sock")).toMatchObject({ id: "external:/run/gps.sock", kind: "external", host: "/run/gps.sock" });
    expect(parseSource(`external:/run/gps.sock name=gps document=${"a".repeat(64)}`)).toMatchObject({
      id: "external:gps",
      options: { document: "a".repeat(64) },
    });
    expect(parseSource("ptp:/run/ptp4lro domain=4")).toMatchObject({ id: "ptp:/run/ptp4lro", kind: "ptp", options: { domain: "4" } });
  });
  it("may be a program, with its arguments behind its options", () => {
    const program = "external:exec:/usr/bin/agent name=gps -- evidence gpsd --error=1us";
    expect(parseSource(program)).toMatchObject({
      id: "external:gps",
      host: "exec:/usr/bin/agent",
      words: ["evidence", "gpsd", "--error=1us"],
    });
    expect(parseSource("external:exec:/bin/say one a=b")).toMatchObject({ words: ["one", "a=b"], options: {} });
  });
  it("leaves hosts of these names alone, where they are written with their port", () =>
    expect(parseSource("ptp:123")).toMatchObject({ id: "ptp:123", port: 123 }));
  it.each([
    "external:",
    "external:gps",
    "external:exec:gps",
    "external:/run/a name=a name=b",
    "external:/run/a name=a/b",
    "external:/run/a document=1",
    "ptp:/run/a more",
  ])("%s is refused", (text) => expect(parseSource(text)).toMatch(/^Cannot (use|read) source/));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SHIPPED, SHIPPED_TEXT, sha1 } from "./leap-list.fixture.ts";
import {
  calendarOf,
  daysToExpiry,
  endOfMonth,
  isExpired,
  LEAP_LIST_REFUSALS,
  leapListRefusalInWords,
  leapsOf,
  parseLeapList,
  possibleLeapAfter,
  possibleLeapBefore,
  renderLeapList,
  taiMinusUtcAt,
} from "./leap-list.ts";
import { formatUtc, parseUtc } from "./rfc3339.ts";
import { BILLION, type UtcInstant, utc } from "./units.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const refusal = (text: string) => {
  const read = parseLeapList(text, sha1);
  return "refused" in read ? [read.refused, read.line] : read;
};
/** A whole list with the right hash over these rows. */
const listOf = (...rows: string[]) => {
  const hash = sha1(`3992312697${"4023129600"}${rows.join("").replaceAll(/[^0-9-]/g, "")}`);
  return ["#$\t3992312697", "#@\t4023129600", ...rows, `#h ${(hash.match(/.{8}/g) as string[]).join(" ")}`].join("\n");
};

describe("leap-seconds.list", () => {
  it("C13: the shipped list is that of tz b9bc7a8, by its hash", () => {
    expect(SHIPPED_TEXT).toContain("a9bad145 84c31c70 758402aa b37bfd54 5923836a");
    expect(SHIPPED.rows).toHaveLength(28);
    expect(SHIPPED.rows[0]).toEqual({ from: at("1972-01-01T00:00:00Z"), taiMinusUtc: 10 });
    expect(SHIPPED.rows.at(-1)).toEqual({ from: at("2017-01-01T00:00:00Z"), taiMinusUtc: 37 });
    expect(SHIPPED.expires).toBe((4_023_129_600n - 2_208_988_800n) * BILLION);
    expect(formatUtc(SHIPPED.expires)).toBe("2027-06-28T00:00:00.000000000Z");
    expect(formatUtc(SHIPPED.updated)).toBe("2026-07-06T07:44:57.000000000Z");
  });
  it("says how TAI and UTC stand at any time since 1972", () => {
    const said = ["1971-12-31T23:59:59Z", "1972-01-01T00:00:00Z", "1972-06-30T23:59:59Z", "1999-01-01T00:00:00Z", "2026-11-23T00:00:00Z"];
    expect(said.map((text) => taiMinusUtcAt(SHIPPED, at(text)))).toEqual([null, 10, 10, 32, 37]);
  });
  it("gives each change as a leap: 27 inserted so far", () => {
    const leaps = leapsOf(SHIPPED);
    expect(leaps).toHaveLength(27);
    expect(leaps.at(-1)).toEqual({ utc_ns: at("2017-01-01T00:00:00Z"), step: 1 });
    expect(leaps.every(({ step }) => step === 1)).toBe(true);
    expect(calendarOf(SHIPPED)).toEqual({ leaps, expires: SHIPPED.expires });
  });
  it("knows a deleted second", () => {
    const read = parseLeapList(listOf("3692217600 37", "3723753600 36"), sha1);
    expect("rows" in read && leapsOf(read)).toEqual([{ utc_ns: at("2018-01-01T00:00:00Z"), step: -1 }]);
  });
  it("expires", () => {
    const minute = at("2027-06-27T23:59:00Z");
    expect([isExpired(SHIPPED, minute), isExpired(SHIPPED, SHIPPED.expires)]).toEqual([false, true]);
    expect([daysToExpiry(SHIPPED, minute), daysToExpiry(SHIPPED, at("2027-03-30T00:00:00Z"))]).toEqual([0, 90]);
    expect(daysToExpiry(SHIPPED, at("2027-06-29T00:00:00Z"))).toBe(-1);
  });
  it("is rendered with its own hash and read back the same", () => {
    expect(renderLeapList(SHIPPED, sha1)).toBe(SHIPPED_TEXT);
    expect(parseLeapList(renderLeapList({ ...SHIPPED, expires: utc(SHIPPED.expires + BILLION) }, sha1), sha1)).toEqual({
      ...SHIPPED,
      expires: SHIPPED.expires + BILLION,
    });
  });
  it("takes comments, blank lines, CRLF, and hash words without leading zeros", () => {
    const row = (count: number) => `3692217600 ${count}`;
    const found = [...Array(200).keys()].map((count) => listOf(row(count))).find((text) => /#h.* 0[0-9a-f]{7}/.test(text)) as string;
    const bare = found.replace(/ 0+([0-9a-f]{1,7})(?=[ \n]|$)/g, " $1");
    expect(bare).not.toBe(found);
    expect(parseLeapList(`# a comment\r\n\r\n${bare.replaceAll("\n", " \r\n")}`, sha1)).toEqual(parseLeapList(found, sha1));
  });
});

describe("a list is refused", () => {
  const first = "2272060800\t10";
  it.each([
    ["too_long", "#".repeat(70_000), null],
    ["malformed_line", `#$ 1\nhello`, 2],
    ["malformed_line", "#@ soon", 1],
    ["malformed_line", "#h 12 34", 1],
    ["repeated_line", "#$ 1\n#$ 1", 2],
    ["no_update_time", "#@ 1", null],
    ["no_expiry", "#$ 1", null],
    ["no_rows", "#$ 1\n#@ 2", null],
    ["no_hash", `#$ 1\n#@ 2\n${first}`, null],
    ["bad_hash", SHIPPED_TEXT.replace("3692217600\t37", "3692217600\t38"), null],
    ["bad_hash", SHIPPED_TEXT.replace("#@\t4023129600", "#@\t4054665600"), null],
    ["not_ascending", listOf("2287785600 11", "2272060800 10"), null],
    ["too_close", listOf(first, "2272147200 11"), null],
    ["step_not_one", listOf(first, "2287785600 12"), null],
    ["step_not_one", listOf(first, "2287785600 10"), null],
    ["too_many_rows", [...Array(513).keys()].map((n) => `${2_272_060_800 + n * 31_536_000} ${n}`).join("\n"), 513],
  ])("%s %#", (reason, text, line) => expect(refusal(text)).toEqual([reason, line]));

  it("in words that say where and what", () => {
    for (const refused of LEAP_LIST_REFUSALS) expect(leapListRefusalInWords({ refused, line: null })).toMatch(/^\S.*[^.]$/);
    expect(leapListRefusalInWords({ refused: "malformed_line", line: 7 })).toMatch(/^line 7: /);
  });
  it("and nothing that is fed to it throws or takes long", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("#$ 1", "#@ 9", "#h 1 2 3 4 5", "2272060800 10", "", "#"),
      fc.stringMatching(/^\d{1,14}\s-?\d{1,5}.?$/),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        expect(parseLeapList(lines.join("\n"), sha1)).toBeDefined();
      }),
      {
        numRuns: 3000,
      },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SHIPPED_TEXT.length - 1 }), fc.string({ minLength: 1, maxLength: 1 }), (where, letter) => {
        const torn = SHIPPED_TEXT.slice(0, where) + letter + SHIPPED_TEXT.slice(where + 1);
        const read = parseLeapList(torn, sha1);
        // Whatever one letter does, it is either noticed or changes nothing.
        if (!("refused" in read)) expect(read).toEqual(SHIPPED);
      }),
      { numRuns: 3000 },
    );
    const most = "9".repeat(65_536);
    expect(refusal(most)).toEqual(["malformed_line", 1]);
  });
});

describe("possible leaps", () => {
  it.each([
    ["2027-06-30T23:59:59Z", "2027-01-01T00:00:00Z", "2027-07-01T00:00:00Z", "2027-07-01T00:00:00Z"],
    ["2027-07-01T00:00:00Z", "2027-07-01T00:00:00Z", "2028-01-01T00:00:00Z", "2027-08-01T00:00:00Z"],
    ["2027-12-05T00:00:00Z", "2027-07-01T00:00:00Z", "2028-01-01T00:00:00Z", "2028-01-01T00:00:00Z"],
    ["1969-02-01T00:00:00Z", "1969-01-01T00:00:00Z", "1969-07-01T00:00:00Z", "1969-03-01T00:00:00Z"],
  ])("around %s", (now, before, after, month) =>
    expect([possibleLeapBefore(at(now)), possibleLeapAfter(at(now)), endOfMonth(at(now))]).toEqual([at(before), at(after), at(month)]),
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sayHead, sayLine } from "../evidence/say-line.ts";
import { readHead, readLine } from "./evidence-line.ts";

const DOCUMENT = "a".repeat(64);
const HEAD = { clock: "realtime", document: DOCUMENT, model: "GPS 1" } as const;
const head = (over: Record<string, unknown>) => JSON.stringify({ truebound_evidence: 1, clock: "raw", document: DOCUMENT, ...over });
const line = (over: Record<string, unknown>) => JSON.stringify({ t: "1795000000000000000", lo: "-5", hi: "7", ...over });

describe("the first line", () => {
  it("says the clock, the document, and what it is", () => expect(readHead(sayHead(HEAD))).toEqual(HEAD));
  it.each([
    ["", "external_not_json"],
    ["[]", "external_not_json"],
    ["{}", "external_no_head"],
    [head({ truebound_evidence: 2 }), "external_other_version"],
    [head({ clock: "monotonic" }), "external_no_clock"],
    [head({ document: undefined }), "external_no_document"],
    [head({ document: "A".repeat(64) }), "external_no_document"],
    [head({ boot: "x" }), "external_unknown_field"],
    [head({}).replace('"clock"', '"clock":"realtime","clock"'), "external_name_twice"],
  ])("%s is refused as %s", (text, trouble) => expect(readHead(text)).toBe(trouble));
  it("has no model that cannot be shown", () => expect(readHead(head({ model: "\u202e" }))).toMatchObject({ model: null }));
});

describe("a line of evidence", () => {
  it("is read as it was said, whatever the interval", () =>
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 62n - 1n), fc.bigInt(-(2n ** 61n), 2n ** 61n), fc.bigInt(0n, 2n ** 61n), (t, lo, width) => {
        expect(readLine(sayLine({ t, lo, hi: lo + width }), HEAD)).toEqual({ t, lo, hi: lo + width, document: DOCUMENT });
      }),
    ));
  it("may name a document of its own", () =>
    expect(readLine(line({ document: "b".repeat(64) }), HEAD)).toMatchObject({ document: "b".repeat(64) }));
  it.each([
    ["nothing", "external_not_json"],
    // JSON.parse would round it.
    [`{"t":1795000000000000001,"lo":"-5","hi":"7"}`, "external_no_instant"],
    [line({ t: "-1" }), "external_no_instant"],
    [line({ t: "1.5" }), "external_no_instant"],
    [line({ lo: "1e3" }), "external_no_interval"],
    [line({ hi: null }), "external_no_interval"],
    [line({ hi: "99999999999999999999" }), "external_no_interval"],
    [line({ lo: "8" }), "external_turned_interval"],
    [line({ document: "" }), "external_no_document"],
    [line({ epsilon: 1 }), "external_unknown_field"],
    [`{"t":"1","lo":"-5","hi":"7","lo":"-1"}`, "external_name_twice"],
    // The same name by its letters.
    [`{"t":"1","lo":"-5","hi":"7","l\\u006f" : "-1"}`, "external_name_twice"],
    [`{"t":"1","lo":"-5","hi":"7","x":[{"a":1,"a":1}]}`, "external_name_twice"],
    [line({ 't":"2","t': 'lo":"' }), "external_unknown_field"],
  ])("%s is refused as %s", (text, trouble) => expect(readLine(text, HEAD)).toBe(trouble));
  it("crashes nobody", () => fc.assert(fc.property(fc.string(), (text) => void [readHead(text), readLine(text, HEAD)])));
});

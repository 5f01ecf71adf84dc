import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exporterContext } from "./exporter.ts";
import { encodeRecords, type KeRecord, ofNumbers, RECORD, readMessage } from "./ke-records.ts";
import { isWholeAnswer, keRequest, readAnswer } from "./key-establishment.ts";

const record = (type: number, body: Uint8Array = new Uint8Array(), critical = false): KeRecord => ({ critical, type, body });
const text = (words: string) => Uint8Array.from(words, (letter) => letter.charCodeAt(0));
const END = record(RECORD.endOfMessage, new Uint8Array(), true);
const PROTOCOL = record(RECORD.nextProtocol, ofNumbers(0), true);
const SIV = record(RECORD.aead, ofNumbers(15));
const cookie = (fill: number, length = 100) => record(RECORD.newCookie, new Uint8Array(length).fill(fill));
const answer = (...records: readonly KeRecord[]) => readAnswer(encodeRecords([...records, END]));

describe("what a client asks", () => {
  it("is NTPv4 under AES-SIV-CMAC-256, in these very bytes", () => {
    expect(Buffer.from(keRequest()).toString("hex")).toBe("80010002000080040002000f80000000");
  });
  it("draws its keys with five bytes of context", () => {
    expect([...exporterContext("c2s")]).toEqual([0, 0, 0, 15, 0]);
    expect([...exporterContext("s2c")]).toEqual([0, 0, 0, 15, 1]);
  });
});

describe("a server's answer", () => {
  it("gives cookies, and where NTP is served", () => {
    const agreed = answer(
      PROTOCOL,
      SIV,
      record(RECORD.server, text("ntp.example.net")),
      record(RECORD.port, ofNumbers(1123)),
      cookie(1),
      cookie(2),
    );
    expect(agreed).toMatchObject({ kind: "agreed", server: "ntp.example.net", port: 1123 });
    expect(agreed.kind === "agreed" && agreed.cookies.map(([first]) => first)).toEqual([1, 2]);
    expect(answer(PROTOCOL, SIV, cookie(1))).toMatchObject({ server: null, port: null });
  });
  it("gives eight cookies at most, and none that no packet can carry unchanged", () => {
    const many = answer(
      PROTOCOL,
      SIV,
      cookie(9, 102),
      cookie(9, 8),
      cookie(9, 1028),
      ...Array.from({ length: 12 }, (_, index) => cookie(index)),
    );
    expect(many.kind === "agreed" && many.cookies.map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  it("may hold records that nobody knows, as long as they are not critical", () => {
    expect(answer(PROTOCOL, record(0x4321, text("new")), SIV, cookie(1)).kind).toBe("agreed");
  });
  it.each([
    ["nts_ke_unknown_critical", [PROTOCOL, SIV, cookie(1), record(0x4321, text("new"), true)]],
    ["nts_ke_error_unrecognised", [record(RECORD.error, ofNumbers(0), true)]],
    ["nts_ke_error_bad_request", [record(RECORD.error, ofNumbers(1), true)]],
    ["nts_ke_error_internal", [record(RECORD.error, ofNumbers(2), true)]],
    ["nts_ke_error_other", [record(RECORD.error, ofNumbers(99), true)]],
    ["nts_ke_malformed", [record(RECORD.error, Uint8Array.of(1), true)]],
    ["nts_ke_warning", [PROTOCOL, SIV, cookie(1), record(RECORD.warning, ofNumbers(0), true)]],
    ["nts_ke_no_protocol", [SIV, cookie(1)]],
    ["nts_ke_no_protocol", [record(RECORD.nextProtocol, new Uint8Array(), true), SIV, cookie(1)]],
    ["nts_ke_no_protocol", [record(RECORD.nextProtocol, ofNumbers(0, 1), true), SIV, cookie(1)]],
    ["nts_ke_no_aead", [PROTOCOL, cookie(1)]],
    ["nts_ke_no_aead", [PROTOCOL, record(RECORD.aead), cookie(1)]],
    ["nts_ke_no_aead", [PROTOCOL, record(RECORD.aead, ofNumbers(30)), cookie(1)]],
    ["nts_ke_no_cookies", [PROTOCOL, SIV]],
    ["nts_ke_no_cookies", [PROTOCOL, SIV, cookie(1, 7)]],
    ["nts_ke_malformed", [PROTOCOL, PROTOCOL, SIV, cookie(1)]],
    ["nts_ke_malformed", [PROTOCOL, SIV, SIV, cookie(1)]],
    ["nts_ke_malformed", [PROTOCOL, SIV, cookie(1), record(RECORD.port, ofNumbers(0))]],
    ["nts_ke_malformed", [PROTOCOL, SIV, cookie(1), record(RECORD.port, Uint8Array.of(1))]],
    ["nts_ke_malformed", [PROTOCOL, SIV, cookie(1), record(RECORD.server, text("two words"))]],
    ["nts_ke_malformed", [PROTOCOL, SIV, cookie(1), record(RECORD.server, text("a")), record(RECORD.server, text("b"))]],
  ] as const)("is refused as %s", (reason, records) => {
    expect(answer(...records)).toEqual({ kind: "refused", reason });
  });
  it("is not whole before its end has come, wherever it is cut", () => {
    const whole = encodeRecords([PROTOCOL, SIV, cookie(1), END]);
    for (let length = 0; length < whole.length; length++) {
      expect(isWholeAnswer(whole.subarray(0, length))).toBe(false);
      expect(readAnswer(whole.subarray(0, length))).toEqual({ kind: "refused", reason: "nts_ke_cut_short" });
    }
    expect(isWholeAnswer(whole)).toBe(true);
  });
  it("reads back what was written, whatever follows its end", () => {
    const records = fc.array(
      fc.record({ critical: fc.boolean(), type: fc.integer({ min: 1, max: 0x7fff }), body: fc.uint8Array({ maxLength: 40 }) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(records, fc.uint8Array({ maxLength: 9 }), (some, behind) => {
        const bytes = Uint8Array.of(...encodeRecords([...some, END]), ...behind);
        expect(readMessage(bytes)).toEqual([...some, END]);
      }),
    );
  });
  it("crashes nothing, whatever its bytes are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => ["agreed", "refused"].includes(readAnswer(bytes).kind)));
  });
});

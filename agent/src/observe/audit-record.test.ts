import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DATE_SET_BY_HAND, FREQUENCY_SET, READ_ONLY, STEP_BY_CHRONYC } from "./audit.fixture.ts";
import { identifier, integer, parseAuditLine, untrustedText } from "./audit-record.ts";
import { printable } from "./printable.ts";

const RECORDS = [...STEP_BY_CHRONYC, ...DATE_SET_BY_HAND, READ_ONLY, ...FREQUENCY_SET];
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");

describe("a line of the audit trail", () => {
  it("gives its type, its event, its time and its fields", () => {
    const record = parseAuditLine(STEP_BY_CHRONYC[1] as string);
    expect(record).toEqual({
      type: "time_injoffset",
      event: "1795000000.123:2040",
      at: 1_795_000_000_123_000_000n,
      fields: new Map([
        ["sec", "-4"],
        ["nsec", "750000000"],
      ]),
    });
  });
  it("is read without the words that auditd appends: the first of a name counts, and nothing behind the mark", () => {
    const record = parseAuditLine(DATE_SET_BY_HAND[0] as string);
    if (typeof record === "string") throw new Error(record);
    expect([record.fields.get("pid"), record.fields.get("comm"), record.fields.has("AUID")]).toEqual(["1610", "6D792064617465", false]);
  });
  it.each([
    ["type=1332 msg=audit(1.000:1): sec=0 nsec=0", "time_injoffset"],
    ["type=UNKNOWN[1333] msg=audit(1.000:1): op=tai old=0 new=37", "time_adjntpval"],
    ["type=1300 msg=audit(1.000:1): arch=c000003e", "syscall"],
    ["type=USER_LOGIN msg=audit(1.000:1): pid=1", "other"],
    ["type=constructor msg=audit(1.000:1): pid=1", "other"],
  ])("%s", (line, type) => expect(parseAuditLine(line)).toMatchObject({ type }));
  it.each(["", "type=SYSCALL", "audit(1.000:1): x=y", "type=SYSCALL msg=audit(1:1): a=b", "type=SYSCALL msg=audit(-1.000:1): a=b"])(
    "%j is no record",
    (line) => expect(parseAuditLine(line)).toBe("no_record"),
  );
  it("that is too long is not read", () => expect(parseAuditLine(`${STEP_BY_CHRONYC[0]}${" x=1".repeat(3000)}`)).toBe("too_long"));

  it("survives any bytes, and real lines with any of theirs changed, cut or doubled", () => {
    const damaged = fc
      .tuple(fc.constantFrom(...RECORDS), fc.nat(600), fc.nat(40), fc.string({ unit: "binary", maxLength: 40 }))
      .map(([line, from, length, put]) => line.slice(0, from) + put + line.slice(from + length));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), damaged), (line) => {
        const record = parseAuditLine(line);
        if (typeof record === "string") return;
        expect(record.fields.size).toBeLessThanOrEqual(64);
        for (const value of record.fields.values()) untrustedText(value);
      }),
      { numRuns: 5000 },
    );
  });
  it("is read in a time that grows with its length alone", () => {
    const head = "type=SYSCALL msg=audit(1.000:1): ";
    for (const filler of ["a", "a=", 'a="', "a='", " =", '"', "'", "a b=", "a=0 "]) {
      const started = process.hrtime.bigint();
      parseAuditLine(head + filler.repeat(Math.floor(8000 / filler.length)));
      expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(200);
    }
  });
});

describe("a text that a process chose", () => {
  it.each([
    ['"chronyd"', "chronyd"],
    ["6D792064617465", "my date"],
    ['"DEADBEEF"', "DEADBEEF"],
    ["(null)", null],
    [undefined, null],
    ["ABC", "ABC"],
    ["00", "\ufffd"],
    ['""', null],
  ])("%j is %j", (value, text) => expect(untrustedText(value)).toBe(text));
  it("comes out as it went in, as far as a report may carry it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).map((text) => new TextEncoder().encode(text)),
        (bytes) => {
          const text = new TextDecoder().decode(bytes);
          expect(untrustedText(hex(bytes))).toBe(printable(text, 256));
          expect(untrustedText(hex(bytes))).toMatch(/^[\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]+$/);
        },
      ),
    );
  });
});

it.each([
  ["812", 812],
  ["4294967295", null],
  ["-1", null],
  ["1e3", null],
  [undefined, null],
])("process or user %j is %j", (value, number) => expect(identifier(value)).toBe(number));

it.each([
  ["-4", -4n],
  ["9223372036854775807", 9223372036854775807n],
  ["1.5", null],
  ["", null],
  ["1".repeat(30), null],
])("integer %s is %s", (value, number) => expect(integer(value)).toBe(number));

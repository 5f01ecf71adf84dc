import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../canonical-json.ts";
import { entryHash, entryText, type LogEntry, leafBytes, saltOf } from "./entry.ts";
import { headText, type LogHead, NO_HEAD_BEFORE, readHead } from "./head.ts";

const HEAD: LogHead = {
  installation: "0a1b2c3d",
  shard: "2026-11",
  size: 300,
  root: "ab".repeat(32),
  timestamp: 1_795_445_400_123_457_000n,
  previous: NO_HEAD_BEFORE,
};

const heads = fc.record({
  installation: fc.stringMatching(/^[0-9a-f]{8}$/),
  shard: fc.stringMatching(/^\d{4}-(0[1-9]|1[0-2])$/),
  size: fc.maxSafeNat(),
  root: fc.stringMatching(/^[0-9a-f]{64}$/),
  timestamp: fc.bigInt({ min: -(2n ** 59n), max: 2n ** 62n }),
  previous: fc.stringMatching(/^[0-9a-f]{64}$/),
});

describe("the text of a head", () => {
  it("is seven lines", () => {
    expect(headText(HEAD)).toBe(`truebound-head/1\n0a1b2c3d\n2026-11\n300\n${"ab".repeat(32)}\n1795445400123457000\n${"0".repeat(64)}`);
  });
  it("says what was written, whatever that was", () => {
    fc.assert(
      fc.property(heads, (head) => {
        expect(readHead(headText(head))).toEqual(head);
      }),
    );
  });
  it.each([
    ["another format", headText(HEAD).replace("head/1", "head/2")],
    ["a month that there is not", headText(HEAD).replace("2026-11", "2026-13")],
    ["a size with a sign", headText(HEAD).replace("\n300\n", "\n+300\n")],
    ["a size with a nought before it", headText(HEAD).replace("\n300\n", "\n0300\n")],
    ["a size beyond 2^53", headText(HEAD).replace("\n300\n", "\n9999999999999999\n")],
    ["a root in capitals", headText(HEAD).replace("abab", "ABab")],
    ["a line more", `${headText(HEAD)}\n`],
    ["nothing", ""],
  ])("is not taken with %s", (_, text) => {
    expect(readHead(text)).toBeNull();
  });
});

describe("a leaf", () => {
  const hmac = (key: Uint8Array, message: Uint8Array) => createHmac("sha256", key).update(message).digest();
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const ENTRY: LogEntry = { kind: "batch", host: "h", epoch: 1, seq: 7, hash: "ff", received_at_ns: "5" };
  it("is a salt and the entry in its canonical form", () => {
    const secret = Buffer.alloc(32, 7);
    const salt = saltOf(secret, 258, hmac);
    expect(Buffer.from(salt).toString("hex")).toBe(
      createHmac("sha256", secret).update(Buffer.from("0000000000000102", "hex")).digest("hex").slice(0, 32),
    );
    const text = Buffer.from('{"epoch":1,"hash":"ff","host":"h","kind":"batch","received_at_ns":"5","seq":7}');
    expect(entryText(ENTRY)).toBe(text.toString());
    expect(leafBytes(salt, text)).toEqual(Uint8Array.from(Buffer.concat([salt, text])));
    expect(entryHash(salt, text, sha256)).toEqual(sha256(Buffer.concat([Buffer.of(0), salt, text])));
  });
  it("has another salt at each place", () => {
    const salts = Array.from({ length: 1000 }, (_, index) => Buffer.from(saltOf(Buffer.alloc(32), index, hmac)).toString("hex"));
    expect(new Set(salts).size).toBe(1000);
  });
});

describe("canonical JSON", () => {
  it("orders names by UTF-16 code units, and writes numbers and texts as RFC 8785 has them", () => {
    expect(canonicalJson({ "\u20ac": 1, "\r": 2, "1": 3, "\ud83d\ude02": 4, "\ufb33": 5, ö: 6 })).toBe(
      '{"\\r":2,"1":3,"ö":6,"€":1,"😂":4,"\ufb33":5}',
    );
    expect(canonicalJson([1e21, 1e-7, -0, 0.1, 333333333.3333333, '\u000f\n"\\/€', null, true, {}])).toBe(
      '[1e+21,1e-7,0,0.1,333333333.3333333,"\\u000f\\n\\"\\\\/€",null,true,{}]',
    );
  });
  it("says what it was given", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
  it("refuses what JSON cannot say", () => {
    expect(() => canonicalJson(Number.NaN)).toThrow("Cannot write the number NaN as JSON");
    expect(() => canonicalJson(["\ud800"])).toThrow("half a character");
  });
});

import { formatUtc, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLine } from "./read-line.ts";

const NOW = 1_795_734_389_085_724_566n;
const read = (line: string) => readLine(line, null, NOW);

describe("a line's stamp", () => {
  it.each([
    ["2026-11-26T23:06:29.085724566Z", NOW, 1n, "rfc3339"],
    ["2026-11-26T23:06:29.085Z filled 100 @ 9.5", 1_795_734_389_085_000_000n, 1_000_000n, "rfc3339"],
    ["[2026-11-27 00:06:29+01:00] new order", 1_795_734_389_000_000_000n, 1_000_000_000n, "rfc3339"],
    ['{"seq":17,"ts":1795734389085724566}', NOW, 1n, "unix_ns"],
    ["1795734389085724", 1_795_734_389_085_724_000n, 1000n, "unix_us"],
    ["order=123456789 at=1795734389085", 1_795_734_389_085_000_000n, 1_000_000n, "unix_ms"],
    ["1795734389", 1_795_734_389_000_000_000n, 1_000_000_000n, "unix_s"],
    ["1795734389.085724566", NOW, 1n, "unix_s"],
    ["1795734389085.7", 1_795_734_389_085_700_000n, 100_000n, "unix_ms"],
  ])("%s", (line, at, unit, format) => {
    expect(read(line)).toMatchObject({ at, unit, format });
  });
  it.each([
    ["", "it holds no RFC 3339 time"],
    ["2026-11-26T23:06:29.085", "names no zone"],
    ["2026-02-30T00:00:00Z", "no time that there is"],
    ["2026-11-26T23:06:29.0857245661Z", "finer than a nanosecond"],
    ["order 123456789", "--format"],
    ["179573438908572456612", "it holds no RFC 3339 time"],
  ])("%j is none, and why is said", (line, why) => {
    expect(read(line)).toContain(why);
  });
  it("of a named form is taken however far from the clock it is", () => {
    expect(readLine("at 100000000", "unix_s", NOW)).toMatchObject({ at: 100_000_000_000_000_000n });
    expect(readLine("2026-11-26T23:06:29Z", "unix_s", NOW)).toContain("unix_s");
    expect(readLine("1795734389", "rfc3339", NOW)).toContain("rfc3339");
  });
  it("is read as it was written, at any instant and in any form", () => {
    fc.assert(
      fc.property(fc.bigInt(NOW - 10n ** 18n / 10n, NOW + 10n ** 18n / 10n), (at) => {
        for (const line of [formatUtc(utc(at)), String(at), `${at / 10n ** 9n}.${String(at % 10n ** 9n).padStart(9, "0")}`])
          expect(read(`x ${line} y`)).toMatchObject({ at, unit: 1n });
        expect(read(String(at / 1000n))).toMatchObject({ at: (at / 1000n) * 1000n, unit: 1000n });
      }),
    );
  });
});

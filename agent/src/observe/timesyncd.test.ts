import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTimesyncd, spanNs } from "./timesyncd.ts";

/** In the words of systemd 247. */
const FOLLOWING = `       Server: 192.0.2.7 (ntp.example.net)
Poll interval: 8min 32s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: 596DFB18
    Precision: 1us (-23)
Root distance: 38.803ms (max: 5s)
       Offset: -5.086ms
        Delay: 273.384ms
       Jitter: 10month 2w 1d 13h 28min 23.169258s
 Packet count: 17
    Frequency: -0.870ppm
`;
/** In the words of systemd 252: it has heard nobody. */
const ALONE = `       Server: n/a (n/a)
Poll interval: 0 (min: 32s; max 34min 8s)
 Packet count: 0
`;

describe("what timedatectl tells of timesyncd", () => {
  it("is read in ns and in our sign", () => {
    expect(parseTimesyncd(FOLLOWING)).toEqual({
      offsetNs: -5_086_000n,
      rootDelayNs: 273_384_000n,
      rootDispersionNs: 38_803_000n,
      stratum: 3,
      follows: "192.0.2.7",
      followsItself: false,
      isSynchronised: true,
    });
  });
  it("claims nothing where it has heard nobody, or its server is not synchronised", () => {
    expect(parseTimesyncd(ALONE)).toMatchObject({ isSynchronised: false, follows: null, stratum: 16 });
    expect(parseTimesyncd(FOLLOWING.replace("normal", "not synchronized"))).toMatchObject({ isSynchronised: false });
    expect(parseTimesyncd(FOLLOWING.replace("Packet count: 17", "Packet count: 0"))).toMatchObject({ isSynchronised: false });
  });
  it("is refused by the name of what is wrong with it", () => {
    expect(parseTimesyncd("Failed to parse bus message: Input/output error\n")).toMatchObject({ field: "Server" });
    for (const [field, value] of [
      ["Root distance", "38.803ms"],
      ["Offset", "-5.086ms"],
      ["Delay", "273.384ms"],
      ["Stratum", "2"],
    ] as const)
      expect(parseTimesyncd(FOLLOWING.replace(`${field}: ${value}`, `${field}: 7 parsecs`))).toMatchObject({ field });
    expect(parseTimesyncd(FOLLOWING.replace("Delay: 273", "Delay: -273"))).toMatchObject({ field: "Delay" });
  });
  it.each([
    ["0", 0n],
    ["+316us", 316_000n],
    ["-1.243ms", -1_243_000n],
    ["+7.493693s", 7_493_693_000n],
    ["34min 8s", 2_048_000_000_000n],
    ["-1d 2h 3.5s", -93_603_500_000_000n],
    ["", null],
    ["5", null],
    ["1us 2", null],
    ["10month", 26_298_000_000_000_000n],
    ["-1y 2w", -32_767_200_000_000_000n],
    ["3parsec", null],
    ["1e3s", null],
  ])("a span of %s", (text, ns) => expect(spanNs(text)).toBe(ns));
  it("never throws, whatever is said", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 500 }),
      fc.string().map((noise) => FOLLOWING.replace("-5.086ms", noise)),
    );
    fc.assert(
      fc.property(text, (said) => {
        const read = parseTimesyncd(said);
        expect("field" in read || typeof read.offsetNs === "bigint").toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

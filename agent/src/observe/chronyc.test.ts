import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalAddress, parseSources, parseTracking } from "./chronyc.ts";

const SOURCE = "^,*,127.0.0.1,2,-2,377,0,0.000001515,0.000001634,0.000005296";
const TRACKING =
  "7F000001,127.0.0.1,3,1795456489.657266803,-0.000002090,0.000000119,0.000000926,0.182,0.049,0.651,0.000009002,0.000001646,0.3,Normal";

describe("chronyc -c -n sources", () => {
  it("is read with our sign: a sample ahead of its source is a negative offset", () => {
    expect(parseSources(`${SOURCE}\n`)).toEqual({
      sources: [
        {
          mode: "server",
          state: "selected",
          name: "127.0.0.1",
          address: "127.0.0.1",
          stratum: 2,
          poll: -2,
          reach: 0o377,
          lastSampleS: 0,
          offsetNs: -1515n,
          errorNs: 5296n,
        },
      ],
      malformed: [],
    });
  });

  it("tells clocks and unresolved names from addresses, and never from long ago", () => {
    const text = [
      "#,*,PHC0,0,2,377,3,0.000000001,0.000000001,0.000000025",
      "^,?,ID#0000000003,0,6,0,4294967295,0.000000000,0.000000000,0.000000000",
      "=,x,2001:DB8:0::1,4,10,17,600,-1.500000000,-1.500000000,2.000000000",
    ];
    expect(parseSources(text.join("\r\n")).sources).toMatchObject([
      { mode: "refclock", address: null, state: "selected" },
      { address: null, state: "unreachable", lastSampleS: null, reach: 0 },
      { mode: "peer", address: "2001:db8::1", state: "falseticker", offsetNs: 1_500_000_000n, reach: 0o17 },
    ]);
  });

  it.each([
    [SOURCE.replace("^", "!"), "mode"],
    [SOURCE.replace("*", "!"), "state"],
    [SOURCE.replace("377", "378"), "reach"],
    [SOURCE.replace("377", "777"), "reach"],
    [SOURCE.replace(",2,", ",17,"), "stratum"],
    [SOURCE.replace(",-2,", ",99,"), "poll"],
    [SOURCE.replace("0.000001515", "nan"), "offset"],
    [SOURCE.replace("0.000005296", "1e-3"), "error"],
    [`${SOURCE},7`, "field_count"],
    ["506 Cannot talk to daemon", "mode"],
    ["^,*", "field_count"],
    [SOURCE.replace("^", "constructor"), "mode"],
  ])("refuses %j by its %s", (line, field) => {
    const { sources, malformed } = parseSources(`${line}\n${SOURCE}\n`);
    expect(malformed).toMatchObject([{ line: 1, field }]);
    expect(sources).toHaveLength(1);
  });
});

describe("chronyc -c -n tracking", () => {
  it("is read: negative system time = fast = a negative offset", () => {
    expect(parseTracking(TRACKING)).toMatchObject({
      refid: 0x7f000001,
      follows: "127.0.0.1",
      stratum: 3,
      systemOffsetNs: -2090n,
      lastOffsetNs: -119n,
      referenceTimeS: 1_795_456_489.657_266_9,
      rmsOffsetNs: 926n,
      frequencyPpm: 0.182,
      skewPpm: 0.651,
      rootDelayNs: 9002n,
      rootDispersionNs: 1646n,
      leap: "normal",
    });
  });
  it.each([
    ["", "line_count"],
    [`${TRACKING}\n${TRACKING}`, "line_count"],
    [TRACKING.replace("Normal", "Maybe"), "leap"],
    [TRACKING.replace("7F000001", "zz"), "refid"],
    [TRACKING.replace(",Normal", ""), "field_count"],
  ])("refuses %j", (text, field) => expect(parseTracking(text)).toMatchObject({ field }));
});

describe("any output at all", () => {
  it("is read in bounded size, and breaks nothing", () => {
    const mangled = fc
      .tuple(fc.constantFrom(SOURCE, TRACKING), fc.nat(150), fc.string({ maxLength: 5 }))
      .map(([line, at, what]) => line.slice(0, at) + what + line.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 3000 }), mangled), (text) => {
        const { sources, malformed } = parseSources(text);
        expect(sources.length + malformed.length).toBeLessThanOrEqual(512);
        for (const { text: shown } of malformed) expect(shown.length).toBeLessThanOrEqual(80);
        parseTracking(text);
      }),
      { numRuns: 3000 },
    );
    expect(parseSources(`${SOURCE}\n`.repeat(5000)).sources).toHaveLength(512);
  });
});

describe("the one spelling of an address", () => {
  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["::1", "::1"],
    ["256.0.0.1", null],
    ["ntp.example.net", null],
    ["]::1", null],
    [":", null],
  ])("%s", (text, spelt) => expect(canonicalAddress(text)).toBe(spelt));
});

import { BILLION, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { scaleOfReply, timescaleOf } from "./source-timescale.ts";

const named = { "a:123": "utc", b: "smear24", "time.google.com": "utc" } as const;
const scale = (id: string, host: string) => timescaleOf({ id, host }, named);

describe("the timescale of a source", () => {
  it.each([
    ["a:123", "a", "utc"],
    ["b:123", "b", "smear24"],
    ["time.google.com:123", "time.google.com", "utc"],
    ["time2.google.com:123", "Time2.Google.com.", "smear24"],
    ["169.254.169.123:123", "169.254.169.123", "smear24"],
    ["time3.facebook.com:123", "time3.facebook.com", "smearFB"],
    ["time.facebook.com.example.net:123", "time.facebook.com.example.net", "unknown"],
    ["constructor:123", "constructor", "unknown"],
    ["c:123", "c", "unknown"],
  ])("%s is %s's %s", (id, host, expected) => expect(scale(id, host)).toBe(expected));
});

describe("the scale of a reply", () => {
  const midnight = utc(1_861_920_000n * BILLION);
  const leaps = [{ utc_ns: midnight, step: 1 as const }];
  const near = { lo: midnight - BILLION, hi: midnight - BILLION };
  const far = { lo: midnight - 200_000n * BILLION, hi: midnight - 200_000n * BILLION };
  const smears = { lo: 375_000_000n - 239n, hi: 375_000_000n + 239n };
  it.each([
    ["unknown", 0xfe180000, near, { timescale: "refid254", unsure: 5n, smears }],
    ["unknown", 0xfe180000, far, { timescale: "unknown", unsure: 5n }],
    ["unknown", 0x47505300, near, { timescale: "unknown", unsure: 5n }],
    ["refid254", 0xfe180000, far, { timescale: "refid254", unsure: 5n, smears }],
    ["refid254", 0x47505300, near, { timescale: "refid254", unsure: 5n, smears: { lo: 0n, hi: 0n } }],
    ["utc", 0xfe180000, near, { timescale: "utc", unsure: 5n }],
  ] as const)("%s with refid %x", (timescale, refid, reading, expected) =>
    expect(scaleOfReply(timescale, [refid], reading, 5n, leaps)).toEqual(expected),
  );
  it("covers both packets of an interleaved pair", () =>
    expect(scaleOfReply("refid254", [0xfe180000, 0xfe000000], near, 5n, leaps).smears).toEqual({ lo: -239n, hi: smears.hi }));
});

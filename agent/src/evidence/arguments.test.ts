import { describe, expect, it } from "vitest";
import { parseEvidence, spanUp } from "./arguments.ts";

describe("what a carrier of evidence is told", () => {
  it("has defaults for where gpsd is and by what it is read", () =>
    expect(parseEvidence(["gpsd", "--document", "a.pdf", "--error", "500ns"])).toEqual({
      from: "gpsd",
      document: "a.pdf",
      errorNs: 500n,
      host: "127.0.0.1",
      port: 2947,
      device: null,
      by: "pps",
      lateNs: 0n,
    }));
  it("names a reference clock of chrony", () =>
    expect(parseEvidence(["chrony", "--document", "a", "--error", "1us", "--refclock", "PPS0", "--drift", "50ppm"])).toEqual({
      from: "chrony",
      document: "a",
      errorNs: 1000n,
      server: null,
      refclock: "PPS0",
      driftPpb: 50_000n,
    }));
  it.each([
    [[], /from nobody/],
    [["ts2phc"], /from "ts2phc"/],
    [["gpsd", "--error", "1us"], /without --document/],
    [["gpsd", "--document", "a"], /--error nothing/],
    [["gpsd", "--document", "a", "--error", "1"], /--error 1:/],
    [["gpsd", "--document", "a", "--error", "1us", "--by", "sky"], /--by sky/],
    [["gpsd", "--document", "a", "--error", "1us", "--server", "gps"], /--server gps/],
    [["gpsd", "--document", "a", "--error", "1us", "more"], /"more"/],
    [["chrony", "--document", "a", "--error", "1us"], /--refclock/],
    [["chrony", "--document", "a", "--error", "1us", "--late", "1s"], /--late with chrony/],
    [["chrony", "--document", "a", "--error", "1us", "--refclock", "PPS0", "--drift", "1%"], /--drift 1%/],
  ])("%j is refused", (args, problem) => expect(parseEvidence(args)).toMatch(problem));
  it("is a span that never shrinks by rounding", () =>
    expect(["1ns", "0.1ns", "1.0000001ms", "2s", "1.5µs", "1"].map(spanUp)).toEqual([1n, 1n, 1_000_001n, 2_000_000_000n, 1500n, null]));
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerFacts } from "../publish/host-answer.fixture.ts";
import { hostNow, hostStatus } from "../publish/host-answer.ts";
import { type OwnHost, readOwnHost } from "./own-host.ts";
import { nowText, statusText } from "./say-host.ts";

const read = (answer: object) => readOwnHost(JSON.stringify(answer));
const bounded = answerFacts({ lo: -250_000n, hi: 750_001n });

describe("what an agent answers of its host", () => {
  it("says between which two instants of UTC it was, and the worst error outward", () => {
    expect(hostNow(bounded)).toMatchObject({
      host_clock: "2026-11-23T14:50:00.123456789Z",
      earliest: "2026-11-23T14:50:00.123206789Z",
      latest: "2026-11-23T14:50:00.124206790Z",
      worst_error_ns: "750001",
      guaranteed: { lo_ns: "-250000", hi_ns: "750001" },
      liveness: null,
    });
  });
  it("says unknown as null, never as zero", () => {
    const unknown = hostStatus(answerFacts(null));
    expect(unknown).toMatchObject({ as_of: null, guaranteed: null, worst_error_ns: null, earliest: null, latest: null, words: "unknown" });
    expect(read(unknown)).toMatchObject({ worstError: null, earliest: null, latest: null });
  });
  it("is read as it was written, and said in words", () => {
    const host = read(hostStatus(bounded));
    expect(host).toMatchObject({ name: "web-1", status: "proven", worstError: 750_001n, latest: "2026-11-23T14:50:00.124206790Z" });
    if (host === null) return;
    expect(nowText(host)).toBe(
      "between 2026-11-23T14:50:00.123206789Z\nand     2026-11-23T14:50:00.124206790Z UTC\nweb-1: within 751 µs of UTC; proven\n",
    );
    for (const words of ["750001 ns", "daemon_dead", "ntp1:123  agrees  [-2, 3] ns", "https://tb.example:8125/"])
      expect(statusText(host)).toContain(words);
  });
  it("counts what the clock can stray until the next reading to no width", () => {
    const host = read({ ...hostStatus(bounded), terms: { path_ns: "1", drift_ns: "2", slew_ns: "113929596" } });
    expect(statusText(host as NonNullable<typeof host>)).toMatch(
      /made of +path_ns 1, drift_ns 2\n +can stray +113929596 ns between two readings, beside the bound\n/,
    );
  });
  it("says why nothing is taken from the kernel, and unknown where an agent tells nothing of that", () => {
    const kernel = (kernel_refused: unknown) =>
      statusText(read({ ...hostStatus(bounded), kernel_refused }) as OwnHost).match(/ kernel +(.*)/)?.[1];
    expect(kernel("offset_glitch")).toMatch(/^offset_glitch: what adjtimex says is not believed: an offset of 2\^32 ns, .* is assumed$/);
    expect([kernel("denied"), kernel(null), kernel(undefined), kernel("toString")]).toEqual([
      "denied: adjtimex may not be asked here; so the fastest that the kernel can go is assumed",
      "nothing that it says is refused",
      "unknown",
      "unknown",
    ]);
  });
  it("brings no control character to a terminal", () => {
    const host = read({ ...hostNow(bounded), name: "\u001b[31mweb\u0007" });
    expect(nowText(host as NonNullable<typeof host>)).toMatch(/^[^\p{Cc}]*\n[^\p{Cc}]*\n[^\p{Cc}]*\n$/u);
  });
  it.each([
    { worst_error_ns: null },
    { worst_error_ns: 750_001 },
    { earliest: "2026-11-23T14:50:01Z" },
    { earliest: "2026-11-23T14:50:01.000000000Z" },
    { status: "good" },
    { reason: 3 },
    { name: null },
  ])("is none with %j in it", (wrong) => expect(read({ ...hostNow(bounded), ...wrong })).toBeNull());
  it("is never read from what is none, whatever the bytes", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readOwnHost(text) === null));
  });
});

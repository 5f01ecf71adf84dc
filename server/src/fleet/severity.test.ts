import type { Liveness } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import type { HostRecord } from "./host-record.ts";
import { record } from "./record.fixture.ts";
import { bySeverity, severityKey } from "./severity.ts";

const host = (name: string, more: Partial<HostRecord>, liveness: Liveness = "reporting") =>
  severityKey(record({ name, ...more }), liveness);

describe("the order of hosts", () => {
  it("shows what is not known before what is known, then worst first, and what is out of service last", () => {
    const expected = [
      host("a no bound", { bound: null, status: "unknown" }),
      host("b no majority, no bound", { bound: null, status: "no_majority" }),
      host("c conflict, wide", { bound: { lo: -9n, hi: 0n }, status: "conflict" }),
      host("d silent, once fine", { bound: { lo: 0n, hi: 1n } }, "silent"),
      host("e three seconds off", { bound: { lo: -3_000_000_001n, hi: -3_000_000_000n } }),
      host("f late", { bound: { lo: 0n, hi: 50n } }, "late"),
      host("g holdover", { bound: { lo: -7n, hi: 7n }, status: "holdover" }),
      host("h tie", { bound: { lo: 0n, hi: 7n } }),
      host("i fine", { bound: { lo: 0n, hi: 0n } }),
      host("j revoked and unknown", { bound: null, status: "unknown" }, "revoked"),
    ];
    const shuffled = [...expected].sort((a, b) => ((a.name.length * 7) % 5) - ((b.name.length * 7) % 5));
    expect(shuffled.sort(bySeverity).map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
  });
  it("is an order: no host before itself, and the other way round for each pair", () => {
    const keys = [host("a", {}), host("a", { id: "other" }), host("b", { bound: null }), host("b", {}, "silent")];
    for (const a of keys) for (const b of keys) expect(Math.sign(bySeverity(a, b)) + Math.sign(bySeverity(b, a))).toBe(0);
  });
});

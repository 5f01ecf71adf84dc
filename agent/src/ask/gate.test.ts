import { describe, expect, it } from "vitest";
import { spanOf } from "../check/arguments.ts";
import { gateOf, passage, type Standing } from "./gate.ts";

const host = (worstError: bigint | null, status: Standing["status"] = "proven"): Standing => ({ status, reason: null, worstError });
const within = (bound: bigint | null, unverified = false) => ({ bound, unverified });

describe("the gate", () => {
  it.each([
    [within(1_000_000n), host(1_000_000n)],
    [within(1_000_000n), host(999_999n, "holdover")],
    [within(null), host(900_000_000n)],
    [within(1_000_000n, true), host(1n, "unverified")],
  ])("a gate is open, case %#", (gate, standing) => expect(passage(gate, standing)).toEqual({ open: true }));
  it.each([
    [within(1_000_000n), host(1_000_001n), "the worst error is 1.01 ms, beyond 1 ms"],
    [within(null), host(null, "unknown"), "the agent has no bound: unknown"],
    [within(null), host(1n, "unverified"), "the bound is unverified, and not proven; where that will do, ask with --unverified"],
    [within(1n, true), host(2n, "unverified"), "beyond"],
    [within(null), host(1n, "conflict"), "not proven"],
    [within(null, true), host(1n, "no_majority"), "the bound is no majority"],
    [within(null, true), host(null, "disrupted"), "no bound"],
  ])("a gate is shut, case %#", (gate, standing, why) =>
    expect(passage(gate, standing)).toEqual({ open: false, why: expect.stringContaining(why) }),
  );
  it.each([
    ["", within(null)],
    ["bound=500us", within(500_000n)],
    ["bound=1ms&unverified=1", within(1_000_000n, true)],
    ["bound=1", "Cannot take that bound"],
    ["bound=0ms", "Cannot take that bound"],
    ["unverified=yes", "write unverified=1"],
    ["bund=1ms", 'Cannot take "bund"'],
  ])("is asked for by %s", (query, gate) =>
    expect(gateOf(new URLSearchParams(query), spanOf)).toEqual(typeof gate === "string" ? expect.stringContaining(gate) : gate),
  );
});

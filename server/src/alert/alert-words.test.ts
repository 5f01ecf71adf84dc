import { describe, expect, it } from "vitest";
import type { HostRecord } from "../fleet/host-record.ts";
import { alertInWords } from "./alert-words.ts";
import { healthy } from "./alert-world.fixture.ts";
import { SHIPPED_RULES } from "./shipped-rules.ts";

const MS = 1_000_000n;
const bound = (lo: bigint, hi: bigint) => ({ lo: lo * MS, hi: hi * MS });

function words(record: Partial<HostRecord>): string {
  const [first] = SHIPPED_RULES;
  if (first === undefined) throw new Error("No rule comes with Truebound");
  const rule = { ...first, name: "offset", finding: "offset_exceeds" as const };
  const inForce = { rule, finding: "offset_exceeds", severity: "warning", limit: 100_000_000, clear: 90_000_000 } as const;
  return alertInWords(inForce, healthy(1, record), null, null);
}

describe("an offset beyond its limit, in words", () => {
  it("names the bound by which it is, and claims no proof", () => {
    const tight = words({ bound: bound(-200n, 400n), tight: bound(101n, 103n) });
    expect(tight).toBe("host-1 is 102 ms behind UTC, at most 103 ms, by its tight bound: beyond its limit of 100 ms");
    expect(words({ bound: bound(101n, 103n), tight: null })).toContain("by its guaranteed bound: beyond its limit");
  });
  it("says the doubt that its status leaves", () =>
    expect(words({ bound: bound(101n, 103n), tight: null, status: "unverified", reason: "one_vote" })).toContain("(unverified: "));
});

import { describe, expect, it } from "vitest";
import { sourceLook } from "./source-look.ts";
import { lookOf } from "./status-look.ts";

const bound = (lo: number, hi: number) => ({ lo_ns: String(lo), hi_ns: String(hi) });

describe("looks", () => {
  it("tells a proven clock on UTC from one that is proved off it", () => {
    expect(lookOf({ status: "proven", liveness: "reporting", guaranteed: bound(-1, 1) })).toBe("proven");
    expect(lookOf({ status: "proven", liveness: "reporting", guaranteed: bound(0, 5) })).toBe("proven");
    expect(lookOf({ status: "proven", liveness: "late", guaranteed: bound(1, 5) })).toBe("proven-off");
    expect(lookOf({ status: "proven", liveness: "reporting", guaranteed: bound(-5, -1) })).toBe("proven-off");
  });
  it("lets silence win over the last status", () => {
    for (const liveness of ["silent", "carried", "retired", "revoked"] as const)
      expect(lookOf({ status: "proven", liveness, guaranteed: bound(-1, 1) })).toBe("silent");
  });
  it("never shows a word that it does not know as fine", () => {
    expect(lookOf({ status: "splendid" as never, liveness: "reporting", guaranteed: null })).toBe("unknown");
    expect(sourceLook("splendid" as never)).toBe("unknown");
  });
});

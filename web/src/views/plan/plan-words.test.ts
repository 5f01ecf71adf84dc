import type { HostPlan } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { tallyWords, unknownWords } from "./plan-words.ts";

const goal = (words: string) => ({ verdict: "unknown", worst_ns: null, needs: null, ways: [], words }) as const;
const plan = (liveness: HostPlan["liveness"], words: string) =>
  ({ liveness, live: goal(words), report: goal(words) }) as unknown as HostPlan;

describe("a plan of a host of which nothing is known", () => {
  it("asks nobody to wait for a host that is gone, or whose reports come in files", () => {
    expect(unknownWords(plan("revoked", "Unknown: the host was revoked, last heard 3 h ago"))).toBe(
      "Nothing: the host was revoked, last heard 3 h ago.",
    );
    expect(unknownWords(plan("carried", "Unknown: its reports are carried here in files"))).toMatch(/^Nothing: its reports are carried/);
    expect(unknownWords(plan("silent", "Unknown: the host is silent"))).toBe("See why it does not report: the host is silent.");
    expect(unknownWords(plan("enrolled", "Unknown: no report"))).toBe("Wait for its reports: no report.");
  });
  it("counts no share of no hosts", () => {
    expect(tallyWords([plan("silent", "")], "live")).toBe("none, and 1 unknown");
    expect(tallyWords([], "live")).toBe("0 of 0");
  });
});

import { describe, expect, it } from "vitest";
import { clockText, trueTime } from "./true-time.ts";

const READ = 1_800_000_000_000_000_000n;
const host = {
  status: "proven" as const,
  liveness: "reporting" as const,
  guaranteed: { lo_ns: "-1000000", hi_ns: "3000001" },
  as_of: "2027-01-15T08:00:00.000000000Z",
  as_of_marked: false,
  assumptions: { rho_ppb: 200_000, oscillator_ppb: null } as never,
};

describe("the time as the host would tell it", () => {
  it("widens between reports by rho, to both sides, and by how loosely now is known", () => {
    expect(trueTime(host, READ, 0n)).toMatchObject({ epsilon: 2_000_001n, age: 0n });
    expect(trueTime(host, READ + 10_000_000_000n, 0n)).toMatchObject({ epsilon: 4_000_001n, earliest: READ + 9_995_999_999n });
    expect(trueTime(host, READ, 5_000_000n)).toMatchObject({ epsilon: 2_001_001n, latest: READ + 7_001_001n });
  });
  it.each([
    [{ guaranteed: null, status: "unknown" as const, liveness: "enrolled" as const }, "the host has not reported yet"],
    [{ guaranteed: null, status: "unknown" as const }, "nothing is proved of this clock"],
    [{ guaranteed: null, status: "disrupted" as const }, "the host is disrupted"],
    [{ status: "disrupted" as const }, "the host is disrupted"],
    [{ liveness: "silent" as const }, "the host is silent"],
    [{ liveness: "carried" as const }, "its reports are carried here, and say nothing of now"],
    [{ guaranteed: { lo_ns: "-1000000000", hi_ns: "1000000001" } }, "the bound has grown past a second"],
  ])("is unknown rather than guessed, %#", (more, why) => {
    expect(trueTime({ ...host, ...more }, READ, 0n)).toEqual({ kind: "unknown", why });
  });
  it("is written no tighter than it is", () => {
    expect(clockText(READ + 1n, "down").time).toBe("08:00:00.000");
    expect(clockText(READ + 1n, "up").time).toBe("08:00:00.001");
  });
});

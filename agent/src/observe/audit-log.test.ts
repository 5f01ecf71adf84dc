import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DATE_SET_BY_HAND, FREQUENCY_SET, READ_ONLY, STEP_BY_CHRONYC } from "./audit.fixture.ts";
import { AuditTrail, type ClockChange } from "./audit-log.ts";

const changes = (...lines: readonly string[]): readonly ClockChange[] => {
  const trail = new AuditTrail();
  trail.take(lines);
  return trail.changes;
};

const STEP: ClockChange = {
  event: "1795000000.123:2040",
  at: 1_795_000_000_123_000_000n,
  call: "clock_adjtime",
  pid: 812,
  command: "chronyd",
  exe: "/usr/sbin/chronyd",
  uid: 998,
  auid: null,
  by: -3_250_000_000n,
  adjusted: [],
};

describe("the audit trail", () => {
  it("joins the records of one call, and counts nanoseconds up from negative seconds", () => {
    expect(changes(...STEP_BY_CHRONYC)).toMatchObject([STEP]);
  });
  it("names who set the date, by a name with a blank in it and the login behind it", () => {
    expect(changes(...DATE_SET_BY_HAND)).toMatchObject([
      { call: "clock_settime", pid: 1610, command: "my date", exe: "/usr/bin/date", uid: 0, auid: 1000, by: 3_000_001_500n },
    ]);
  });
  it("does not blame a call that may only have read the clock's state", () => expect(changes(READ_ONLY)).toEqual([]));
  it("keeps what was adjusted, from what to what", () => {
    expect(changes(...FREQUENCY_SET)).toMatchObject([
      {
        call: "adjtimex",
        by: null,
        adjusted: [
          { field: "freq", from: -123456789n, to: 987654321n },
          { field: "tick", from: 10000n, to: 10001n },
        ],
      },
    ]);
  });
  it.each([
    ["failed", "success=yes", "success=no"],
    ["set another clock", "a0=0", "a0=3"],
    ["was made on an unknown machine", "arch=c000003e", "arch=80000016"],
    ["was another call", "syscall=227", "syscall=228"],
  ])("does not blame a call that %s", (_, good, bad) => {
    const [line = ""] = DATE_SET_BY_HAND;
    expect(changes(line)).toHaveLength(1);
    expect(changes(line.replace(good, bad))).toEqual([]);
  });
  it("joins in any order and among any others", () => {
    const all = [...STEP_BY_CHRONYC, ...DATE_SET_BY_HAND, READ_ONLY, ...FREQUENCY_SET];
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (lines) => {
        const joined = changes(...lines);
        expect(joined).toHaveLength(3);
        expect(joined.find(({ pid, by }) => pid === 812 && by !== null)).toMatchObject(STEP);
      }),
    );
  });
  it("keeps the newest events only, and a call explains one step at most", () => {
    const trail = new AuditTrail();
    const many = Array.from({ length: 1000 }, (_, serial) => `type=TIME_INJOFFSET msg=audit(1795000000.000:${serial}): sec=1 nsec=0`);
    trail.take(many);
    expect(trail.changes).toHaveLength(128);
    expect(trail.changes.at(-1)?.event).toBe("1795000000.000:999");
    trail.spend("1795000000.000:999");
    expect(trail.changes).toHaveLength(127);
  });
});

import type { LogMonth, LogView } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { logStanding, mismatchWords, monthStanding, roundWords, witnessLine } from "./log-words.ts";

const HEAD = {
  number: 1441,
  installation: "lon-1",
  shard: "2026-11",
  size: 513,
  root: "a".repeat(64),
  timestamp_ns: "1",
  previous: "b".repeat(64),
  public_key: "k",
  signature: "s",
};
const MONTH: LogMonth = {
  shard: "2026-11",
  state: "growing",
  leaves: 513,
  heads: { first: 1, last: 1441 },
  sealed_at: "2026-11-27T08:00:00.000000000Z",
  tiles: { stored: 3, needed: 3 },
};
const LOG: LogView = {
  as_of: "2026-11-27T08:00:30.000000000Z",
  head: HEAD,
  months: [MONTH],
  waiting: { entries: 0, hosts: 0 },
  sequencing: { passed_seconds_ago: 20, trouble: null },
  stopped: [],
  differences: [],
  left_months: [],
  mismatches: [],
  scrub: { ended: null, round: { began: "2026-11-27T00:00:00.000000000Z", leaves: 512 }, overdue: false },
  anchoring: { authority: null, trouble: null },
};
const STOP = { host: "a", name: "db-7", since: LOG.as_of, epoch: 1, seq: 5, entry: { why: "changed" } };
const DIFFERENCE = { place: "2026-11/3", host: null, words: "x", found_at: LOG.as_of };

describe("how the log stands", () => {
  it.each([
    ["sealed", {}, "proven", "The log is sealed up to head 1\u202f441"],
    ["with something to come", { waiting: { entries: 1, hosts: 0 } }, "proven", /waits for the next$/],
    ["overdue", { scrub: { ...LOG.scrub, overdue: true } }, "holdover", /not read again within a day/],
    ["empty", { head: null, months: [] }, "unknown", /empty/],
    ["not looked after", { sequencing: { passed_seconds_ago: 7200, trouble: null } }, "proven-off", /has not looked after the log for 2 h/],
    [
      "not taken in",
      { sequencing: { passed_seconds_ago: 5, trouble: "no" }, scrub: { ...LOG.scrub, overdue: true } },
      "proven-off",
      /sequencing has stopped/,
    ],
    ["stopped", { stopped: [STOP], sequencing: { passed_seconds_ago: 5, trouble: "no" } }, "conflict", "The log of 1 host has stopped"],
    [
      "left after a key was lost",
      { stopped: [STOP], left_months: ["2026-10"] },
      "conflict",
      "The key in use does not sign 1 month: no report rests on what lies there",
    ],
    ["changed, which is worse", { stopped: [STOP], differences: [DIFFERENCE, DIFFERENCE] }, "conflict", /not what was logged, at 2 places/],
  ] as const)("is said when it is %s", (_, changes, look, title) => {
    const standing = logStanding({ ...LOG, ...changes } as LogView);
    expect(standing.look).toBe(look);
    expect(standing.title).toMatch(title);
  });
});

describe("whether a month is sealed, and why not", () => {
  const of = (month: Partial<LogMonth>, log: Partial<LogView> = {}) => monthStanding({ ...MONTH, ...month }, { ...LOG, ...log });
  it("tells growing, over, spent and damaged apart", () => {
    expect(of({}).isSealed).toBe("sealed so far");
    expect(of({ state: "over" })).toMatchObject({ look: "proven", why: "by head 1\u202f441; the month is over" });
    expect(of({ state: "spent", tiles: { stored: 0, needed: 3 } }).why).toContain("no evidence of it is kept");
    expect(of({ state: "over", tiles: { stored: 1, needed: 3 } })).toMatchObject({ isSealed: "damaged", look: "conflict" });
  });
  it("names one that was left after a key was lost, whatever else it is", () => {
    for (const state of ["over", "growing", "spent"] as const)
      expect(of({ state }, { left_months: ["2026-11"] })).toMatchObject({ look: "conflict", isSealed: "not signed" });
    expect(of({}, { left_months: ["2026-10"] }).isSealed).toBe("sealed so far");
  });
  it("names what waits, in the month that grows only", () => {
    const waiting = { entries: 1, hosts: 2 };
    expect(of({}, { waiting, stopped: [STOP] }).why).toBe(
      "sealed by head 1\u202f441; the log of 1 host has stopped, and 1 entry and batches of 2 hosts wait",
    );
    expect(of({}, { waiting })).toMatchObject({
      look: "proven",
      why: expect.stringMatching(/batches of 2 hosts wait for the next one/) as string,
    });
    expect(of({ state: "over" }, { waiting }).isSealed).toBe("sealed");
  });
});

it("says what does not fit in words, and a reason that it does not know as it came", () => {
  expect(mismatchWords({ epoch: 1, seq: 5, why: "changed" })).toBe("batch 1/5: its bytes and its hash do not fit");
  expect(mismatchWords({ epoch: 1, seq: 5, to_seq: 9, why: "missing" })).toMatch(/^batches 1\/5 to 9: was received/);
  expect(mismatchWords({ epoch: 2, seq: 1, why: "some_new_one" })).toBe("batch 2/1: some new one");
});

it("counts a round of months that have leaves left, and never more than there are", () => {
  expect(roundWords(LOG)).toBe("512 of 513 leaves");
  expect(roundWords({ ...LOG, months: [MONTH, { ...MONTH, state: "spent", leaves: 9000 }] })).toBe("512 of 513 leaves");
  expect(roundWords({ ...LOG, scrub: { ...LOG.scrub, round: { ...LOG.scrub.round, leaves: 600 } } })).toBe("513 of 513 leaves");
});

it("writes a head as one line of a witness file, with nothing beside what is signed", () => {
  expect(JSON.parse(witnessLine({ ...HEAD, more: 1 } as typeof HEAD))).toEqual(HEAD);
  expect(witnessLine(HEAD).split("\n")).toEqual([expect.stringContaining('"number":1441'), ""]);
});

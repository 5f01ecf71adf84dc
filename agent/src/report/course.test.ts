import { describe, expect, it } from "vitest";
import { type Course, courseTo } from "./course.ts";

/** Here are 40 to 60 of epoch 2, 1 to 9 of epoch 3, and epoch 5, the present one, up to 20, of which 12 came from an earlier run. */
const STRETCHES = [
  { epoch: 2, first: 40, last: 60 },
  { epoch: 3, first: 1, last: 9 },
  { epoch: 5, first: 1, last: 20 },
];
const spool = {
  firstSeq: 1,
  last: { epoch: 5, seq: 20, hash: "" },
  stretch: (epoch: number) => STRETCHES.find((one) => one.epoch === epoch) ?? null,
  after: (epoch: number) => STRETCHES.find((one) => one.epoch > epoch)?.epoch ?? null,
};
const go = (epoch: number, seq: number, isConfirmed = true): Course => ({ do: "go", to: { epoch, seq }, isConfirmed });
const begin = (epoch: number, seq: number, after: number) => ({ do: "begin", from: { epoch, seq }, after });

describe("where to go on when the server wants", () => {
  it.each([
    ["the next one", [5, 21], go(5, 21)],
    ["one that is here", [5, 7], go(5, 7)],
    ["the first again: it may lack what lies before", [5, 1], go(5, 1, false)],
    ["more than was offered", [5, 26], begin(5, 13, 5)],
    ["one of a later epoch", [8, 3], begin(5, 13, 8)],
    ["one of an epoch before", [2, 50], go(2, 50)],
    ["one of an epoch before that is gone here", [2, 39], begin(2, 39, 5)],
    ["the first of an epoch before", [3, 1], go(3, 1, false)],
    ["nothing more of an epoch before", [2, 61], go(3, 1)],
    ["nothing more of the last one before", [3, 10], go(5, 1)],
    ["one of an epoch of which nothing is here", [4, 5], go(5, 1)],
    ["one of an epoch that was over long ago", [1, 5], go(2, 1)],
  ] as const)("%s", (_, [epoch, seq], expected) => {
    expect(courseTo({ epoch, seq }, { epoch: 5, offered: 20, inherited: 12, confirmed: 0, spool })).toMatchObject(expected);
  });

  it("more than was offered, and has just said that it has ours up to 17: those count already", () => {
    expect(courseTo({ epoch: 5, seq: 26 }, { epoch: 5, offered: 20, inherited: 12, confirmed: 17, spool })).toMatchObject(begin(5, 18, 5));
    expect(courseTo({ epoch: 8, seq: 3 }, { epoch: 5, offered: 20, inherited: 12, confirmed: 17, spool })).toMatchObject(begin(5, 18, 8));
  });
});

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
const STANDING = { epoch: 5, offered: 20, inherited: 12, confirmed: 0, wasInStep: false, spool, isOurs: () => false, wentOnAt: () => null };
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
    expect(courseTo({ epoch, seq, head: null }, STANDING)).toMatchObject(expected);
  });

  const head = { epoch: 5, seq: 25, hash: "a" };

  it("more than was offered, which are ours: a copy gave them", () => {
    const ours = { ...STANDING, isOurs: ({ hash }: { hash: string }) => hash === "a" };
    expect(courseTo({ epoch: 5, seq: 26, head }, ours)).toMatchObject(go(5, 26));
    expect(courseTo({ epoch: 5, seq: 26, head: { ...head, hash: "b" } }, ours)).toMatchObject(begin(5, 13, 5));
  });

  it.each([
    ["some of ours may be among them", 12, { do: "compare", from: { epoch: 5, seq: 13 }, end: { epoch: 5, seq: 12 }, after: 5 }],
    ["all that is here it has", 20, begin(5, 21, 5)],
  ])("more than was offered, and was in step before: %s", (_, confirmed, expected) => {
    expect(courseTo({ epoch: 5, seq: 26, head }, { ...STANDING, confirmed, wasInStep: true })).toMatchObject(expected);
  });

  it.each([
    ["an epoch that begins behind it", { epoch: 5, seq: 4 }, begin(5, 5, 5)],
    ["the end of a middle one, and the next begins", { epoch: 3, seq: 9 }, go(5, 1)],
    ["the midst of a middle one", { epoch: 3, seq: 8 }, begin(3, 9, 5)],
    ["all that is here", { epoch: 5, seq: 20 }, begin(5, 21, 5)],
  ])("what follows a batch that it has under a former number: %s", (_, now, expected) => {
    const wentOnAt = ({ seq }: { seq: number }) => (seq === 25 ? now : null);
    const wanted = { epoch: 5, seq: 1, head: { epoch: 2, seq: 25, hash: "a" } };
    expect(courseTo(wanted, { ...STANDING, wentOnAt })).toMatchObject(expected);
    const other = { ...wanted, head: { ...wanted.head, seq: 24 } };
    expect(courseTo(other, { ...STANDING, wentOnAt })).toMatchObject(go(5, 1, false));
  });

  it("more than was offered, and has just said that it has ours up to 17: those count already", () => {
    expect(courseTo({ epoch: 5, seq: 26, head: null }, { ...STANDING, confirmed: 17 })).toMatchObject(begin(5, 18, 5));
    expect(courseTo({ epoch: 8, seq: 3, head: null }, { ...STANDING, confirmed: 17 })).toMatchObject(begin(5, 18, 8));
  });
});

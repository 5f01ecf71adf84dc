import { describe, expect, it } from "vitest";
import { counted, ending, expecting, NO_LOSSES, settled } from "./losses.ts";

const place = (epoch: number, seq: number) => ({ epoch, seq });

describe("where a chain ended before an epoch began", () => {
  it.each([
    ["as far as was known", place(3, 9), 0],
    ["further", place(3, 12), 0],
    ["in a later epoch", place(4, 1), 0],
    ["less far: it was set back in between", place(3, 4), 5],
    ["in the epoch before that", place(2, 7), 9],
    ["in the midst of that", place(2, 5), 11],
    ["with nothing", place(1, 0), 16],
  ])("%s", (_, before, lost) => {
    const known = ending(ending(NO_LOSSES, place(2, 7)), place(3, 9));
    const first = settled(known, before);
    expect([first.total, first.unsettled]).toEqual([lost, undefined]);
    expect(settled(first, before).total).toBe(lost);
  });

  it("is told of each of the latest epochs, and of none that the server is before", () => {
    let losses = NO_LOSSES;
    for (let epoch = 1; epoch <= 12; epoch++) losses = ending(losses, place(epoch, 3));
    expect(losses.ends).toHaveLength(8);
    expect(ending(losses, place(7, 2)).ends).toEqual([place(5, 3), place(6, 3), place(7, 2)]);
    expect(ending(losses, place(5, 0)).ends).toEqual([]);
  });

  it("is counted beside what did not go on", () => {
    const begun = expecting(ending(NO_LOSSES, place(1, 11)), 2, 19);
    expect(settled(counted(begun, 2, 18), place(1, 8))).toMatchObject({ total: 4, count: 18, ends: [place(1, 8)] });
  });
});

import { describe, expect, it } from "vitest";
import { daysToMake } from "./partitions.ts";

describe("partitions to make", () => {
  const week = [100, 101, 102, 103, 104, 105, 106, 107];
  it.each([
    ["of a new database: today and seven days ahead", { made: [], strays: [] }, week],
    ["a day later: one more", { made: [99, ...week.slice(0, 7)], strays: [] }, [107]],
    ["with rows of today in DEFAULT: they move", { made: week.slice(1), strays: [100] }, [100]],
    ["with rows of days past in DEFAULT: the newest first", { made: week, strays: [97, 98] }, [98, 97]],
    ["with rows of a day that is past all age, or of one far ahead: those stay", { made: week, strays: [-400, 900] }, []],
    ["when all is made: none", { made: week, strays: [] }, []],
  ])("%s", (_, facts, days) => expect(daysToMake({ today: 100, ...facts }).map(({ day }) => day)).toEqual(days));
  it("says of which days rows have to come over", () => {
    const due = daysToMake({ today: 100, made: [], strays: [100, 99] });
    expect(due.filter(({ moves }) => moves).map(({ day }) => day)).toEqual([100, 99]);
  });
  it("is no more than one pass can do", () => {
    const strays = Array.from({ length: 300 }, (_, index) => 99 - index);
    expect(daysToMake({ today: 100, made: [], strays })).toHaveLength(40);
  });
});

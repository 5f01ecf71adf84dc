import { expect, it } from "vitest";
import { gapsOf, type Stored } from "./gaps.ts";

const told = { id: "a", batches: 10, head: "ff" };
const stored: Stored = { id: "a", batches: 10, distinct: 10, last: 10, head: "ff", missingMinutes: 0 };

it("what was acknowledged is there, once, in its chain; every other case is a gap", () => {
  expect(gapsOf([told], [stored])).toEqual([]);
  const cases: [Partial<Stored>, string][] = [
    [{ batches: 9, distinct: 9 }, "a: 10 batches were acknowledged, 9 are stored"],
    [{ batches: 11 }, "a: 10 batches were acknowledged, 11 are stored"],
    [{ distinct: 9 }, "a: 9 numbers up to 10, of 10 batches"],
    [{ last: 11 }, "a: 10 numbers up to 11, of 10 batches"],
    [{ head: "00" }, "a: the chain of what is stored is another one"],
    [{ missingMinutes: 2 }, "a: 2 minutes are missing among those that were told"],
  ];
  for (const [more, gap] of cases) expect(gapsOf([told], [{ ...stored, ...more }])).toEqual([gap]);
  expect(gapsOf([told], [])).toEqual(["a is not stored"]);
});

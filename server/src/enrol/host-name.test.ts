import { expect, it } from "vitest";
import { nameCandidates } from "./host-name.ts";

it("tries the wish, then numbers, then the id, each no longer than a name may be", () => {
  const long = "n".repeat(255);
  const names = [...nameCandidates(long, "0123456789abcdef")];
  expect(names.slice(0, 2)).toEqual([long, `${"n".repeat(253)}-2`]);
  expect(names.at(-1)).toBe(`${"n".repeat(238)}-0123456789abcdef`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => name.length <= 255)).toBe(true);
});

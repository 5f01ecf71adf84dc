import { expect, it } from "vitest";
import { matchesPattern, nameCandidates } from "./host-name.ts";

it("tries the wish, then numbers, then the id, each no longer than a name may be", () => {
  const long = "n".repeat(255);
  const names = [...nameCandidates(long, "0123456789abcdef")];
  expect(names.slice(0, 2)).toEqual([long, `${"n".repeat(253)}-2`]);
  expect(names.at(-1)).toBe(`${"n".repeat(238)}-0123456789abcdef`);
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => name.length <= 255)).toBe(true);
});

it.each([
  ["db-1", "db-*", true],
  ["db-", "db-*", true],
  ["web-1", "db-*", false],
  ["db-1.eu", "db-*.eu", true],
  ["db.eu", "db-*.eu", false],
  ["a.b.c", "a.*.c", true],
  ["ac", "a*c*", true],
  ["aXbXc", "a*b*c", true],
  ["abc", "a*c*b", false],
  ["exact", "exact", true],
  ["exact", "Exact", false],
  ["a.c", "a*b*c", false],
  ["anything", "*", true],
  ["a(b", "a(*", true],
])("%s is named like %s: %s", (name, pattern, is) => expect(matchesPattern(name, pattern)).toBe(is));

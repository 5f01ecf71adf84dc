import { expect, it } from "vitest";
import { nameList } from "./name-list.ts";

it.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a and b"],
  [["a", "b", "c", "d"], "a, b, c and d"],
  [["a", "b", "c", "d", "e"], "a, b, c and 2 more"],
])("%j reads %s", (names, text) => expect(nameList(names)).toBe(text));

import { expect, it } from "vitest";
import { offsetWords } from "./offset-words.ts";

it.each([
  ["3100000", "3400000", "between 3.1 ms and 3.4 ms behind UTC"],
  ["-3400000", "-3100000", "between 3.1 ms and 3.4 ms ahead of UTC"],
  ["-40000", "120000", "between 40 µs ahead of and 120 µs behind UTC"],
  ["0", "120000", "on UTC or up to 120 µs behind it"],
  ["-120000", "0", "on UTC or up to 120 µs ahead of it"],
  ["0", "0", "exactly on UTC"],
])("says the sign of %s to %s in words", (lo_ns, hi_ns, words) => expect(offsetWords({ lo_ns, hi_ns })).toBe(words));

it("moves shortened ends outward", () =>
  expect(offsetWords({ lo_ns: "3109999", hi_ns: "9200001" })).toBe("between 3.1 ms and 9.21 ms behind UTC"));

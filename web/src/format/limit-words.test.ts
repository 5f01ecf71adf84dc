import { expect, it } from "vitest";
import { claimWords, limitText, limitWords } from "./limit-words.ts";

it.each([
  ["3109999", "3400000", "100000", "at least 3 ms beyond the limit"],
  ["-3400000", "-3109999", "100000", "at least 3 ms beyond the limit"],
  ["-40000", "120001", "100000", "up to 20.1 µs beyond the limit, if the worst is true"],
  ["-40000", "60000", "100000", "within the limit, with 40 µs left"],
  ["-100000", "100000", "100000", "within the limit, with 0 ns left"],
])("says how %s to %s stands to %s", (lo_ns, hi_ns, limit_ns, words) => expect(limitWords({ lo_ns, hi_ns }, limit_ns)).toBe(words));

it("never flatters: what is beyond is rounded down where it is proved, and up where it may be", () => {
  expect(limitWords({ lo_ns: "1001999", hi_ns: "2000000" }, "1000000")).toBe("at least 1.99 µs beyond the limit");
  expect(limitWords({ lo_ns: "-5", hi_ns: "1001991" }, "1000000")).toBe("up to 2 µs beyond the limit, if the worst is true");
});

it("does not let a bound that proves nothing pass for one that is within", () => {
  const near = { lo_ns: "-62400000", hi_ns: "-58800000" };
  expect(claimWords(near, "100000000", "cannot_prove")).toBe(
    "within the limit, with 37.6 ms left, if this bound were true; nothing proves it",
  );
  expect(claimWords(near, "100000000", "proved_inside")).toBe("within the limit, with 37.6 ms left");
  expect(claimWords(near, "10000000", "proved_outside")).toBe("at least 48.8 ms beyond the limit");
});

it("shows a limit to both sides", () => expect(limitText("100000")).toBe("±100 µs"));

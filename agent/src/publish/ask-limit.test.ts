import { expect, it } from "vitest";
import { AskLimit } from "./ask-limit.ts";

it("answers 40 at once and 20 a second, whoever asks", () => {
  let now = 0;
  const limit = new AskLimit(() => now);
  const answered = () => Array.from({ length: 100 }, () => limit.take()).filter(Boolean).length;
  expect(answered()).toBe(40);
  now += 1000;
  expect(answered()).toBe(20);
  now += 10;
  expect(answered()).toBe(0);
  now += 3_600_000;
  expect(answered()).toBe(40);
});

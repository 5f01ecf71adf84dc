import { expect, it } from "vitest";
import { ageText } from "./age.ts";

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;

it.each([
  [-5 * S, "0 s"],
  [1, "1 s"],
  [2001, "3 s"],
  [125 * S, "2 min 5 s"],
  [2 * MIN, "2 min"],
  [23 * MIN + 51 * S, "24 min"],
  [59 * MIN + 59 * S, "1 h"],
  [4 * H + 9 * MIN + 1, "4 h 10 min"],
  [74 * H, "3 d 2 h"],
])("an age of %d ms reads %s: rounded up, never fresher than it is", (age_ms, text) => expect(ageText(age_ms)).toBe(text));

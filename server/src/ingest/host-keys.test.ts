import { expect, it } from "vitest";
import { isNext, isOneOf, wantsRotation } from "./host-keys.ts";

const [a, b, c] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array, Uint8Array];

it("tells a host's keys from others, and the next one from the one in use", () => {
  expect([a, b, c].map((key) => isOneOf([a, b], key))).toEqual([true, true, false]);
  expect([a, b, c].map((key) => isNext([a, b], key))).toEqual([true, false, false]);
  expect(isNext([a], a)).toBe(false);
});

it.each([
  ["nobody asks and it is young", [a], 89.9, false, 90, false],
  ["it is of age", [a], 90, false, 90, true],
  ["age is no reason", [a], 900, false, 0, false],
  ["a person asks", [a], 0, true, 90, true],
  ["one is agreed on already", [a, b], 900, true, 90, false],
] as const)("a new key when %s", (_, keys, days, rotationWanted, daysMax, wants) =>
  expect(wantsRotation({ keys, days, rotationWanted }, daysMax)).toBe(wants),
);

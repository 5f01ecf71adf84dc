import { expect, it } from "vitest";
import { isRefusal } from "../refusal.ts";
import { Places } from "./places.ts";

it("lets four of an agent in, and one more for each that is answered, whatever others do", () => {
  const places = new Places();
  const held = Array.from({ length: 4 }, () => places.enter("wild"));
  expect(held.some(isRefusal)).toBe(false);
  expect(places.enter("wild")).toMatchObject({ refused: "rate", retrySeconds: 2 });
  expect(isRefusal(places.enter("calm"))).toBe(false);
  const [first] = held;
  if (first !== undefined && !isRefusal(first)) {
    first.release();
    first.release();
  }
  expect([places.enter("wild"), places.enter("wild")].map(isRefusal)).toEqual([false, true]);
});

import { expect, it } from "vitest";
import { isRefusal } from "../refusal.ts";
import { BodyBudget } from "./body-budget.ts";

it("one network fills its own share, all of them the whole, and what is answered is free again", () => {
  const budget = new BodyBudget({ bytes: 100, bytesPerNetwork: 60 });
  const reserve = (address: string, bytes: number) => {
    const held = budget.reserve(address, bytes);
    return isRefusal(held) ? held.refused : held.release;
  };
  const first = reserve("192.0.2.1", 50);
  expect(reserve("192.0.2.1", 20)).toBe("rate");
  expect(reserve("2001:db8::1", 40)).toBeTypeOf("function");
  expect(reserve("2001:db8::2", 21)).toBe("rate");
  expect(reserve("192.0.2.3", 11)).toBe("unavailable");
  for (const again of [1, 2]) if (typeof first === "function" && again > 0) first();
  expect(budget.total).toBe(40);
  expect(reserve("192.0.2.1", 60)).toBeTypeOf("function");
});

import { expect, it } from "vitest";
import { bounded, TookTooLong } from "./bounded.ts";

it("gives what the work gives, or its trouble, and otherwise says what took too long", async () => {
  expect(await bounded(60_000, Promise.resolve(7), "seven")).toBe(7);
  await expect(bounded(60_000, Promise.reject(new Error("broken")), "it")).rejects.toThrow("broken");
  const never = new Promise<void>(() => {});
  await expect(bounded(1, never, "nothing came")).rejects.toEqual(new TookTooLong("nothing came"));
});

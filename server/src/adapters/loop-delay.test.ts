import { expect, it } from "vitest";
import { watchLoopDelay } from "./loop-delay.ts";

it("a loop that is held shows in the window that was then, and nothing is said before the first is over", async () => {
  const delay = watchLoopDelay(50);
  expect(delay.last()).toBeNull();
  const seen = (least: number) =>
    new Promise<NonNullable<ReturnType<typeof delay.last>>>((resolve) => {
      const look = () => {
        const last = delay.last();
        if (last !== null && last.max >= least) resolve(last);
        else setTimeout(look, 5);
      };
      look();
    });
  await seen(0);
  const held = performance.now() + 250;
  while (performance.now() < held);
  const { p50, p99, max } = await seen(0.2);
  expect([p50 <= p99, p99 <= max]).toEqual([true, true]);
  await delay.stop();
});

import { describe, expect, it } from "vitest";
import { Bursts } from "./bursts.ts";

/** A round of questions that ends when the test says so. */
function rounds() {
  const ends: (() => void)[] = [];
  const reports: (string | null)[] = [];
  const bursts: Bursts = new Bursts({
    ask: () => new Promise<void>((resolve) => ends.push(resolve)),
    report: () => reports.push(bursts.answered),
  });
  const end = async (index: number) => {
    ends[index]?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { bursts, reports, end, asked: () => ends.length };
}

describe("a request to measure anew", () => {
  it("is answered once all sources have been asked, and not asked twice", async () => {
    const { bursts, reports, end, asked } = rounds();
    bursts.offer("a");
    bursts.offer("a");
    expect([asked(), reports]).toEqual([1, []]);
    await end(0);
    bursts.offer("a");
    expect([asked(), reports, bursts.answered]).toEqual([1, ["a"], "a"]);
  });
  it("gives way to a later one", async () => {
    const { bursts, reports, end } = rounds();
    bursts.offer("a");
    bursts.offer("b");
    await end(0);
    expect(reports).toEqual([]);
    await end(1);
    expect(reports).toEqual(["b"]);
  });
  it("is over when the server no longer asks", async () => {
    const { bursts, reports, end } = rounds();
    bursts.offer("a");
    bursts.offer(null);
    await end(0);
    expect([reports, bursts.answered]).toEqual([[], null]);
    bursts.offer("b");
    await end(1);
    bursts.offer(null);
    expect([reports, bursts.answered]).toEqual([["b"], null]);
  });
});

import { describe, expect, it } from "vitest";
import { KeyCache } from "./key-cache.ts";

const key = (byte: number) => new Uint8Array(32).fill(byte);

describe("keys of agents", () => {
  it("are looked up together by those who come while another look-up is under way", async () => {
    const asked: (readonly string[])[] = [];
    const answers: (() => void)[] = [];
    const cache = new KeyCache((agents) => {
      asked.push(agents);
      return new Promise((resolve) => answers.push(() => resolve(new Map(agents.map((agent) => [agent, [key(Number(agent))]])))));
    });
    const first = cache.of("1", false);
    while (answers.length < 1) await Promise.resolve();
    const others = [cache.of("2", false), cache.of("3", false), cache.of("2", false), cache.of("4", true)];
    answers[0]?.();
    expect(await first).toEqual([key(1)]);
    while (answers.length < 2) await Promise.resolve();
    answers[1]?.();
    expect(await Promise.all(others)).toEqual([[key(2)], [key(3)], [key(2)], [key(4)]]);
    expect(asked).toEqual([["1"], ["2", "3", "4"]]);
    expect(await cache.of("3", false)).toEqual([key(3)]);
    expect(asked).toHaveLength(2);
  });

  it("stay the same objects while they are the same bytes", async () => {
    let byte = 7;
    const cache = new KeyCache(async (agents) => new Map(agents.map((agent) => [agent, [key(byte)]])));
    const [before, again] = [await cache.of("a", true), await cache.of("a", true)];
    expect(again[0]).toBe(before[0]);
    byte = 8;
    expect(await cache.of("a", true)).toEqual([key(8)]);
  });

  it("of nobody known are none, and are asked for again", async () => {
    let calls = 0;
    const cache = new KeyCache(async () => {
      calls += 1;
      return new Map();
    });
    expect([await cache.of("a", false), await cache.of("a", false), calls]).toEqual([[], [], 2]);
  });

  it("that cannot be looked up now can be later", async () => {
    let isDown = true;
    const cache = new KeyCache(async (agents) => {
      if (isDown) throw new Error("down");
      return new Map(agents.map((agent) => [agent, [key(1)]]));
    });
    await expect(cache.of("a", false)).rejects.toThrow("down");
    isDown = false;
    expect(await cache.of("a", false)).toEqual([key(1)]);
  });
});

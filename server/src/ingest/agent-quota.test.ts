import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AgentQuota } from "./agent-quota.ts";

const limits = {
  deliveriesPerSecond: 2,
  deliveriesAtOnce: 5,
  bytesPerSecond: 100,
  bytesAtOnce: 1_000,
  batchesPerSecond: 10,
  batchesAtOnce: 100,
  readingMsPerSecond: 50,
  readingMsAtOnce: 1_000,
};

function at() {
  let ms = 0;
  const quota = new AgentQuota(() => ms, limits);
  return { quota, pass: (seconds: number) => (ms += seconds * 1000) };
}

describe("what an agent may send", () => {
  it("is a number at once, then so many a second, whatever others do", () => {
    const { quota, pass } = at();
    const outcomes = (agent: string, count: number) => Array.from({ length: count }, () => quota.take(agent, 1)?.retrySeconds ?? "taken");
    expect(outcomes("wild", 7)).toEqual([...Array(5).fill("taken"), 1, 1]);
    expect(outcomes("calm", 1)).toEqual(["taken"]);
    pass(1);
    expect(outcomes("wild", 3)).toEqual(["taken", "taken", 1]);
  });
  it("is a number of bytes too, and the wait is as long as it takes", () => {
    const { quota, pass } = at();
    expect(quota.take("large", 900)).toBeNull();
    expect(quota.take("large", 600)).toMatchObject({ refused: "rate", retrySeconds: 5 });
    pass(5);
    expect(quota.take("large", 600)).toBeNull();
  });
  it("is so much of the time that reading it takes, and the next waits for what the last one took", () => {
    const { quota, pass } = at();
    quota.haveRead("slow", 900);
    expect(quota.mayRead("slow")).toBeNull();
    quota.haveRead("slow", 400);
    expect([quota.mayRead("slow"), quota.take("slow", 1)]).toMatchObject([{ refused: "rate", retrySeconds: 7 }, { refused: "rate" }]);
    expect(quota.take("other", 1)).toBeNull();
    pass(7);
    expect(quota.take("slow", 1)).toBeNull();
  });
  it("never exceeds what is at once and what has flowed in since", () => {
    const step = fc.record({ wait: fc.double({ min: 0, max: 3, noNaN: true }), bytes: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { quota, pass } = at();
        let [seconds, deliveries, bytes] = [0, 0, 0];
        for (const one of steps) {
          pass(one.wait);
          seconds += one.wait;
          if (quota.take("one", one.bytes) !== null) continue;
          deliveries += 1;
          bytes += one.bytes;
        }
        expect(deliveries).toBeLessThanOrEqual(limits.deliveriesAtOnce + seconds * limits.deliveriesPerSecond + 1e-6);
        expect(bytes).toBeLessThanOrEqual(limits.bytesAtOnce + seconds * limits.bytesPerSecond + 1e-6);
      }),
    );
  });
});

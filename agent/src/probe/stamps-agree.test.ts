import { contains, errorBudget, type Interval, intervalAtReceive, ppb, raw, utc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sample } from "./samples.ts";
import { agreedSample } from "./stamps-agree.ts";

const BASE = 1_795_000_000_000_000_000n;
const RHO = ppb(200_000n);

interface Stamps {
  readonly t1: bigint;
  readonly t4: bigint;
}

/** The server had the request at 500 µs and answered 40 µs later; UTC − RAW is BASE. */
const sampleBy = ({ t1, t4 }: Stamps, mode: Sample["mode"], hold = 40_000n): Sample => ({
  exchange: { t1: raw(t1), t2: utc(BASE + 500_000n), t3: utc(BASE + 500_000n + hold), t4: raw(t4) },
  terms: { rootDelayRaw: 0n, rootDispersionRaw: 0n, precisionServer: -24, precisionClient: -24, cap: 100n, slack: 0n },
  reply: "basic",
  mode,
  refids: [],
});

function chosen(card: Stamps, kernel: Stamps, hold?: bigint) {
  let disagreed = 0;
  const byKernel = { sample: sampleBy(kernel, "kernel_basic", hold), disagrees: () => (disagreed += 1) };
  const sample = agreedSample({ ...sampleBy(card, "hardware_basic", hold), byKernel }, RHO);
  return { sample, disagreed };
}

const KERNEL = { t1: 450_000n, t4: 590_000n };

describe("what a card's stamps prove beside the kernel's", () => {
  it("counts where both can be true, and goes on without the kernel's", () => {
    const { sample, disagreed } = chosen({ t1: 480_000n, t4: 560_000n }, KERNEL);
    expect([sample, disagreed]).toEqual([sampleBy({ t1: 480_000n, t4: 560_000n }, "hardware_basic"), 0]);
  });
  it.each([
    ["proves nothing of itself", { t1: 520_000n, t4: 556_000n }],
    ["is another time altogether", { t1: 900_000n, t4: 1_010_000n }],
  ])("gives way to the kernel's where it %s, and that is told", (_, card) => {
    const { sample, disagreed } = chosen(card, KERNEL);
    expect([sample, disagreed]).toEqual([sampleBy(KERNEL, "kernel_basic"), 1]);
  });
  it("is not blamed where the kernel's prove nothing either: a server that holds longer than the round trip", () => {
    const { sample, disagreed } = chosen({ t1: 480_000n, t4: 560_000n }, KERNEL, 200_000n);
    expect([sample.mode, disagreed]).toEqual(["hardware_basic", 0]);
  });
  it("holds the truth whichever is taken, as long as the kernel's stamps are right, and true ones are never blamed", () => {
    const within = fc.bigInt({ min: 0n, max: 60_000n });
    fc.assert(
      fc.property(within, within, within, within, (early, late, cardEarly, cardLate) => {
        const card = { t1: 500_000n - cardEarly, t4: 540_000n + cardLate };
        const { sample, disagreed } = chosen(card, { t1: card.t1 - early, t4: card.t4 + late });
        const bound = intervalAtReceive(sample.exchange, errorBudget(sample.terms), RHO) as Interval;
        expect([contains(bound, BASE), disagreed]).toEqual([true, 0]);
      }),
    );
  });
});

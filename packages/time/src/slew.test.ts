import { describe, expect, it } from "vitest";
import {
  CHRONY_MAX_SLEW,
  implausible,
  type KernelDiscipline,
  maxErrorAfter,
  rateOf,
  STA_FLL,
  STA_PLL,
  secondsToUnsync,
  slewAhead,
  slewAllowance,
  UNKNOWN_SLEW,
} from "./slew.ts";
import { BILLION, ppb } from "./units.ts";

const kernel = (over: Partial<KernelDiscipline> = {}): KernelDiscipline => ({
  freq: 0n,
  tick: 10_000n,
  offset: 0n,
  status: 0,
  constant: 2n,
  maxError: 0n,
  tai: 37,
  ...over,
});

describe("what the kernel says of its clock", () => {
  it("C14: freq and tick together", () => {
    expect(rateOf({ freq: -1_234_567n, tick: 10_001n })).toBe(81_163n); // 81.162003 ppm, away from zero
    expect(rateOf({ freq: 1_234_567n, tick: 9999n })).toBe(-81_163n);
    expect(rateOf({ freq: 0n, tick: 10_000n })).toBe(0n);
    expect(rateOf({ freq: 65_536n, tick: 10_000n })).toBe(1000n);
  });
  it("C14: maxerror grows by 500 µs a second until the kernel calls itself unsynchronised", () => {
    expect(maxErrorAfter(1000n, 300n * BILLION)).toBe(151_000n);
    expect(secondsToUnsync(1000n)).toBe(31_998n);
    expect(secondsToUnsync(16_000_000n)).toBe(0n);
  });
  it("is not believed where it cannot be so", () => {
    expect(implausible(kernel())).toBeNull();
    expect(implausible(kernel({ offset: 4_294_967_296n }))).toBe("offset_glitch");
    expect(implausible(kernel({ offset: -4_294_967_296n }))).toBe("offset_glitch");
    expect(implausible(kernel({ offset: 2n * BILLION }))).toBe("offset_out_of_range");
    expect(implausible(kernel({ freq: 700n << 16n }))).toBe("freq_out_of_range");
    expect(implausible(kernel({ tick: 8999n }))).toBe("tick_out_of_range");
    expect(implausible(kernel({ constant: 64n }))).toBe("constant_out_of_range");
  });
});

describe("slew allowance S", () => {
  const chrony = { kind: "chrony", maxSlew: CHRONY_MAX_SLEW } as const;
  it("is chrony's configured rate on top of what it holds", () => {
    expect(slewAllowance(chrony, kernel({ freq: -20n << 16n }))).toBe(83_353_334n);
    expect(slewAllowance({ kind: "chrony", maxSlew: ppb(500_000n) }, kernel({ tick: 10_001n }))).toBe(600_000n);
  });
  it("is what the PLL corrects in a second, and adjtime's share", () => {
    const pll = kernel({ status: STA_PLL, freq: 10n << 16n, offset: -1_000_000n, constant: 4n });
    expect(slewAllowance({ kind: "kernel_pll" }, pll)).toBe(10_000n + 15_625n + 500_000n);
  });
  it("is the most that the kernel can do wherever nothing better is known", () => {
    expect(slewAllowance({ kind: "unknown" }, kernel())).toBe(UNKNOWN_SLEW);
    expect(slewAllowance(chrony, null)).toBe(UNKNOWN_SLEW);
    expect(slewAllowance(chrony, kernel({ offset: 4_294_967_296n }))).toBe(UNKNOWN_SLEW);
    expect(slewAllowance({ kind: "kernel_pll" }, kernel())).toBe(UNKNOWN_SLEW);
    expect(slewAllowance({ kind: "kernel_pll" }, kernel({ status: STA_PLL | STA_FLL }))).toBe(UNKNOWN_SLEW);
  });
});

describe("S from a look on", () => {
  it("allows chrony another frequency than the one that it holds", () => {
    const steering = { kind: "chrony", maxSlew: ppb(1_000_000n) } as const;
    expect(slewAhead(steering, slewAllowance(steering, kernel({ freq: 65_536n })))).toBe(1_501_000n);
  });
  it("is the fastest that there is where the kernel steers: its next offset is in nobody's hands", () => {
    expect(slewAhead({ kind: "kernel_pll" }, ppb(500_000n))).toBe(UNKNOWN_SLEW);
    expect(slewAhead({ kind: "unknown" }, UNKNOWN_SLEW)).toBe(UNKNOWN_SLEW);
  });
});

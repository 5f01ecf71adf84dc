import { STA_NANO } from "@truebound/time";
import { KERNEL_REFUSALS, saidOfKernel } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { KernelDisciplineReader } from "./kernel-discipline.ts";
import type { Libc } from "./libc.ts";
import { kernelIn } from "./os-clock.ts";

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

interface Said {
  readonly offset?: bigint;
  readonly freq?: bigint;
  readonly tick?: bigint;
  readonly constant?: bigint;
}

/** A kernel that says so of itself; null = it forbids the question. */
function kernelThatSays(said: Said | null): KernelDisciplineReader {
  const adjtimex = (bytes: Uint8Array): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (said === null || view.getUint32(0, LITTLE) !== 0) return -1;
    const { offset = -5n, freq = 65_536n, tick = 10_000n, constant = 2n } = said;
    const fields: readonly (readonly [number, bigint])[] = [
      [8, offset],
      [16, freq],
      [48, constant],
      [88, tick],
    ];
    for (const [at, value] of fields) view.setBigInt64(at, value, LITTLE);
    view.setInt32(40, STA_NANO, LITTLE);
    return 0;
  };
  return new KernelDisciplineReader({ adjtimex } as unknown as Libc);
}
const readingOf = (said: Said | null) => kernelIn(kernelThatSays(said).ask());

describe("what the kernel says of its discipline", () => {
  it("is in a reading where it can be believed, and no refusal beside it", () =>
    expect(readingOf({})).toEqual({ kernel: expect.objectContaining({ offset: -5n, freq: 65_536n, tick: 10_000n }) }));
  it.each<[string, Said | null]>([
    ["denied", null],
    ["offset_glitch", { offset: 4_294_967_296n }],
    ["offset_glitch", { offset: -4_294_967_296n }],
    ["freq_out_of_range", { freq: 700n << 16n }],
    ["tick_out_of_range", { tick: 20_000n }],
    ["offset_out_of_range", { offset: 3_000_000_000n }],
    ["constant_out_of_range", { constant: 31n }],
  ])("is refused as %s, and that is in the reading", (why, said) => {
    expect(readingOf(said)).toEqual({ kernel: null, kernelRefusal: why });
    expect(KERNEL_REFUSALS).toContain(why);
    expect(saidOfKernel(why as (typeof KERNEL_REFUSALS)[number])).toMatch(/; so the fastest that the kernel can go is assumed$/);
  });
});

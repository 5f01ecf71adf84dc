import { existsSync } from "node:fs";
import { chooseRung, nonceSource, rungs, selfTest } from "@truebound/agent";
import { describe, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";

const nonce = nonceSource();
const native = loadLibc();

describe("the ladder", () => {
  it.skipIf(native.libc === null)("has six rungs where native code loads (skipped: koffi not found)", () => {
    expect(rungs().map(({ mode }) => mode)).toEqual([
      "kernel_interleaved",
      "kernel_basic",
      "kernel_receive",
      "userland_clock",
      "calibrated_clock",
      "process_clock",
    ]);
  });

  it.each(rungs().map(({ mode, build }) => [mode, build] as const))("%s holds the true offset of zero over loopback", async (_, build) => {
    const rung = build();
    try {
      for (let round = 0; round < 10; round++) expect(await selfTest(rung, nonce)).toBeNull();
    } finally {
      rung.transport.close();
    }
  });

  it.skipIf(native.libc === null)("takes the best rung that proves itself, and says so (skipped: koffi not found)", async () => {
    const { rung, attempts } = await chooseRung(nonce);
    rung.transport.close();
    expect(attempts.at(-1)).toEqual({ mode: rung.mode, outcome: "chosen" });
    expect(rung.mode).toBe("kernel_interleaved");
  });

  it("climbs down from a rung whose stamps lie", async () => {
    const [best] = rungs();
    const rung = best?.build();
    if (rung === undefined) throw new Error("no rung");
    const lying = {
      ...rung,
      clocks: {
        ruler: rung.clocks.ruler,
        read: () => ({ ...rung.clocks.read(), realtime: (rung.clocks.read().realtime + 5_000_000n) as never }),
      },
    };
    const answer = await selfTest(lying, nonce);
    rung.transport.close();
    // Its responder shares the lie, so only the stamps that the kernel took from the true clock give it away.
    expect(answer).not.toBeNull();
  });

  it("reads clocks whose brackets are ordered, on every rung", () => {
    for (const { build } of rungs()) {
      const { clocks, transport } = build();
      transport.close();
      for (let turn = 0; turn < 200; turn++) {
        const reading = clocks.read();
        expect(reading.rawBefore <= reading.rawAfter && reading.rawAfter <= reading.rawEnd).toBe(true);
      }
    }
  });

  it("agrees with /proc on how long this machine has been up", () => {
    const [best] = rungs();
    const rung = best?.build();
    if (rung === undefined || !existsSync("/proc/uptime")) return;
    expect(Number(rung.clocks.read().boottime) / 1e9).toBeGreaterThan(1);
    rung.transport.close();
  });
});

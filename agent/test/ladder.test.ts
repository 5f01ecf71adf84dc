import { existsSync } from "node:fs";
import { chooseRung, nonceSource, rungs, selfTest, type Transport } from "@truebound/agent";
import { type CarriedStamp, raw } from "@truebound/time";
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

  it("does not trust a rung whose stamps are ten milliseconds late", async () => {
    const [best] = rungs();
    const rung = best?.build();
    if (rung === undefined) throw new Error("no rung");
    const late = (stamp: CarriedStamp): CarriedStamp => ({ ...stamp, raw: raw(stamp.raw + 10_000_000n) });
    const transport: Transport = {
      mode: rung.transport.mode,
      precision: rung.transport.precision,
      uncertainty: rung.transport.uncertainty,
      close: () => rung.transport.close(),
      exchange: async (...args) => {
        const delivery = await rung.transport.exchange(...args);
        return delivery.kind === "reply" ? { ...delivery, t1: late(delivery.t1), t4: late(delivery.t4) } : delivery;
      },
    };
    const answer = await selfTest({ ...rung, transport }, nonce);
    transport.close();
    expect(answer).toBe("its interval over loopback did not hold the true offset of zero");
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

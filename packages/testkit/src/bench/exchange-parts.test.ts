import { errorBudget, raw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { partsOf } from "./exchange-parts.ts";
import type { MeasuredExchange } from "./measured-exchange.ts";

const terms = { rootDelayRaw: 0n, rootDispersionRaw: 0n, precisionServer: -24, precisionClient: -24, cap: 700n, slack: 0n };
const measured = (roundTrip: bigint, hold: bigint): MeasuredExchange => ({
  error: 0,
  halfWidth: 0,
  overFloor: 1,
  held: true,
  evidence: {
    source: "127.0.0.1:11123",
    sample: {
      exchange: { t1: raw(0n), t2: utc(roundTrip / 2n), t3: utc(roundTrip / 2n + hold), t4: raw(roundTrip + hold) },
      terms,
      reply: "interleaved",
      mode: "kernel_interleaved",
      refids: [0],
    },
    budget: errorBudget(terms),
  },
  reading: {
    rawBefore: raw(0n),
    rawAfter: raw(120n),
    realtime: utc(60n),
    monotonic: 0n,
    boottime: 0n,
    rawEnd: raw(200n),
    boottimeResolution: 0n,
  },
});

describe("the parts of an exchange", () => {
  it("are half the round trip, the hold, the terms of E and the read, by median and p99", () => {
    const parts = partsOf(520_000n, [measured(2001n, 50n), measured(9000n, 60n), measured(2001n, 70n)]);
    expect(parts).toEqual({
      slewPpb: 520_000n,
      exchanges: 3,
      path: { median: 1001n, p99: 4500n },
      hold: { median: 60n, p99: 70n },
      root: { median: 0n, p99: 0n },
      precision: { median: 120n, p99: 120n },
      stamp: { median: 700n, p99: 700n },
      bracket: { median: 120n, p99: 120n },
    });
  });
  it("have no negative path", () => {
    expect(partsOf(0n, [measured(-40n, 0n)]).path).toEqual({ median: 0n, p99: 0n });
  });
});

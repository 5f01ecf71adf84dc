import { type Endpoint, type Rung, rungs } from "@truebound/agent";
import { delay, divCeil, maxOf, ppb } from "@truebound/time";
import { PACE_MS } from "./beside-chronyd.ts";
import { answering } from "./chronyd.ts";
import { type MeasuredExchange, measureRung, newRun } from "./measured-exchange.ts";
import { quantile } from "./statistics.ts";

/** ns. */
export interface Part {
  readonly median: bigint;
  readonly p99: bigint;
}

/** What interleaved exchanges on one link are made of, with their stamps carried to RAW under one slew allowance. */
export interface ExchangeParts {
  readonly slewPpb: bigint;
  readonly exchanges: number;
  /** Half the round trip less the hold. */
  readonly path: Part;
  /** From the server's receive to its send. */
  readonly hold: Part;
  readonly root: Part;
  readonly precision: Part;
  readonly stamp: Part;
  /** Between the two reads of RAW around a read of REALTIME. */
  readonly bracket: Part;
}

/** All allowances at once, each by a rung of its own, so that they meet the same seconds of the link. Empty = no kernel stamps here. */
export async function measureParts(endpoint: Endpoint, seconds: number, slewsPpb: readonly bigint[]): Promise<ExchangeParts[]> {
  await answering(endpoint.port, undefined, endpoint.address);
  const plan = { endpoint, exchanges: Math.ceil((seconds * 1000) / PACE_MS), paceMs: PACE_MS };
  const all = slewsPpb.map(async (slewPpb) => {
    const rung = interleavedUnder(slewPpb);
    if (rung === null) return [];
    const run = newRun();
    await measureRung(rung, plan, run);
    rung.close();
    return run.exchanges.length === 0 ? [] : [partsOf(slewPpb, run.exchanges)];
  });
  return (await Promise.all(all)).flat();
}

/** Steering is only how the allowance gets in: chrony's is the one that can be given any rate. */
function interleavedUnder(slewPpb: bigint): Rung | null {
  const steering = () => ({ kind: "chrony" as const, maxSlew: ppb(slewPpb) });
  return (
    rungs(steering)
      .find(({ mode }) => mode === "kernel_interleaved")
      ?.build() ?? null
  );
}

export function partsOf(slewPpb: bigint, exchanges: readonly MeasuredExchange[]): ExchangeParts {
  const part = (of: (one: MeasuredExchange) => bigint): Part => {
    const values = exchanges.map((one) => Number(of(one)));
    return { median: BigInt(quantile(values, 0.5)), p99: BigInt(quantile(values, 0.99)) };
  };
  return {
    slewPpb,
    exchanges: exchanges.length,
    // A round trip can come out a little below zero, within the error of the stamps.
    path: part(({ evidence }) => divCeil(maxOf(0n, delay(evidence.sample.exchange)), 2n)),
    hold: part(({ evidence: { sample } }) => sample.exchange.t3 - sample.exchange.t2),
    root: part(({ evidence }) => evidence.budget.root),
    precision: part(({ evidence }) => evidence.budget.precision),
    stamp: part(({ evidence }) => evidence.budget.stamp),
    bracket: part(({ reading }) => reading.rawAfter - reading.rawBefore),
  };
}

import { setTimeout as pause } from "node:timers/promises";
import { type Endpoint, rungs } from "@truebound/agent";
import { answering, startChronydClient } from "./chronyd.ts";
import { measureRung, newRun, type RungResult, rungResult } from "./measured-exchange.ts";
import { type Measurement, rootDistance } from "./measurements-log.ts";
import { median, quantile } from "./statistics.ts";

/** One of chronyd's own clients of the same server in the same seconds; µs. */
export interface ChronydResult {
  readonly mode: "basic" | "interleaved";
  readonly samples: number;
  /** Measurements in the mode that was not asked for. */
  readonly otherMode: number;
  readonly medianError: number;
  readonly p99Error: number;
  /** Its root distance: what it takes the sample to be worth, not a guarantee. */
  readonly medianHalfWidth: number;
  readonly p99HalfWidth: number;
}

export interface BesideChronyd {
  readonly ours: readonly RungResult[];
  readonly chronyd: readonly ChronydResult[];
}

/** chronyd's own clients poll this often; compared at the same pace, caches are as cold for one as for the other. */
export const PACE_MS = 62.5;
const COMPARED_MODES: readonly string[] = ["kernel_interleaved", "kernel_basic"];

/** Our kernel rungs and chronyd's clients, all at once against one server. */
export async function besideChronyd(endpoint: Endpoint, seconds: number): Promise<BesideChronyd> {
  await answering(endpoint.port, undefined, endpoint.address);
  const built = rungs().filter(({ mode }) => COMPARED_MODES.includes(mode));
  const clients = [
    { mode: "basic" as const, client: startChronydClient(endpoint, "") },
    { mode: "interleaved" as const, client: startChronydClient(endpoint, "xleave") },
  ];
  try {
    const plan = { endpoint, exchanges: Math.ceil((seconds * 1000) / PACE_MS), paceMs: PACE_MS };
    const ours = await Promise.all(
      built.map(async ({ mode, build }, index) => {
        // Side by side, never in step: as chronyd's two clients are.
        await pause((index * PACE_MS) / built.length);
        const rung = build();
        const run = newRun();
        await measureRung(rung, plan, run);
        rung.close();
        return rungResult(mode, run);
      }),
    );
    return { ours, chronyd: clients.map(({ mode, client }) => chronydResult(mode, client.measurements())) };
  } finally {
    await Promise.all(clients.map(({ client }) => client.stop()));
  }
}

export function chronydResult(mode: ChronydResult["mode"], measurements: readonly Measurement[]): ChronydResult {
  const wanted = measurements.filter(({ interleaved }) => interleaved === (mode === "interleaved"));
  const errors = wanted.map(({ offset }) => Math.abs(offset) * 1e6);
  const widths = wanted.map((one) => rootDistance(one) * 1e6);
  return {
    mode,
    samples: wanted.length,
    otherMode: measurements.length - wanted.length,
    medianError: median(errors),
    p99Error: quantile(errors, 0.99),
    medianHalfWidth: median(widths),
    p99HalfWidth: quantile(widths, 0.99),
  };
}

import type { Policy } from "@truebound/wire";

/**
 * How often to read the clock and to probe so that a limit can be proved, never less often than the policy says. Live and
 * surviving one lost reply, the drift of an interleaved source within three of its polls has to fit into what the limit
 * leaves (compliance of spans, 6.10); half of the limit is taken to be left for path, root and offset.
 */
export function paceFor({
  limit_ns,
  reading_interval_s,
  probe_interval_s,
  rho_ppb,
}: Pick<Policy, "limit_ns" | "reading_interval_s" | "probe_interval_s" | "rho_ppb">): {
  readonly readingS: number;
  readonly probeS: number;
} {
  if (limit_ns === null) return { readingS: reading_interval_s, probeS: probe_interval_s };
  const readingS = limit_ns <= TEN_A_SECOND_BELOW_NS ? 0.1 : 1;
  const probeS = limit_ns / 2 / (3 * rho_ppb);
  return { readingS: Math.min(reading_interval_s, readingS), probeS: Math.min(probe_interval_s, Math.max(SOONEST_PROBE_S, probeS)) };
}

const TEN_A_SECOND_BELOW_NS = 100_000;
/** Sources have floors of their own above this. */
const SOONEST_PROBE_S = 0.25;

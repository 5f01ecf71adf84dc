import { type Flight, MAX_FLIGHT_BYTES, packColumn } from "@truebound/wire";
import { exchangeColumns, intervalColumns } from "../report/build-batch.ts";
import type { Recorded } from "./flight-recorder.ts";

/** What a record says of who made it, and under which assumptions. */
export type FlightHead = Pick<Flight, "agent" | "incident" | "boot_id" | "software" | "assumptions" | "sources">;

/** Pure: the same record, the same message. */
export function buildFlight(recorded: Recorded, head: FlightHead): Flight {
  const ids = head.sources.map(({ id }) => id);
  const { readings, kernel, daemon, routes, missing, rehearsal } = recorded;
  const evidence = recorded.evidence.filter(({ source }) => ids.includes(source));
  const refusals = recorded.refusals.filter(({ source }) => ids.includes(source));
  const injected = readings.some((one) => one.injected !== null);
  return {
    version: 1,
    ...head,
    ...(rehearsal === null ? {} : { rehearsal }),
    missing,
    readings: {
      raw_ns: packColumn(readings.map(({ raw }) => raw)),
      bracket_ns: packColumn(readings.map(({ bracket }) => bracket)),
      realtime_ns: packColumn(readings.map(({ realtime }) => realtime)),
      status: readings.map(({ status }) => status),
      lo_ns: packColumn(readings.map(({ lo }) => lo)),
      hi_ns: packColumn(readings.map(({ hi }) => hi)),
      steal_ppm: readings.map(({ stealPpm }) => stealPpm),
      ...(injected ? { injected_ns: packColumn(readings.map((one) => one.injected)) } : {}),
    },
    exchanges: exchangeColumns(evidence, ids),
    ...intervalColumns(evidence, ids),
    refusals: {
      source: refusals.map(({ source }) => ids.indexOf(source)),
      raw_ns: packColumn(refusals.map(({ raw }) => raw)),
      reason: refusals.map(({ reason }) => reason),
      t1_raw_ns: packColumn(refusals.map(({ t1 }) => t1)),
      t2_ns: packColumn(refusals.map(({ t2 }) => t2)),
      t3_ns: packColumn(refusals.map(({ t3 }) => t3)),
      t4_raw_ns: packColumn(refusals.map(({ t4 }) => t4)),
    },
    kernel: [...kernel],
    daemon: [...daemon],
    routes: [...routes],
  };
}

/**
 * Deflates the record. Where that is too long the oldest readings go first, then the oldest exchanges, and it says how many.
 * Null = it is too long without any.
 */
export async function fitFlight(
  recorded: Recorded,
  head: FlightHead,
  deflate: (text: string) => Promise<Uint8Array>,
  most = MAX_FLIGHT_BYTES,
): Promise<Uint8Array | null> {
  for (let part: Recorded | null = recorded; part !== null; part = thinner(part)) {
    const bytes = await deflate(JSON.stringify(buildFlight(part, head)));
    if (bytes.length <= most) return bytes;
  }
  return null;
}

/** A quarter of the readings goes, and once there is none of the exchanges; null = nothing is left. */
function thinner(part: Recorded): Recorded | null {
  const { readings, evidence, refusals, missing } = part;
  if (readings.length > 0) {
    const go = Math.ceil(readings.length / 4);
    return { ...part, readings: readings.slice(go), missing: { ...missing, readings: missing.readings + go } };
  }
  if (evidence.length + refusals.length === 0) return null;
  const [e, r] = [Math.ceil(evidence.length / 4), Math.ceil(refusals.length / 4)];
  return {
    ...part,
    evidence: evidence.slice(e),
    refusals: refusals.slice(r),
    missing: { ...missing, exchanges: missing.exchanges + e + r },
  };
}

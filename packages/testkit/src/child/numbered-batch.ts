import { randomBytes } from "node:crypto";
import type { BATCH_VERSION, Batch, BatchEvent, packColumn } from "@truebound/wire";

/** What of a version's wire its batches are made by. */
export interface BatchWire {
  readonly version: typeof BATCH_VERSION;
  readonly pack: typeof packColumn;
}

export interface Numbered {
  readonly agent: string;
  readonly n: number;
  /** What is to be declared beside it. */
  readonly told: readonly BatchEvent[];
  /** By so much it is larger than it needs to be. */
  readonly padBytes: number;
}

const EVENT_BYTES = 400;

/** A batch without measurements that says its number. */
export function numberedBatch({ version, pack }: BatchWire, { agent, n, told, padBytes }: Numbered): Batch {
  const pad = Array.from({ length: Math.ceil(padBytes / EVENT_BYTES) }, () => eventOf("agent_started", { pad: noise(EVENT_BYTES) }));
  return {
    version,
    agent,
    boot_id: "numbers",
    software: "numbers/1",
    sealed_boottime_ns: process.hrtime.bigint().toString(),
    sealed_realtime_ns: "0",
    assumptions: {
      rho_ppb: 200_000,
      oscillator_ppb: null,
      drift_basis: "assumed",
      sigma_ppb: null,
      faults: 1,
      slew_ppm: 500,
      slew_basis: "chrony",
      stamp_mode: "simulated",
    },
    trusting: [],
    policy_version: 0,
    sources: [],
    terms: null,
    frequency: { oscillator: null, daemon_slew: null },
    ...noRows(pack([])),
    events: [eventOf("agent_started", { n }), ...told, ...pad],
  } as Batch;
}

export function eventOf(kind: BatchEvent["kind"], detail: BatchEvent["detail"]): BatchEvent {
  const now = process.hrtime.bigint().toString();
  return { kind, raw_ns: now, realtime_ns: now, boottime_ns: now, source: null, detail };
}

/** Text that does not deflate by much: the batch is to have its size. */
const noise = (length: number): string => randomBytes(length).toString("base64").slice(0, length);

const noRows = (nothing: ReturnType<typeof packColumn>) =>
  ({
    bounds: {
      raw_ns: nothing,
      realtime_ns: nothing,
      boottime_ns: nothing,
      status: [],
      reason: [],
      lo_ns: nothing,
      hi_ns: nothing,
      since_lo_ns: nothing,
      since_hi_ns: nothing,
      tight_lo_ns: nothing,
      tight_hi_ns: nothing,
      throughout_lo_ns: nothing,
      throughout_hi_ns: nothing,
      votes: [],
      need: [],
      agree: [],
    },
    spans: {
      from_raw_ns: nothing,
      from_realtime_ns: nothing,
      to_raw_ns: nothing,
      to_realtime_ns: nothing,
      lo_ns: nothing,
      hi_ns: nothing,
      readings: [],
      status: [],
    },
    exchanges: {
      source: [],
      t1_raw_ns: nothing,
      t2_less_t1_ns: nothing,
      t3_less_t2_ns: nothing,
      t4_less_t1_ns: nothing,
      root_delay_raw: [],
      root_dispersion_raw: [],
      precision_server: [],
      precision_client: [],
      cap_ns: nothing,
      slack_ns: [],
      stamp_mode: [],
      reply: [],
    },
  }) as const satisfies Partial<Batch>;

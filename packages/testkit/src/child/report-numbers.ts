import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { DIAL_HTTP, IdentityFiles, PROCESS_ALARM, type Put, type ReportingAgent, SegmentFiles, startReporting } from "@truebound/agent";
import { BATCH_VERSION, type Batch, type BatchEvent, packColumn } from "@truebound/wire";
import type { NumbersLine, NumbersOptions } from "./numbers-child.ts";

/**
 * An agent without clocks, as a process of its own: its reports carry numbers instead of measurements, and go the real way,
 * through identity, spool, outbox and HTTP. It begins when it is told to, by a line on its standard input; prints what became
 * of each number; and can be killed at any moment.
 */
const { dataDir, server, tokenFile, from, everyMs, padBytes, limits } = JSON.parse(process.argv[2] ?? "{}") as NumbersOptions;
await once(process.stdin, "data");
process.stdin.destroy();
const print = (line: NumbersLine) => process.stdout.write(`${JSON.stringify(line)}\n`);

const RESTING_MS = 300;
const EVENT_BYTES = 400;
const NOTHING = packColumn([]);
const NO_ROWS = {
  bounds: {
    raw_ns: NOTHING,
    realtime_ns: NOTHING,
    boottime_ns: NOTHING,
    status: [],
    reason: [],
    lo_ns: NOTHING,
    hi_ns: NOTHING,
    since_lo_ns: NOTHING,
    since_hi_ns: NOTHING,
    tight_lo_ns: NOTHING,
    tight_hi_ns: NOTHING,
    throughout_lo_ns: NOTHING,
    throughout_hi_ns: NOTHING,
    votes: [],
    need: [],
    agree: [],
  },
  spans: {
    from_raw_ns: NOTHING,
    from_realtime_ns: NOTHING,
    to_raw_ns: NOTHING,
    to_realtime_ns: NOTHING,
    lo_ns: NOTHING,
    hi_ns: NOTHING,
    readings: [],
    status: [],
  },
  exchanges: {
    source: [],
    t1_raw_ns: NOTHING,
    t2_less_t1_ns: NOTHING,
    t3_less_t2_ns: NOTHING,
    t4_less_t1_ns: NOTHING,
    root_delay_raw: [],
    root_dispersion_raw: [],
    precision_server: [],
    precision_client: [],
    cap_ns: NOTHING,
    slack_ns: [],
    stamp_mode: [],
    reply: [],
  },
} as const satisfies Partial<Batch>;

const boottime = () => process.hrtime.bigint();
const eventOf = (kind: BatchEvent["kind"], detail: BatchEvent["detail"]): BatchEvent => {
  const now = boottime().toString();
  return { kind, raw_ns: now, realtime_ns: now, boottime_ns: now, source: null, detail };
};

/** Text that does not deflate by much: the batch is to have its size. */
const noise = (length: number): string => randomBytes(length).toString("base64").slice(0, length);

/** A batch that says its number; `told` is what is to be declared beside it. */
function batchOf(agent: string, n: number, told: readonly BatchEvent[]): Batch {
  const pad = Array.from({ length: Math.ceil(padBytes / EVENT_BYTES) }, () => eventOf("agent_started", { pad: noise(EVENT_BYTES) }));
  return {
    version: BATCH_VERSION,
    agent,
    boot_id: "numbers",
    software: "numbers/1",
    sealed_boottime_ns: boottime().toString(),
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
    ...structuredClone(NO_ROWS),
    events: [eventOf("agent_started", { n }), ...told, ...pad],
  } as Batch;
}

let told: BatchEvent[] = [];
let lost = 0;
let timer: NodeJS.Timeout | null = null;
let turn: () => void = () => undefined;

function begin(agent: string, report: (batch: Batch) => Put): void {
  let n = from;
  turn = () => {
    const events = told;
    told = [];
    print({ n, put: report(batchOf(agent, n, events)).kind });
    n += 1;
  };
  timer = setInterval(turn, everyMs);
}

/** From here on only as much as tells what there is to tell. */
process.once("SIGUSR2", () => {
  if (timer !== null) clearInterval(timer);
  timer = setInterval(turn, RESTING_MS);
});

const agent: ReportingAgent = {
  enrolled: ({ agent: id }, report) => begin(id, report),
  offerAssignment: () => undefined,
  heed: () => undefined,
  isSilent: false,
  flightsTo: () => undefined,
  offerPolicy: () => print({ receipt: true }),
  lost: (batches, inAll) => {
    if (inAll === undefined) lost += batches;
    const sum = inAll === undefined ? { dropped_since_start: lost } : { dropped_in_all: inAll };
    told.push(eventOf("spool_gap", { dropped_batches: batches, ...sum }));
    print({ lost: batches });
  },
  note: (kind, detail) => {
    told.push(eventOf(kind, detail));
    print({ noted: kind, detail });
  },
};

const files = new IdentityFiles(dataDir);
const reporting = startReporting({
  config: { dataDir, tokenFile, keepTokenFile: true, name: "numbers", labels: {}, proxy: { kind: "none" } },
  server: new URL(server),
  agent,
  clocks: { read: () => ({ boottime: boottime() }) as never },
  files,
  signer: files.signer(),
  machine: { machineId: null, instanceId: null },
  pins: [],
  bootId: "numbers",
  openStore: () => new SegmentFiles(join(dataDir, "spool")),
  dial: DIAL_HTTP,
  alarm: PROCESS_ALARM,
  random: Math.random,
  ...(limits === undefined ? {} : { spoolLimits: limits }),
  log: (_, message) => print({ log: message }),
});
reporting.ended.catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(78);
});
process.once("SIGTERM", () => {
  if (timer !== null) clearInterval(timer);
  void reporting.stop("ends").then(() => process.exit(0));
});

import { once } from "node:events";
import { join } from "node:path";
import { DIAL_HTTP, IdentityFiles, PROCESS_ALARM, type Put, type ReportingAgent, SegmentFiles, startReporting } from "@truebound/agent";
import { BATCH_VERSION, type Batch, type BatchEvent, packColumn } from "@truebound/wire";
import { eventOf, numberedBatch } from "./numbered-batch.ts";
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
const WIRE = { version: BATCH_VERSION, pack: packColumn } as const;
const boottime = () => process.hrtime.bigint();

let told: BatchEvent[] = [];
let lost = 0;
let timer: NodeJS.Timeout | null = null;
let turn: () => void = () => undefined;

function begin(agent: string, report: (batch: Batch) => Put): void {
  let n = from;
  turn = () => {
    const events = told;
    told = [];
    print({ n, put: report(numberedBatch(WIRE, { agent, n, told: events, padBytes })).kind });
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

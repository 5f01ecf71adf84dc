import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { bundleFolder, createReport, openPool, openReceiptKey, readInTurn, reportPorts, sealNow } from "@truebound/server";
import { utc } from "@truebound/time";
import pg from "pg";
import { type Ground, withServer } from "./ingest.ts";
import { processorSeconds } from "./processor-time.ts";
import { CHAIN } from "./verify/big-bundle.ts";
import { BEGINS, type BigBatch, type BigFleet, BigHost, batchCount, DELIVERED, endOf, hostId, MINUTE } from "./verify/big-host.ts";

export interface ReportCost {
  readonly how: "on threads" | "in turn";
  readonly hosts: number;
  readonly days: number;
  readonly batches: number;
  /** Of the evidence in the bundle. */
  readonly bytes: number;
  readonly wallS: number;
  /** Of the process that makes it, and of PostgreSQL. */
  readonly ownS: number;
  readonly postgresS: number;
  /** Of the process that makes it, with its threads, since it began with this one. */
  readonly peakMb: number;
  /** The longest that its event loop was held. */
  readonly blockMs: number;
}

/** How often the hosts report; a reading at least every 16 s, and no batch waits for another one's signature. */
export interface ReportedEvery extends Required<Pick<BigFleet, "minutesOfBatch" | "readings">> {
  /** Hosts and days of the reports, in the order in which they are made. */
  readonly sizes: readonly ReportSize[];
}
export type ReportSize = readonly [hosts: number, days: number];

const PER_DAY = 1440;
/** Of one host, the most that any of the reports asks. */
const daysOf = ({ sizes }: ReportedEvery, index: number): number =>
  Math.max(0, ...sizes.map(([hosts, days]) => (index < hosts ? days : 0)));
const fleetOf = ({ minutesOfBatch, readings }: ReportedEvery, hosts: number, days: number): BigFleet => ({
  hosts,
  minutes: days * PER_DAY,
  perDelivery: 1,
  readings,
  minutesOfBatch,
});

const HOST = `insert into host (id, name, labels, public_key, enrolled_with, enrolled_at)
  values ($1, $2, '{}', $3, sha256(''), at_utc_ns($4))`;
const KEY = "insert into host_key (host_id, public_key, from_epoch, from_seq) values ($1, $2, 1, 1)";
const ENROLLED =
  "insert into log_pending (entry) values (jsonb_build_object('kind', 'enrol', 'host', $1::text, 'name', $2::text, 'public_key', $3::text))";
const STATE = `insert into host_state (host_id, epoch, seq, chain_hash, received_at) values ($1, 1, $2, $3, clock_timestamp())`;
const EVIDENCE = `
  insert into evidence (host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns, signature, signed_from, target_uri, sent)
  select $1, 1, seq, clock_timestamp(), decode(hash, 'hex'), decode(prev, 'hex'), body, at_ns, at_ns, signature, signed_from,
    case when signature is null then null else $8 end, case when signature is null then null else $9 end
  from unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::bigint[], $10::bigint[]) as b (seq, hash, prev, body, signature, signed_from, at_ns)`;
const ROWS = 2_000;

async function fillHost(client: pg.Client, index: number, fleet: BigFleet): Promise<void> {
  const host = new BigHost(fleet, index);
  const [id, key] = [hostId(index), Buffer.from(host.publicKey, "base64url")];
  await client.query(HOST, [id, `reported-${index}`, key, BEGINS]);
  await client.query(KEY, [id, key]);
  await client.query(ENROLLED, [id, `reported-${index}`, host.publicKey]);
  let rows: BigBatch[] = [];
  let last: BigBatch | null = null;
  for (const batch of host.batches(() => {})) {
    rows.push(batch);
    last = batch;
    if (rows.length < ROWS) continue;
    await insert(client, fleet, id, rows);
    rows = [];
  }
  await insert(client, fleet, id, rows);
  if (last !== null) await client.query(STATE, [id, last.seq, Buffer.from(last.hash, "hex")]);
}

const insert = (client: pg.Client, fleet: BigFleet, id: string, rows: readonly BigBatch[]) =>
  client.query(EVIDENCE, [
    id,
    rows.map(({ seq }) => seq),
    rows.map(({ hash }) => hash),
    rows.map(({ prevHash }) => prevHash),
    rows.map(({ body }) => body),
    rows.map(({ delivery }) => delivery?.signature ?? null),
    rows.map(({ delivery }) => delivery?.signedFrom ?? null),
    DELIVERED.targetUri,
    DELIVERED.sent,
    rows.map(({ seq }) => endOf(fleet, seq)),
  ]);

/** Reports of a real database, made by this process with all but the pages; the first size also in turn, as where there is an archive. */
export const measureReports = (every: ReportedEvery, log: (text: string) => void): Promise<readonly ReportCost[]> =>
  withServer(log, async (ground) => {
    await fill(ground, every, log);
    const pool = openPool(ground.databaseUrl, { info: () => {}, warn: log, error: log });
    try {
      await sealNow(pool, openReceiptKey(ground.receiptKeyFile));
      const costs: ReportCost[] = [];
      const measure = async (how: ReportCost["how"], [hosts, days]: ReportSize) => {
        log(`a report ${how} of ${hosts} hosts × ${days} days, a batch for ${every.minutesOfBatch} min`);
        costs.push(await costOf(ground, pool, how, fleetOf(every, hosts, days)));
      };
      await measure("in turn", every.sizes[0] as ReportSize);
      for (const size of every.sizes) await measure("on threads", size);
      return costs;
    } finally {
      await pool.end();
    }
  });

async function fill({ databaseUrl }: Ground, every: ReportedEvery, log: (text: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const hosts = Math.max(...every.sizes.map(([count]) => count));
    for (let index = 0; index < hosts; index++) {
      if (index % 5 === 0) log(`signing for host ${index + 1} of ${hosts}`);
      await fillHost(client, index, fleetOf(every, hosts, daysOf(every, index)));
    }
    await client.query("vacuum analyze evidence");
  } finally {
    await client.end();
  }
}

const requestOf = ({ hosts, minutes }: BigFleet) => ({
  from: BEGINS,
  to: utc(BEGINS + BigInt(minutes) * MINUTE),
  profiles: ["uk-rts25-hft"],
  hosts: Array.from({ length: hosts }, (_, index) => hostId(index)),
});
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800_000_000_000n), taiMinusUtc: 37 }] };
const WATCHING = { progress: () => undefined, signal: new AbortController().signal };

async function costOf({ receiptKeyFile, postmaster }: Ground, pool: pg.Pool, how: ReportCost["how"], fleet: BigFleet): Promise<ReportCost> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-report-"));
  const ports = reportPorts({ pool, archive: null, signer: openReceiptKey(receiptKeyFile), leaps: () => LEAPS, render: async () => [] });
  const made = ports(bundleFolder(join(folder, "report")));
  const inTurn = how === "in turn" ? { readHosts: readInTurn } : {};
  forgetPeak();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const [wall, own, postgres] = [performance.now(), process.cpuUsage(), processorSeconds(postmaster)];
  try {
    await createReport({ ...made, scopes: { ...made.scopes, documents: async () => [CHAIN] }, ...inTurn }, requestOf(fleet), WATCHING);
    const { user, system } = process.cpuUsage(own);
    return {
      how,
      hosts: fleet.hosts,
      days: fleet.minutes / PER_DAY,
      batches: fleet.hosts * batchCount(fleet),
      bytes: bytesIn(join(folder, "report", "evidence")),
      wallS: (performance.now() - wall) / 1000,
      ownS: (user + system) / 1e6,
      postgresS: processorSeconds(postmaster) - postgres,
      peakMb: peakMb(),
      blockMs: delay.max / 1e6,
    };
  } finally {
    delay.disable();
    rmSync(folder, { recursive: true, force: true });
  }
}

const bytesIn = (folder: string): number => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** The kernel begins to look for the peak anew (proc(5), clear_refs). */
const forgetPeak = (): void => writeFileSync("/proc/self/clear_refs", "5");

function peakMb(): number {
  const [, kb] = /VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  if (kb === undefined) throw new Error("Cannot read how much memory this process took: /proc/self/status has no VmHWM");
  return Number(kb) / 1024;
}

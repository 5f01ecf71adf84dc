import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, startEmbeddedPostgres } from "@truebound/server";
import pg from "pg";
import { type LoadJob, runLoadJob } from "../load/load-job.ts";
import type { LoadResult } from "../load/load-run.ts";
import { endBeforeUs } from "./children.ts";
import { copyRate } from "./copy-baseline.ts";
import { processorSeconds } from "./processor-time.ts";
import { type Serving, type ServingOptions, startServing } from "./serving.ts";

export interface IngestResult {
  /** Measurements a second: the product end to end, and COPY of as many into a keyed table, before and after. */
  readonly ingest: number;
  readonly copy: readonly number[];
  readonly full: LoadResult;
  /** At a quarter of that rate. */
  readonly quarter: LoadResult;
  readonly evidenceBytes: number;
  readonly derivedBytes: number;
  readonly requestBytes: number;
  /** µs of processor for one batch at full load: the server, and PostgreSQL. */
  readonly serverMicros: number;
  readonly postgresMicros: number;
}

const EXCHANGES = 100;

/** A database and a server of its own; the load comes from a third process. */
export const measureIngest = (seconds: number, log: (text: string) => void): Promise<IngestResult> =>
  withServer(log, ({ databaseUrl, server, postmaster }) => measure(databaseUrl, server, postmaster, seconds, log));

export interface Ground {
  readonly databaseUrl: string;
  readonly server: Serving;
  readonly postmaster: number;
  /** The key by which the server signs. */
  readonly receiptKeyFile: string;
}

export async function withServer<T>(
  log: (text: string) => void,
  work: (ground: Ground) => Promise<T>,
  options: ServingOptions = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bench-"));
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => {} });
  const stop = async (): Promise<void> => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const stopped = endBeforeUs(stop);
  try {
    await migrate(postgres.url, { info: () => {}, warn: log, error: log });
    const server = await startServing(postgres.url, folder, options);
    try {
      const postmaster = Number(readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
      return await work({ databaseUrl: postgres.url, server, postmaster, receiptKeyFile: join(folder, "receipt-key.pem") });
    } finally {
      await server.stop();
    }
  } finally {
    stopped();
    await stop();
  }
}

async function measure(
  databaseUrl: string,
  server: Serving,
  postmaster: number,
  seconds: number,
  log: (text: string) => void,
): Promise<IngestResult> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const job = (more: Partial<LoadJob>): LoadJob => ({
    url: server.agentsUrl,
    token: "",
    agents: 400,
    deliveries: Math.ceil((2_600 * seconds) / 400),
    batches: 1,
    exchanges: EXCHANGES,
    every: 2,
    fromS: 1_795_680_000,
    withLive: false,
    namePrefix: "load-",
    seed: 1,
    connections: 48,
    rate: null,
    secondsMax: seconds,
    ...more,
  });
  const before = await copyRate(client, 1_000_000);
  log(`COPY into the keyed table: ${Math.round(before)} measurements/s`);
  const sizes = await sizesOf(client);
  const spent = () => ({ server: processorSeconds(server.pid), postgres: processorSeconds(postmaster) });
  let [requestBytes, used] = [0, spent()];
  const full = await runLoadJob(job({ token: await server.token(400) }), (bytes) => {
    requestBytes = bytes;
    used = spent();
    log("full load begins");
  });
  const after = spent();
  await client.query("vacuum analyze");
  const grown = await sizesOf(client);
  const rate = full.deliveries / full.seconds;
  const quarter = await runLoadJob(
    job({
      token: await server.token(400),
      namePrefix: "quarter-",
      seed: 9_000,
      rate: rate / 4,
      deliveries: Math.ceil((rate / 4) * (seconds / 400)) + 1,
    }),
    () => log("a quarter of it begins"),
  );
  const again = await copyRate(client, 1_000_000);
  await client.end();
  return {
    ingest: full.exchanges / full.seconds,
    copy: [before, again],
    full,
    quarter,
    evidenceBytes: (grown.evidence - sizes.evidence) / full.exchanges,
    derivedBytes: (grown.derived - sizes.derived) / full.exchanges,
    requestBytes,
    serverMicros: ((after.server - used.server) / full.batches) * 1e6,
    postgresMicros: ((after.postgres - used.postgres) / full.batches) * 1e6,
  };
}

async function sizesOf(client: pg.Client): Promise<{ readonly evidence: number; readonly derived: number }> {
  const { rows } = await client.query<{ evidence: string; derived: string }>(`
    select (select coalesce(sum(pg_total_relation_size(inhrelid)), 0) from pg_inherits where inhparent = 'evidence'::regclass) as evidence,
      pg_total_relation_size('host_minute') + pg_total_relation_size('host_event') as derived`);
  return { evidence: Number(rows[0]?.evidence), derived: Number(rows[0]?.derived) };
}

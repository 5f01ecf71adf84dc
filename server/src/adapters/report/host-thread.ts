import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type pg from "pg";
import type { Log } from "../../log.ts";
import { type AskedHost, type ReadingTerms, readHost } from "../../report/read-host.ts";
import { openLines } from "../bundle-folder.ts";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { openPool } from "../postgres/pool.ts";
import { reportEvidence } from "../postgres/report/report-evidence.ts";
import { hostLogAt } from "../postgres/report/report-log.ts";
import { readStoredBody, verifyPorts } from "../verify/verify-ports.ts";

/** What is inflated, hashed or sent is of a few KiB, and there is much of it: room for many is made at once. */
Buffer.poolSize = 1024 * 1024;

export interface ThreadData {
  readonly databaseUrl: string;
  /** The folder of the bundle. */
  readonly draft: string;
  readonly terms: ReadingTerms;
}

const { databaseUrl, draft, terms } = workerData as ThreadData;
/** A connection that is lost fails the query on it, which is what the thread ends by. */
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const pool = openPool(databaseUrl, quiet);
const log = hostLogAt(pool, terms.sealed);
log.catch(() => {}); // whoever asks for a host is told
const stop = new AbortController();

async function read(host: AskedHost): Promise<void> {
  const ports = {
    evidence: reportEvidence(pool, null),
    log: await log,
    sink: { open: async (name: string) => openLines(join(draft, name)) },
    wire: verifyPorts.wire,
    readStored: readStoredBody,
    crypto: nodeCrypto,
  };
  parentPort?.postMessage(await readHost(ports, terms, host, stop.signal));
}

/** Those that are open. The pool waits for a query that hangs; whoever gives a report up does not. */
const connections = new Set<pg.PoolClient>();
pool.on("connect", (client) => void connections.add(client)).on("remove", (client) => void connections.delete(client));

/** It gives up what it reads, its queries too, and the thread ends once nothing of it is left to be done. */
async function end(): Promise<void> {
  stop.abort();
  parentPort?.close();
  for (const client of connections) cutOff(client);
  await pool.end();
}

/** Its query fails here and now; the database ends it when it finds that nobody listens, or by its timeout. */
function cutOff(client: pg.PoolClient): void {
  const { connection } = client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }; // not in its types
  connection.stream.destroy();
}

/** It is asked for a host at a time, and answers with what was read, until null ends it; a failure ends it as well. */
parentPort?.on("message", (host: AskedHost | null) => void (host === null ? end() : read(host).catch(failed)));

/** What fails since it was given up is told to nobody. */
function failed(error: unknown): void {
  if (!stop.signal.aborted) throw error;
}

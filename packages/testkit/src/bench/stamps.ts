import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { BILLION } from "@truebound/time";
import { BATCH_DICTIONARY, chainText, genesisText } from "@truebound/wire";
import pg from "pg";
import { SyntheticHost } from "../load/synthetic-batch.ts";
import { SeededRandom } from "../sim/random.ts";
import { withServer } from "./ingest.ts";
import { processorSeconds } from "./processor-time.ts";

/** As dense as 100,000 stamps of ten hosts over a month. */
const HOSTS = 2;
const DAYS = 30;
export const STAMPS = 20_000;
const SPAN_S = DAYS * 86_400;

export interface StampCost {
  readonly wallS: number;
  readonly serverS: number;
  readonly postgresS: number;
}

export interface StampsResult {
  readonly hosts: number;
  readonly days: number;
  readonly batches: number;
  readonly ordered: StampCost;
  readonly scattered: StampCost;
  /** The longest that the server's event loop was held meanwhile, ms. */
  readonly longestBlockMs: number;
}

const HOST = `insert into host (id, name, labels, public_key, enrolled_with)
  values ($1, $2, '{}', sha256(convert_to($2, 'utf8')), sha256(''))`;
const STATE = `insert into host_state (host_id, epoch, seq, chain_hash, received_at) values ($1, 1, $2, sha256(''), clock_timestamp())`;
const EVIDENCE = `insert into evidence (host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns)
  select $1, 1, seq, clock_timestamp(), hash, prev, body, first_ns, last_ns
  from unnest($2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[]) as b (seq, body, first_ns, last_ns, hash, prev)`;
const MINUTES = `insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked)
  select $1, minute_ns, -200000, 200000, 1, 'proven', false
  from generate_series($2::bigint / 60000000000 * 60000000000, $3::bigint, 60000000000) as minute_ns`;

const idOf = (host: number): string => `00000000-0000-4000-8000-00000000000${host}`;
const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();
const digestOf = (body: Uint8Array): string => `sha-256=:${sha256(body).toString("base64")}:`;
const deflated = (value: object): Buffer => deflateSync(JSON.stringify(value), { level: 1, dictionary: Buffer.from(BATCH_DICTIONARY) });

async function fillHost(client: pg.Client, host: number, start: bigint): Promise<number> {
  const synthetic = new SyntheticHost(idOf(host), { exchanges: 30, every: 2 }, start, host + 1);
  await client.query(HOST, [idOf(host), `stamped-${host}`]);
  let [seq, before, head] = [0, start, sha256(genesisText(idOf(host), 1))];
  const end = start + BigInt(SPAN_S) * BILLION;
  while (before < end) {
    const rows: [number, Buffer, bigint, bigint, Buffer, Buffer][] = [];
    while (rows.length < 2_000 && before < end) {
      const batch = synthetic.next();
      const last = BigInt(batch.sealed_realtime_ns);
      const body = deflated(batch);
      const link = { agent: idOf(host), epoch: 1, seq: seq + 1, prev: head.toString("hex"), contentDigest: digestOf(body) };
      const hash = sha256(chainText(link));
      rows.push([++seq, body, before, last, hash, head]);
      head = hash;
      before = last;
    }
    await client.query(EVIDENCE, [idOf(host), ...[0, 1, 2, 3, 4, 5].map((column) => rows.map((row) => row[column]))]);
  }
  await client.query(STATE, [idOf(host), seq]);
  await client.query(MINUTES, [idOf(host), start, before]);
  return seq;
}

/** One a second of one host, in order; and as many of random hosts at random times, in no order. */
export const measureStamps = (log: (text: string) => void): Promise<StampsResult> =>
  withServer(log, async ({ databaseUrl, server, postmaster }) => {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const now = await client.query<{ ns: string }>("select utc_ns(now()) as ns");
    const start = BigInt(now.rows[0]?.ns ?? 0) - BigInt(SPAN_S) * BILLION;
    let batches = 0;
    for (let host = 0; host < HOSTS; host++) {
      log(`filling a month of host ${host + 1} of ${HOSTS}`);
      batches += await fillHost(client, host, start);
    }
    await client.query("vacuum analyze evidence, host_minute");
    await client.end();
    const random = new SeededRandom(9);
    const ordered = Array.from({ length: STAMPS }, (_, index) => lineOf(0, start + BigInt(86_400 + index) * BILLION));
    const scattered = Array.from({ length: STAMPS }, () =>
      lineOf(Math.floor(random.between(0, HOSTS)), start + BigInt(Math.floor(random.between(600, SPAN_S - 600))) * BILLION),
    );
    const ask = (lines: readonly string[]) =>
      costOf(`${server.peopleUrl}/api/v1/stamps?limit=1ms&format=csv`, lines, [server.pid, postmaster]);
    await ask(ordered.slice(0, 1_000));
    log("stamps in order");
    const inOrder = await ask(ordered);
    log("scattered stamps");
    const inDisorder = await ask(scattered);
    return { hosts: HOSTS, days: DAYS, batches, ordered: inOrder, scattered: inDisorder, longestBlockMs: await server.longestBlockMs() };
  });

const lineOf = (host: number, stamp: bigint): string => `${idOf(host)},${stamp},x`;

async function costOf(url: string, lines: readonly string[], [server, postmaster]: readonly [number, number]): Promise<StampCost> {
  const spent = () => [processorSeconds(server), processorSeconds(postmaster)] as const;
  const [wall, before] = [performance.now(), spent()];
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "text/csv" }, body: lines.join("\n") });
  const judged = (await answer.text()).split("\n").filter((line) => line.includes(",yes,")).length;
  if (judged !== lines.length) throw new Error(`Asked for ${lines.length} stamps, got ${judged} proved: ${answer.status}`);
  const after = spent();
  return { wallS: (performance.now() - wall) / 1000, serverS: after[0] - before[0], postgresS: after[1] - before[1] };
}

import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { LabelSet } from "../../../policy/choose-policy.ts";
import type { ReportBatch, ReportEvidence, ReportHost, ReportStatement } from "../../../report/ports.ts";
import { unpackRow } from "../../../retention/audit-row.ts";
import { DAY_NS } from "../../../retention/days.ts";
import { LONG_BATCH, LONG_SPAN_ROW } from "../long-batches.ts";
import { answeredWithin, type Queryable } from "../pool.ts";
import { type BlockPlace, rowsIfAny } from "../retention/archive-reader.ts";
import type { Archive } from "../retention/archive-writer.ts";
import { readSigningKeys } from "../statement-store.ts";

/** A host that enrols anew has the date of that: when it first did, the log says. One that waits again was there all the same. */
const HOSTS = `
  select id, name, labels, least(enrolled_ns, first_ns) as enrolled_ns, utc_ns(retired_at) as retired_ns
  from host h cross join lateral (
    select utc_ns(h.enrolled_at) as enrolled_ns, (
      select (select timestamp_ns from log_head where shard = e.shard and size > e.leaf order by size limit 1) from log_entry e
      where e.kind = 'enrol' and e.about = h.id::text and utc_ns(h.enrolled_at) >= $2 order by e.shard, e.leaf limit 1) as first_ns) dated
  where least(enrolled_ns, first_ns) < $2 and (retired_at is null or utc_ns(retired_at) > $1)
    and (state <> 'pending' or exists (select from host_epoch x where x.host_id = h.id and x.last_seq > 0)) order by id`;

/** By where they lie on the UTC estimate: those in the range and the nearest on each side; of these the first and the last in the chain. */
const WITHIN = (which: string) =>
  `(select epoch, seq from evidence where host_id = $1 and ${which} and last_utc_ns >= $2 and first_utc_ns <= $3)`;
const FOUND = `
  with found as (
    (select epoch, seq from evidence where host_id = $1 and last_utc_ns < $2 order by last_utc_ns desc limit 1)
    union all ${WITHIN(`last_utc_ns <= $3::bigint + ${DAY_NS}`)}
    union all ${WITHIN(`${LONG_BATCH} and last_utc_ns > $3::bigint + ${DAY_NS}`)}
    union all (select epoch, seq from evidence where host_id = $1 and last_utc_ns > $3 order by last_utc_ns limit 1))
  (select epoch, seq from found order by epoch, seq limit 1) union all (select epoch, seq from found order by epoch desc, seq desc limit 1)`;

/** The batch that carries the signature of the delivery in which a batch came. */
const SIGNED = `
  select seq, signed_from from evidence where host_id = $1 and epoch = $2 and seq >= $3 and signature is not null order by seq limit 1`;

const ROWS = `
  select epoch, seq, encode(hash, 'hex') as hash, encode(prev_hash, 'hex') as prev_hash, utc_ns(received_at) as received_ns, body,
    quarantined is null and set_aside = 0 as whole, signature, signed_from, encode(signed_digest, 'base64') as signed_digest, target_uri, sent
  from evidence where host_id = $1 and (epoch, seq) > ($2, $3::bigint) and (epoch, seq) <= ($4, $5::bigint) order by epoch, seq limit 200`;

const BLOCKS = `
  select p.file, h.start, h.length, h.sha256 from archive_part p join (
    (select * from archive_host where host_id = $1 and last_utc_ns < $2 order by last_utc_ns desc limit 1)
    union (select * from archive_host where host_id = $1 and last_utc_ns >= $2 and first_utc_ns <= $3)
    union (select * from archive_host where host_id = $1 and first_utc_ns > $3 order by first_utc_ns limit 1)
  ) h on (h.day, h.part) = (p.day, p.part) order by p.day, p.part`;

const SPAN_ROWS = (which: string) => `
  select minute_ns, epoch, seq, context, statements from audit_span where host_id = $1 and ${which} and until_ns >= $2 and minute_ns <= $3`;
const STATEMENTS = `
  select s.epoch, s.seq, s.context, s.statements, c.text from (
    ${SPAN_ROWS(`minute_ns >= $2::bigint - ${DAY_NS}`)} union all ${SPAN_ROWS(`${LONG_SPAN_ROW} and minute_ns < $2::bigint - ${DAY_NS}`)}) s
  join audit_context c on c.hash = s.context order by s.epoch, s.seq`;

/** Retention notes what it takes, of a host or of all, in the transaction that takes it; the sequencer moves a note in one as well. */
const REMOVALS = `
  select concat(count(*), ' since ', min(place)) as mark from (
    select shard || '/' || leaf as place from log_entry where kind = 'deletion' and about in ($1, 'batches', 'archive', 'statements', 'log')
    union all select null from log_pending where entry ->> 'kind' = 'deletion' and coalesce(entry ->> 'host' = $1, true)) noted`;

/** Evidence as it lies in the database, in the archive, and in what is left of both. */
export function reportEvidence(pool: pg.Pool, archive: Archive | null): ReportEvidence {
  const client = answeredWithin(pool);
  return {
    hosts: async (from, to) => (await client.query<HostRow>(HOSTS, [from, to])).rows.map(toHost),
    keys: (host) => readSigningKeys(client, host),
    batches: (host, from, to) =>
      archive === null ? stored(client, host, from, to) : merged(stored(client, host, from, to), archived(client, archive, host, from, to)),
    statements: (host, from, to) => statements(client, host, from, to),
    removals: async (host) => (await client.query<{ mark: string }>(REMOVALS, [host])).rows[0]?.mark ?? "",
  };
}

interface HostRow {
  id: string;
  name: string;
  labels: LabelSet;
  enrolled_ns: UtcInstant;
  retired_ns: UtcInstant | null;
}

const toHost = ({ id, name, labels, enrolled_ns, retired_ns }: HostRow): ReportHost => ({
  id,
  name,
  labels,
  enrolledAt: enrolled_ns,
  retiredAt: retired_ns,
});

interface Place {
  readonly epoch: number;
  readonly seq: bigint;
}

async function* stored(client: Queryable, host: string, from: UtcInstant, to: UtcInstant): AsyncGenerator<ReportBatch> {
  const [first, last] = (await client.query<Place>(FOUND, [host, from, to])).rows;
  if (first === undefined || last === undefined) return;
  const [begin, end] = [await deliveryOf(client, host, first), await deliveryOf(client, host, last)];
  let after: Place = { epoch: begin.epoch, seq: begin.from - 1n };
  for (;;) {
    const { rows } = await client.query<BatchRow>(ROWS, [host, after.epoch, after.seq, end.epoch, end.to]);
    yield* rows.map(toBatch);
    const reached = rows.at(-1);
    if (reached === undefined) return;
    after = reached;
  }
}

/** From the first to the last batch that its signature covers. */
async function deliveryOf(client: Queryable, host: string, { epoch, seq }: Place): Promise<{ epoch: number; from: bigint; to: bigint }> {
  const [row] = (await client.query<{ seq: bigint; signed_from: bigint }>(SIGNED, [host, epoch, seq])).rows;
  if (row === undefined) return { epoch, from: seq, to: seq };
  return { epoch, from: row.signed_from < seq ? row.signed_from : seq, to: row.seq };
}

interface BatchRow extends Place {
  hash: string;
  prev_hash: string;
  received_ns: bigint;
  body: Buffer;
  whole: boolean;
  signature: Buffer | null;
  signed_from: bigint | null;
  signed_digest: string | null;
  target_uri: string | null;
  sent: string | null;
}

const toBatch = (row: BatchRow): ReportBatch => ({
  kind: "batch",
  epoch: row.epoch,
  seq: Number(row.seq),
  hash: row.hash,
  prevHash: row.prev_hash,
  receivedAt: row.received_ns,
  body: row.body,
  whole: row.whole,
  delivery:
    row.signature === null || row.signed_from === null || row.target_uri === null || row.sent === null
      ? null
      : {
          signedFrom: Number(row.signed_from),
          signature: row.signature,
          signedDigest: row.signed_digest,
          targetUri: row.target_uri,
          sent: row.sent,
        },
});

/** A row of evidence as the archive keeps it: bytes as \\x and their digits. */
interface ArchivedHead {
  readonly epoch: number;
  readonly seq: string;
  readonly hash: string;
  readonly prev_hash: string;
  readonly received_at_ns: string;
  readonly quarantined: string | null;
  readonly set_aside: number;
  readonly signature: string | null;
  readonly signed_from: string | null;
  readonly signed_digest: string | null;
  readonly target_uri: string | null;
  readonly sent: string | null;
}

const bytesOf = (text: string): Buffer => Buffer.from(text.slice(2), "hex");

const archivedBatch = (head: ArchivedHead, body: Uint8Array): ReportBatch =>
  toBatch({
    epoch: head.epoch,
    seq: BigInt(head.seq),
    hash: head.hash.slice(2),
    prev_hash: head.prev_hash.slice(2),
    received_ns: BigInt(head.received_at_ns),
    body: Buffer.from(body),
    whole: head.quarantined === null && head.set_aside === 0,
    signature: head.signature === null ? null : bytesOf(head.signature),
    signed_from: head.signed_from === null ? null : BigInt(head.signed_from),
    signed_digest: head.signed_digest === null ? null : bytesOf(head.signed_digest).toString("base64"),
    target_uri: head.target_uri,
    sent: head.sent,
  });

/** Block by block: a block is what came of a host in one day, or a part of it, and its deliveries are whole. */
async function* archived(client: Queryable, archive: Archive, host: string, from: UtcInstant, to: UtcInstant): AsyncGenerator<ReportBatch> {
  const { rows } = await client.query<BlockPlace>(BLOCKS, [host, from, to]);
  for (const place of rows) {
    const batches = (await rowsIfAny(client, archive, host, place)).map(({ head, body }) =>
      archivedBatch(JSON.parse(head) as ArchivedHead, body),
    );
    yield* batches.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
  }
}

/** In the order of the chain, and each once: while one moves it is in both. */
async function* merged(a: AsyncGenerator<ReportBatch>, b: AsyncGenerator<ReportBatch>): AsyncGenerator<ReportBatch> {
  let [one, other] = [await a.next(), await b.next()];
  let last: ReportBatch | null = null;
  while (!one.done || !other.done) {
    const isFirst = other.done || (!one.done && isNotAfter(one.value, other.value));
    const next = (isFirst ? one.value : other.value) as ReportBatch;
    if (last === null || !isNotAfter(next, last)) {
      yield next;
      last = next;
    }
    if (isFirst) one = await a.next();
    else other = await b.next();
  }
}

const isNotAfter = (a: ReportBatch, b: ReportBatch): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.seq <= b.seq);

interface StatementRow {
  epoch: number;
  seq: bigint;
  context: Buffer;
  statements: Buffer;
  text: string;
}

async function statements(client: Queryable, host: string, from: UtcInstant, to: UtcInstant): Promise<ReportStatement[]> {
  const { rows } = await client.query<StatementRow>(STATEMENTS, [host, from, to]);
  return rows.flatMap((row) =>
    (unpackRow(row) ?? []).map(({ body, signature }) => ({
      kind: "statement" as const,
      body,
      signature,
      context: row.text,
      near: { epoch: row.epoch, seq: Number(row.seq) },
    })),
  );
}

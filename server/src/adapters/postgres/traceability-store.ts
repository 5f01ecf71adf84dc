import type { Json } from "@truebound/audit";
import { formatUtc, type UtcInstant } from "@truebound/time";
import type pg from "pg";
import { readStoredBatch } from "../../evidence/read-batch.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import type { ChainDocument, ChainReview, DocumentKind, ReviewedChain } from "../../traceability/chain.ts";
import type { ChainHost, NewDocument, TraceabilityStore } from "../../traceability/ports.ts";
import { storedText } from "../batch-content.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";

/** A name that a retired host had may be another one's now. */
const HOST = `
  select id, name, labels from host where id::text = $1 or name = $1
  order by (id::text = $1) desc, retired_at desc nulls first limit 1`;
const HOSTS = "select id, name, labels from host where state = 'active' and labels @> $1::jsonb order by name limit $2";

/** By the index on where batches end: of a year of evidence so many rows are read, and no more. */
const LOOKS = `
  select found.body, found.set_aside from generate_series(0, $4::bigint - 1) as part
  cross join lateral (
    select body, set_aside from evidence
    where host_id = $1 and quarantined is null
      and last_utc_ns >= $2::bigint + ($3::bigint - $2) / $4 * part and last_utc_ns < $2::bigint + ($3::bigint - $2) / $4 * (part + 1)
    order by last_utc_ns limit 1
  ) as found`;

const DOCUMENTS = `
  select d.id, d.kind, d.title, encode(d.sha256, 'hex') as sha256, d.file_name, d.content is not null as kept, d.selector, d.source,
    d.reference, d.uncertainty_ns, d.stamp_point, d.app_error_ns, d.valid_from::text, d.valid_to::text, d.uploaded_by,
    utc_ns(d.uploaded_at) as uploaded_ns, d.replaces, utc_ns(r.at) as reviewed_ns, r.who as reviewed_by
  from chain_document d
  left join lateral (select at, who from chain_review where d.id = any(documents) order by id desc limit 1) as r on true
  order by d.uploaded_at, d.id`;

/** Without a day it is in force from today on, by the clock of the database. */
const ADD_DOCUMENT = `
  insert into chain_document (kind, title, sha256, file_name, content, selector, source, reference, uncertainty_ns, stamp_point, app_error_ns,
    valid_from, valid_to, replaces, uploaded_by)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    coalesce($12::date, (clock_timestamp() at time zone 'UTC')::date), $13::date, $14::uuid, $15
  where $14::uuid is null or exists (select from chain_document where id = $14::uuid)
  returning id`;

const CONTENT = "select content, encode(sha256, 'hex') as sha256 from chain_document where id = $1";
const REVIEWS = "select id, selector, utc_ns(at) as at_ns, who, statement, chain from chain_review order by id desc";
const ADD_REVIEW = "insert into chain_review (selector, who, statement, documents, chain) values ($1, $2, $3, $4, $5) returning id";
const HOST_OF_KEY = `
  select h.id, h.name, h.labels from host_key k join host h on h.id = k.host_id where k.public_key = $1 order by k.agreed_at desc limit 1`;

type DocumentRow = Omit<ChainDocument, "hosts" | "uncertainty_ns" | "app_error_ns" | "uploaded_at" | "reviewed_at" | "kind"> & {
  readonly kind: DocumentKind;
  readonly selector: LabelSet;
  readonly uncertainty_ns: bigint | null;
  readonly app_error_ns: bigint | null;
  readonly uploaded_ns: UtcInstant;
  readonly reviewed_ns: UtcInstant | null;
};

interface ReviewRow {
  readonly id: bigint;
  readonly selector: LabelSet;
  readonly at_ns: UtcInstant;
  readonly who: string;
  readonly statement: string;
  readonly chain: ReviewedChain;
}

export const traceabilityStore = (pool: pg.Pool): TraceabilityStore => ({
  now: () => databaseNow(pool),
  hosts: async (on, most) =>
    "host" in on
      ? (await pool.query<ChainHost>(HOST, [on.host])).rows
      : (await pool.query<ChainHost>(HOSTS, [JSON.stringify(on.selector), most + 1])).rows,
  looks: async ({ id, name }, from, to, count) =>
    (await pool.query<{ body: Buffer; set_aside: number }>(LOOKS, [id, from, to, count])).rows.map(({ body, set_aside }) => ({
      host: name,
      batch: readStoredBatch(storedText(body), id, set_aside === 0).batch,
    })),
  documents: () => readDocuments(pool),
  reviews: async () =>
    (await pool.query<ReviewRow>(REVIEWS)).rows.map(
      ({ id, selector, at_ns, ...row }): ChainReview => ({ ...row, id: Number(id), hosts: selector, at: formatUtc(at_ns) }),
    ),
  addDocument: (document) => inTransaction(pool, (client) => addDocument(client, document)),
  content: async (id) => (await pool.query<{ content: Buffer | null; sha256: string }>(CONTENT, [id])).rows[0] ?? null,
  addReview: (review) => inTransaction(pool, (client) => addReview(client, review)),
  hostOfKey: async (publicKey) => (await pool.query<ChainHost>(HOST_OF_KEY, [publicKey])).rows[0] ?? null,
});

export const databaseNow = async (client: Queryable): Promise<UtcInstant> =>
  (await client.query<{ now_ns: UtcInstant }>(NOW)).rows[0]?.now_ns as UtcInstant;

/** All there ever were, the oldest first. */
export const readDocuments = async (client: Queryable): Promise<ChainDocument[]> =>
  (await client.query<DocumentRow>(DOCUMENTS)).rows.map(toDocument);

/** With its leaf in the log, both or neither. */
async function addDocument(client: Queryable, document: NewDocument): Promise<string | null> {
  const { kind, title, sha256, fileName, content, hosts, source, reference, uncertaintyNs, stampPoint, appErrorNs } = document;
  const { validFrom, validTo, replaces, who } = document;
  const what = [kind, title, sha256, fileName, content, JSON.stringify(hosts), source, reference, uncertaintyNs, stampPoint, appErrorNs];
  const added = await client.query<{ id: string }>(ADD_DOCUMENT, [...what, validFrom, validTo, replaces, who]);
  const kept = (await readDocuments(client)).find(({ id }) => id === added.rows[0]?.id);
  if (kept === undefined) return null;
  // A review changes who looked at it last, and nothing of the document.
  const { reviewed_at: _at, reviewed_by: _by, ...body } = kept;
  await appendToLog(client, { kind: "document", what: `document ${kept.id}`, sha256: digestOf(body), who, body });
  return kept.id;
}

type NewReview = Parameters<TraceabilityStore["addReview"]>[0];

async function addReview(client: Queryable, { selector, who, statement, chain }: NewReview): Promise<void> {
  const ids = chain.documents.map(({ id }) => id);
  const { rows } = await client.query<{ id: bigint }>(ADD_REVIEW, [JSON.stringify(selector), who, statement, ids, JSON.stringify(chain)]);
  const body = { hosts: selector, who, statement, documents: ids, chain: JSON.parse(JSON.stringify(chain)) as Json };
  await appendToLog(client, { kind: "signoff", what: `review ${rows[0]?.id}`, sha256: digestOf(body), who, statement, documents: ids });
}

const toDocument = ({ selector, uncertainty_ns, app_error_ns, uploaded_ns, reviewed_ns, ...row }: DocumentRow): ChainDocument => ({
  ...row,
  hosts: selector,
  uncertainty_ns: uncertainty_ns?.toString() ?? null,
  app_error_ns: app_error_ns?.toString() ?? null,
  uploaded_at: formatUtc(uploaded_ns),
  reviewed_at: reviewed_ns === null ? null : formatUtc(reviewed_ns),
});

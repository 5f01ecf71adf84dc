import { contextHash, contextText, readStatement, type StatedSpan, statementText } from "@truebound/wire";
import { EvidenceBudget } from "../../query/evidence-budget.ts";
import {
  type FoundStatement,
  type HostSigningKey,
  SHELVES,
  type Shelf,
  type StatementPage,
  type StatementPlace,
  type StatementQuestion,
} from "../../query/spans.ts";
import type { Reading } from "../../query/stored-readings.ts";
import { HOUR_NS, placeOf, unpackRow } from "../../retention/audit-row.ts";
import { statedBy } from "../../retention/condense.ts";
import { DAY_NS } from "../../retention/days.ts";
import { storedText } from "../batch-content.ts";
import { nodeCrypto } from "../crypto/node-crypto.ts";
import { keyIdOf } from "../crypto/receipt-key.ts";
import { LONG_BATCH, LONG_SPAN_ROW } from "./long-batches.ts";
import type { Queryable } from "./pool.ts";
import { type BlockPlace, rowsIfAny } from "./retention/archive-reader.ts";
import type { Archive } from "./retention/archive-writer.ts";

const AFTER = (columns: string, first: number): string =>
  `($${first}::bigint is null or (${columns}) > ($${first}, $${first + 1}::bigint, $${first + 2}::bigint)
     or ($${first + 3} and (${columns}) = ($${first}, $${first + 1}::bigint, $${first + 2}::bigint)))`;

const BATCHES_WHERE = (which: string) => `
  (select epoch, seq, body, set_aside, hash, last_utc_ns from evidence
    where host_id = $1 and ${which} and last_utc_ns >= $2 and first_utc_ns <= $3 and quarantined is null
      and ($4::bigint is null or last_utc_ns >= $4) and ${AFTER("last_utc_ns, epoch, seq", 4)}
    order by last_utc_ns, epoch, seq limit 20)`;

/** Those that end within a day of the range, and the few that are longer. */
const BATCHES = `
  ${BATCHES_WHERE(`last_utc_ns <= $3::bigint + ${DAY_NS}`)}
  union all
  ${BATCHES_WHERE(`${LONG_BATCH} and last_utc_ns > $3::bigint + ${DAY_NS}`)}
  order by last_utc_ns, epoch, seq limit 20`;

const BLOCKS = `
  select p.day, p.part, p.file, h.start, h.length, h.sha256 from archive_part p join archive_host h on (h.day, h.part) = (p.day, p.part)
  where h.host_id = $1 and h.last_utc_ns >= $2 and h.first_utc_ns <= $3
    and ($4::bigint is null or (p.day, p.part) > ($4, $5::bigint) or ($6 and (p.day, p.part) = ($4, $5::bigint)))
  order by p.day, p.part limit 1`;

const ROWS_WHERE = (which: string) => `
  (select minute_ns, epoch, seq, context, statements from audit_span
    where host_id = $1 and ${which} and until_ns >= $2 and minute_ns <= $3 and ${AFTER("minute_ns, epoch, seq", 4)}
    order by minute_ns, epoch, seq limit 20)`;

/** Those that begin within a day of the range, and the few that are longer. */
const ROWS = `
  ${ROWS_WHERE(`minute_ns >= $2::bigint - ${DAY_NS}`)}
  union all
  ${ROWS_WHERE(`${LONG_SPAN_ROW} and minute_ns < $2::bigint - ${DAY_NS}`)}
  order by minute_ns, epoch, seq limit 20`;

const CONTEXTS = "select encode(hash, 'hex') as hash, text from audit_context where hash = any($1::bytea[])";

const KEYS = `
  select public_key, from_epoch, from_seq, challenge, old_signature, new_signature from host_key
  where host_id = $1 order by from_epoch, from_seq, agreed_at`;

/** A span is proved by an exchange after it, at most an hour later, and reported soon. */
const LATEST_NS = 2n * HOUR_NS;

interface KeyRow {
  public_key: Buffer;
  from_epoch: number | null;
  from_seq: bigint | null;
  challenge: Buffer | null;
  old_signature: Buffer | null;
  new_signature: Buffer | null;
}

export const readSigningKeys = async (client: Queryable, host: string): Promise<HostSigningKey[]> =>
  (await client.query<KeyRow>(KEYS, [host])).rows.map(({ public_key, from_epoch, from_seq, challenge, old_signature, new_signature }) => ({
    keyId: keyIdOf(public_key),
    publicKey: public_key,
    from: from_epoch === null || from_seq === null ? null : { epoch: from_epoch, seq: Number(from_seq) },
    endorsement: challenge && old_signature && new_signature ? { challenge, old: old_signature, own: new_signature } : null,
  }));

/** What holds statements: a batch, a batch in the archive, or a row of statements apart. */
interface Carrier {
  readonly key: readonly [bigint, bigint, bigint];
  /** Read and verified only when a page has room for it. */
  readonly statements: () => readonly FoundStatement[];
}

export interface StatementPorts {
  readonly client: Queryable;
  readonly archive: Archive | null;
  readonly reading: Reading;
}

interface Look extends StatementPorts {
  readonly host: string;
  readonly question: StatementQuestion;
  readonly keyOf: KeyOf;
  readonly contexts: Map<string, string>;
  readonly budget: EvidenceBudget;
}

/** Of the host's keys the one that signed; null = none did. */
type KeyOf = (text: string, signature: Uint8Array) => Uint8Array | null;

const MOST_BYTES = 1024 * 1024;
/** So many times a page looks for more. */
const MOST_LOOKS = 25;

/** Each look reads twenty batches, or one block of the archive, or twenty rows; a page ends when it is full, or when enough was read for it. */
export async function readStatements(ports: StatementPorts, host: string, question: StatementQuestion): Promise<StatementPage> {
  const keys = await readSigningKeys(ports.client, host);
  const keyOf: KeyOf = (text, signature) =>
    keys.find(({ publicKey }) => nodeCrypto.verifyEd25519(publicKey, text, signature))?.publicKey ?? null;
  const look: Look = { ...ports, host, question, keyOf, contexts: new Map(), budget: new EvidenceBudget() };
  const found: FoundStatement[] = [];
  let place: StatementPlace | null = question.place;
  for (let looks = 0; place !== null && looks < MOST_LOOKS && !isDone(look, found); looks++) place = await lookOn(look, place, found);
  const used = new Set(found.map(({ context }) => context));
  return { statements: found, contexts: new Map([...look.contexts].filter(([hash]) => used.has(hash))), next: place };
}

/** Full, or enough was read for it. */
const isDone = ({ budget, question }: Look, found: readonly FoundStatement[]): boolean => budget.isSpent || isFull(found, question.limit);

const isFull = (found: readonly FoundStatement[], limit: number): boolean =>
  found.length >= limit || found.reduce((sum, { body }) => sum + body.length, 0) >= MOST_BYTES;

/** Adds what is next, and says where to go on; null = that was all. */
async function lookOn(look: Look, place: StatementPlace, found: FoundStatement[]): Promise<StatementPlace | null> {
  const { shelf } = place;
  const carriers = await CARRIERS[shelf](look, place);
  for (const { key, statements } of carriers) {
    if (isDone(look, found)) return { shelf, carrier: key, given: 0 };
    await look.reading.pause();
    const isSame = place.carrier !== null && key.every((part, at) => part === place.carrier?.[at]);
    const all = statements();
    for (let given = isSame ? (place.given ?? 0) : 0; given < all.length; given++) {
      if (isFull(found, look.question.limit)) return { shelf, carrier: key, given };
      found.push(all[given] as FoundStatement);
    }
  }
  const last = carriers.at(-1);
  if (last !== undefined) return { shelf, carrier: last.key, given: null };
  const next = SHELVES[SHELVES.indexOf(shelf) + 1];
  return next === undefined ? null : { shelf: next, carrier: null, given: null };
}

/** As parameters: after this carrier, or from it on where some of it was given. */
const placeParameters = ({ carrier, given }: StatementPlace) => [...(carrier ?? [null, null, null]), given !== null];

const CARRIERS: Readonly<Record<Shelf, (look: Look, place: StatementPlace) => Promise<Carrier[]>>> = {
  batch: batchesFrom,
  archive: blocksFrom,
  apart: rowsFrom,
};

interface BatchRow {
  epoch: number;
  seq: bigint;
  body: Buffer;
  set_aside: number;
  hash: Buffer;
  last_utc_ns: bigint;
}

async function batchesFrom(look: Look, place: StatementPlace): Promise<Carrier[]> {
  const { from, to } = look.question;
  const { rows } = await look.client.query<BatchRow>(BATCHES, [look.host, from, to + LATEST_NS, ...placeParameters(place)]);
  return rows.map(({ epoch, seq, body, set_aside, hash, last_utc_ns }) => ({
    key: [last_utc_ns, BigInt(epoch), seq],
    statements: () => inRange(look, stated(look, "batch", { epoch, seq: Number(seq), body, isWhole: set_aside === 0, hash })),
  }));
}

interface ArchiveHead {
  readonly epoch: number;
  readonly seq: string;
  readonly set_aside: number;
  readonly quarantined: string | null;
  readonly hash: string;
  readonly first_utc_ns: string | null;
  readonly last_utc_ns: string | null;
}

/** In the place of a number, for the last batch of a block: the next one is in another block. */
const END = 2n ** 31n - 1n;

/** The batches of one block, from the place on. */
async function blocksFrom(look: Look, place: StatementPlace): Promise<Carrier[]> {
  const { from, to } = look.question;
  const { archive, client, host } = look;
  const [day = null, part = null, index = END] = place.carrier ?? [];
  if (archive === null) return [];
  const isWithin = index !== END || place.given !== null;
  const { rows } = await client.query<BlockPlace & { day: number; part: number }>(BLOCKS, [
    host,
    from,
    to + LATEST_NS,
    day,
    part,
    isWithin,
  ]);
  const [block] = rows;
  if (block === undefined) return [];
  const isSame = BigInt(block.day) === day && BigInt(block.part) === part;
  const after = !isSame ? -1n : place.given === null ? index : index - 1n;
  const batches = await rowsIfAny(client, archive, host, block);
  const carriers = batches.map(
    ({ head, body }, at): Carrier => ({
      key: [BigInt(block.day), BigInt(block.part), at === batches.length - 1 ? END : BigInt(at)],
      statements: () => archived(look, JSON.parse(head) as ArchiveHead, body),
    }),
  );
  const left = carriers.filter(({ key }) => key[2] > after);
  return left.length > 0 ? left : [{ key: [BigInt(block.day), BigInt(block.part), END], statements: () => [] }];
}

function archived(
  look: Look,
  { epoch, seq, set_aside, quarantined, hash, first_utc_ns, last_utc_ns }: ArchiveHead,
  body: Uint8Array,
): FoundStatement[] {
  const { from, to } = look.question;
  if (quarantined !== null || first_utc_ns === null || last_utc_ns === null) return [];
  if (BigInt(last_utc_ns) < from || BigInt(first_utc_ns) > to + LATEST_NS) return [];
  const batch = { epoch, seq: Number(seq), body, isWhole: set_aside === 0, hash: Buffer.from(hash.slice(2), "hex") };
  return inRange(look, stated(look, "archive", batch));
}

interface AuditSpanRow {
  minute_ns: bigint;
  epoch: number;
  seq: bigint;
  context: Buffer;
  statements: Buffer;
}

async function rowsFrom(look: Look, place: StatementPlace): Promise<Carrier[]> {
  const { from, to } = look.question;
  const { rows } = await look.client.query<AuditSpanRow>(ROWS, [look.host, from, to, ...placeParameters(place)]);
  const texts = await look.client.query<{ hash: string; text: string }>(CONTEXTS, [rows.map(({ context }) => context)]);
  for (const { hash, text } of texts.rows) look.contexts.set(hash, text);
  return rows.map((row) => ({
    key: [row.minute_ns, BigInt(row.epoch), row.seq],
    statements: () =>
      (unpackRow(row) ?? []).flatMap(({ body, signature }) =>
        inRange(look, signed(look, { kept: "apart", epoch: row.epoch, seq: Number(row.seq), batchHash: null }, body, signature)),
      ),
  }));
}

interface StoredBatch {
  readonly epoch: number;
  readonly seq: number;
  readonly body: Uint8Array;
  readonly isWhole: boolean;
  readonly hash: Uint8Array;
}

const sha256 = (text: string): string => Buffer.from(nodeCrypto.sha256(text)).toString("hex");

/** What a batch states, if its agent signed it. */
function stated(look: Look, kept: Shelf, { epoch, seq, body, isWhole, hash }: StoredBatch): FoundStatement[] {
  const opened = storedText(body);
  look.budget.takeText(opened.length, isWhole);
  const { batch } = look.reading.read(opened, look.host, isWhole);
  let publicKey: Uint8Array | null = null;
  const isByHost = (text: string, signature: Uint8Array): boolean => {
    publicKey = look.keyOf(text, signature);
    return publicKey !== null;
  };
  const found = statedBy({ epoch, seq, batch }, { sha256, isByHost });
  if (found === null || found === "nothing" || publicKey === null) return [];
  const text = contextText(batch);
  const context = contextHash(text, sha256);
  look.contexts.set(context, text);
  const { body: statement, signature, spans } = found;
  return [{ kept, epoch, seq, batchHash: hash, body: statement, signature, publicKey, context, spans }];
}

/** Nothing that no key of the host signed. */
function signed(
  { host, keyOf }: Look,
  about: Pick<FoundStatement, "kept" | "epoch" | "seq" | "batchHash">,
  body: Uint8Array,
  signature: Uint8Array,
): FoundStatement[] {
  const publicKey = keyOf(statementText(host, body), signature);
  const read = publicKey === null ? null : readStatement(body);
  if (publicKey === null || read === null) return [];
  return [{ ...about, body, signature, publicKey, context: read.context, spans: read.spans }];
}

/** One span in common is enough: a statement is signed as a whole. */
const inRange = ({ question: { from, to } }: Look, statements: readonly FoundStatement[]): FoundStatement[] =>
  statements.filter(({ spans }) => spans.some((span) => overlaps(span, from, to)));

function overlaps(span: StatedSpan, from: bigint, to: bigint): boolean {
  const place = placeOf(span);
  return place.from <= to && place.to >= from;
}

import { formatUtc, type UtcInstant, utc } from "@truebound/time";
import type { SignedSpan, SignedStatement, SigningKey, SpanList, StatedSpan } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { placeOf } from "../retention/audit-row.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { findHost, type Parameters, type QuestionPorts, readCount, readRange } from "./questions.ts";

/** Where statements are looked for, in this order: what moves meanwhile moves from an earlier to a later one. */
export const SHELVES = ["batch", "archive", "apart"] as const;
export type Shelf = (typeof SHELVES)[number];

/** What carries statements on a shelf, by its key in the shelf's own order; and how many of its statements were given. */
export interface StatementPlace {
  readonly shelf: Shelf;
  /** Null = the first. */
  readonly carrier: readonly [bigint, bigint, bigint] | null;
  /** Null = all. */
  readonly given: number | null;
}

export interface StatementQuestion {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  readonly place: StatementPlace;
  readonly limit: number;
}

export interface FoundStatement {
  readonly kept: Shelf;
  readonly epoch: number;
  readonly seq: number;
  readonly batchHash: Uint8Array | null;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  /** Hex. */
  readonly context: string;
  readonly spans: readonly StatedSpan[];
}

export interface StatementPage {
  readonly statements: readonly FoundStatement[];
  /** Texts by their hash in hex. */
  readonly contexts: ReadonlyMap<string, string>;
  readonly next: StatementPlace | null;
}

export interface HostSigningKey {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  readonly from: { readonly epoch: number; readonly seq: number } | null;
  readonly endorsement: { readonly challenge: Uint8Array; readonly old: Uint8Array; readonly own: Uint8Array } | null;
}

const LIMIT_DEFAULT = 200;
const LIMIT_MAX = 1000;
const FIRST: StatementPlace = { shelf: "batch", carrier: null, given: null };

export async function askSpans(ports: QuestionPorts, parameters: Parameters): Promise<SpanList | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const limit = readCount(parameters.limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${parameters.limit} statements: limit is a number from 1 to ${LIMIT_MAX}`);
  const place = parameters.after === undefined ? FIRST : readPlace(parameters.after);
  if (place === null) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const range = await readRange(ports.store, parameters, "now-1h");
  if (isRefusal(range)) return range;
  const { id } = found.record;
  const page = await ports.store.statements(id, { ...range, place, limit });
  const keys = await ports.store.signingKeys(id);
  const ids = new Map(keys.map(({ publicKey, keyId }) => [base64url(publicKey), keyId]));
  return {
    from: formatUtc(range.from),
    to: formatUtc(range.to),
    host: id,
    keys: keys.map(viewKey),
    contexts: Object.fromEntries(page.contexts),
    items: page.statements.map((one) => viewStatement(one, ids.get(base64url(one.publicKey)) ?? "")),
    next: page.next && sayPlace(page.next),
  };
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

const viewKey = ({ keyId, publicKey, from, endorsement }: HostSigningKey): SigningKey => ({
  key_id: keyId,
  public_key: base64url(publicKey),
  from_epoch: from?.epoch ?? null,
  from_seq: from?.seq ?? null,
  challenge: endorsement && base64url(endorsement.challenge),
  old_signature: endorsement && base64url(endorsement.old),
  new_signature: endorsement && base64url(endorsement.own),
});

const viewStatement = (
  { kept, epoch, seq, batchHash, body, signature, context, spans }: FoundStatement,
  keyId: string,
): SignedStatement => ({
  kept,
  epoch,
  seq,
  batch_hash: batchHash && Buffer.from(batchHash).toString("hex"),
  statement: base64url(body),
  signature: base64url(signature),
  key_id: keyId,
  context,
  spans: spans.map(viewSpan),
});

function viewSpan(span: StatedSpan): SignedSpan {
  const { from, to } = placeOf(span);
  return {
    from: formatUtc(utc(from)),
    to: formatUtc(utc(to)),
    from_realtime_ns: String(span.fromRealtime),
    to_realtime_ns: String(span.toRealtime),
    from_raw_ns: String(span.fromRaw),
    to_raw_ns: String(span.toRaw),
    lo_ns: String(span.lo),
    hi_ns: String(span.hi),
    readings: span.readings,
    status: span.status,
  };
}

const sayPlace = ({ shelf, carrier, given }: StatementPlace): string =>
  encodeCursor([shelf, ...(carrier ?? [null, null, null]).map((part) => part?.toString() ?? null), given?.toString() ?? null]);

const WHOLE = /^-?\d{1,18}$|^-?[1-4]\d{18}$/;

function readPlace(cursor: string): StatementPlace | null {
  const [shelf, a, b, c, given] = decodeCursor(cursor, 5) ?? [];
  const known = SHELVES.find((one) => one === shelf);
  if (known === undefined || (given !== null && !/^\d{1,7}$/.test(given ?? ""))) return null;
  const count = given === null || given === undefined ? null : Number(given);
  if (a === null && b === null && c === null) return { shelf: known, carrier: null, given: count };
  const parts = [a, b, c].map((part) => (WHOLE.test(part ?? "") ? BigInt(part ?? "") : null));
  const [x = null, y = null, z = null] = parts;
  return x === null || y === null || z === null || !isSmall(y) ? null : { shelf: known, carrier: [x, y, z], given: count };
}

/** Of a carrier's key the second part is an epoch or a number of a file: a column of four bytes. */
const isSmall = (part: bigint): boolean => part >= 0n && part < 2n ** 31n;

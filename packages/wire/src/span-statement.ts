import type { Batch, SpanColumns } from "./batch.ts";
import { unpackColumn } from "./columns.ts";
import { STATUSES, type Status } from "./schema.ts";

/**
 * What an agent states of its clock for good: the spans of one batch, signed apart from it, so that they prove what they say
 * when the batch is gone. The signature travels in the batch; the statement itself is written again from its spans.
 *
 * Body: the first 16 bytes of the SHA-256 of the context text, the number of spans, then the spans. Numbers are LEB128, signed ones
 * zigzag; what follows another is its difference to it.
 */
export interface SpanStatement {
  /** Hex; of the context text. */
  readonly context: string;
  readonly spans: readonly StatedSpan[];
}

/** At every instant from one reading to the other the offset lay in [lo, hi]. */
export interface StatedSpan {
  readonly fromRaw: bigint;
  readonly fromRealtime: bigint;
  readonly toRaw: bigint;
  readonly toRealtime: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  readonly readings: number;
  readonly status: Status;
}

/** SHA-256 of a text's UTF-8, in hex. */
export type HexDigest = (text: string) => string;

/** At the head of a body. */
export const CONTEXT_BYTES = 16;

/** What the spans rest on and in which boot RAW is meant; names in order, so that everybody writes it alike. */
export const contextText = ({
  boot_id,
  software,
  assumptions,
  trusting,
}: Pick<Batch, "boot_id" | "software" | "assumptions" | "trusting">) =>
  JSON.stringify({ assumptions: ordered(assumptions), boot_id, software, trusting });

const ordered = (record: object): object => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

export const contextHash = (text: string, sha256: HexDigest): string => sha256(text).slice(0, 2 * CONTEXT_BYTES);

/** The text under the signature. */
export const statementText = (agent: string, body: Uint8Array): string => ["truebound-spans/1", agent, toHex(body)].join("\n");

/** Null = the batch has no span to state, or one of which something is missing. */
export function statementOf(
  batch: Pick<Batch, "boot_id" | "software" | "assumptions" | "trusting" | "spans">,
  sha256: HexDigest,
): Uint8Array | null {
  const spans = spansOf(batch.spans);
  if (spans === null || spans.length === 0) return null;
  const out = fromHex(contextHash(contextText(batch), sha256));
  putNatural(out, BigInt(spans.length));
  let before = NOTHING;
  for (const span of spans) {
    putSpan(out, span, before);
    before = span;
  }
  return Uint8Array.from(out);
}

/** Null for bytes that are no statement. */
export function readStatement(body: Uint8Array): SpanStatement | null {
  const context = body.subarray(0, CONTEXT_BYTES);
  const bytes = { body, at: CONTEXT_BYTES };
  const count = takeNatural(bytes);
  if (count === null || count > BigInt(body.length)) return null;
  const spans: StatedSpan[] = [];
  for (let before = NOTHING; BigInt(spans.length) < count; spans.push(before)) {
    const span = takeSpan(bytes, before);
    if (span === null) return null;
    before = span;
  }
  return bytes.at === body.length ? { context: toHex(context), spans } : null;
}

const NOTHING: StatedSpan = { fromRaw: 0n, fromRealtime: 0n, toRaw: 0n, toRealtime: 0n, lo: 0n, hi: 0n, readings: 0, status: "proven" };

function spansOf(columns: SpanColumns): StatedSpan[] | null {
  const [fromRaw, fromRealtime, toRaw, toRealtime, lo, hi] = BIG.map((name) => unpackColumn(columns[name]));
  const rows = columns.status.map((status, row) => ({
    fromRaw: fromRaw?.[row] ?? null,
    fromRealtime: fromRealtime?.[row] ?? null,
    toRaw: toRaw?.[row] ?? null,
    toRealtime: toRealtime?.[row] ?? null,
    lo: lo?.[row] ?? null,
    hi: hi?.[row] ?? null,
    readings: columns.readings[row] ?? null,
    status,
  }));
  return rows.every((row): row is StatedSpan => Object.values(row).every((value) => value !== null)) ? rows : null;
}

const BIG = ["from_raw_ns", "from_realtime_ns", "to_raw_ns", "to_realtime_ns", "lo_ns", "hi_ns"] as const;

function putSpan(out: number[], span: StatedSpan, before: StatedSpan): void {
  const lasted = span.toRealtime - span.fromRealtime;
  putSigned(out, span.fromRealtime - before.toRealtime);
  putSigned(out, span.fromRaw - before.toRaw);
  putSigned(out, lasted);
  putSigned(out, span.toRaw - span.fromRaw - lasted);
  putSigned(out, span.lo - before.lo);
  putSigned(out, span.hi - span.lo);
  putNatural(out, BigInt(span.readings));
  putNatural(out, BigInt(STATUSES.indexOf(span.status)));
}

function takeSpan(bytes: Bytes, before: StatedSpan): StatedSpan | null {
  const signed = Array.from({ length: 6 }, () => takeSigned(bytes));
  const [readings, status] = [takeNatural(bytes), takeNatural(bytes)];
  const word = STATUSES[Number(status ?? -1n)];
  if (signed.includes(null) || readings === null || readings > MOST_READINGS || word === undefined) return null;
  const [afterRealtime, afterRaw, lasted, rawMore, loMore, width] = signed as [bigint, bigint, bigint, bigint, bigint, bigint];
  const [fromRealtime, fromRaw, lo] = [before.toRealtime + afterRealtime, before.toRaw + afterRaw, before.lo + loMore];
  const [toRealtime, toRaw] = [fromRealtime + lasted, fromRaw + lasted + rawMore];
  return { fromRaw, fromRealtime, toRaw, toRealtime, lo, hi: lo + width, readings: Number(readings), status: word };
}

interface Bytes {
  readonly body: Uint8Array;
  at: number;
}

const MOST_READINGS = BigInt(Number.MAX_SAFE_INTEGER);
/** Room for any number that a batch can carry. */
const LONGEST_NUMBER = 20;

function putNatural(out: number[], value: bigint): void {
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
}

const putSigned = (out: number[], value: bigint): void => putNatural(out, value < 0n ? -2n * value - 1n : 2n * value);

function takeNatural(bytes: Bytes): bigint | null {
  let value = 0n;
  for (let place = 0; place < LONGEST_NUMBER; place++) {
    const byte = bytes.body[bytes.at++];
    if (byte === undefined) return null;
    value |= BigInt(byte & 0x7f) << BigInt(7 * place);
    // A number has one form only: it does not end in a byte of nothing.
    if (byte < 0x80) return byte === 0 && place > 0 ? null : value;
  }
  return null;
}

function takeSigned(bytes: Bytes): bigint | null {
  const value = takeNatural(bytes);
  if (value === null) return null;
  return value % 2n === 0n ? value / 2n : -(value + 1n) / 2n;
}

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (text: string): number[] =>
  Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));

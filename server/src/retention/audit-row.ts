import { divFloor } from "@truebound/time";
import { CONTEXT_BYTES, type StatedSpan } from "@truebound/wire";
import { minuteOf } from "../ingest/rollup.ts";

/** The spans of one batch as its agent signed them apart. */
export interface Stated {
  readonly epoch: number;
  readonly seq: number;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  /** At least one. */
  readonly spans: readonly StatedSpan[];
}

/** A row of `audit_span`. */
export interface AuditRow {
  /** First minute of the UTC estimate. */
  readonly minute: bigint;
  readonly until: bigint;
  readonly epoch: number;
  readonly seq: number;
  /** With which each body of the row begins; it is not repeated in them. */
  readonly context: Uint8Array;
  readonly statements: Uint8Array;
}

const SIGNATURE_BYTES = 64;
export const HOUR_NS = 3_600_000_000_000n;
/**
 * Three pieces of the 1,996 bytes in which PostgreSQL keeps long values, of which four fill a page: a few bytes more would cost
 * a quarter of a page. Some fifty minutes, so that a row's own share is small and a question about an instant reads little.
 */
const MOST_BYTES = 3 * 1996;

const contextOf = (body: Uint8Array): Uint8Array => body.subarray(0, CONTEXT_BYTES);
const withoutContext = (body: Uint8Array): Uint8Array => body.subarray(CONTEXT_BYTES);

/** Those of one hour and context in one row, in the order in which they come. */
export function packRows(stated: readonly Stated[]): AuditRow[] {
  const groups: Stated[][] = [];
  let bytes = 0;
  for (const one of stated) {
    const group = groups.at(-1);
    bytes += sizeOf(one);
    if (group?.[0] !== undefined && bytes <= MOST_BYTES && belongs(one, group[0])) group.push(one);
    else {
      groups.push([one]);
      bytes = sizeOf(one);
    }
  }
  return groups.map(rowOf);
}

const belongs = (one: Stated, first: Stated): boolean => {
  const ahead = startOf(one) - startOf(first);
  return one.epoch === first.epoch && ahead >= 0n && ahead < HOUR_NS && Buffer.compare(contextOf(one.body), contextOf(first.body)) === 0;
};

const placed = (realtime: bigint, { lo, hi }: StatedSpan): bigint => realtime + divFloor(lo + hi, 2n);
const least = (a: bigint, b: bigint): bigint => (b < a ? b : a);
const greatest = (a: bigint, b: bigint): bigint => (b > a ? b : a);
/** Where a span lies on the UTC estimate. */
export const placeOf = (span: StatedSpan): { readonly from: bigint; readonly to: bigint } => ({
  from: placed(span.fromRealtime, span),
  to: placed(span.toRealtime, span),
});
const startOf = ({ spans }: Stated): bigint => spans.map((span) => placed(span.fromRealtime, span)).reduce(least);
const endOf = ({ spans }: Stated): bigint => spans.map((span) => placed(span.toRealtime, span)).reduce(greatest);

const sizeOf = ({ body, signature }: Stated): number =>
  lengthOf(withoutContext(body)).length + body.length - CONTEXT_BYTES + signature.length;

function rowOf(group: Stated[]): AuditRow {
  const { epoch, seq, body } = group[0] as Stated;
  const parts = group.flatMap((one) => [lengthOf(withoutContext(one.body)), withoutContext(one.body), one.signature]);
  return {
    minute: minuteOf(group.map(startOf).reduce(least)),
    until: group.map(endOf).reduce(greatest),
    epoch,
    seq,
    context: contextOf(body),
    statements: Buffer.concat(parts),
  };
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

/** The statements of a row with their signatures; null for bytes that are none. */
export function unpackRow({
  context,
  statements,
}: Pick<AuditRow, "context" | "statements">): { readonly body: Uint8Array; readonly signature: Uint8Array }[] | null {
  const found: { body: Uint8Array; signature: Uint8Array }[] = [];
  for (let at = 0; at < statements.length; ) {
    let length = 0;
    let byte = 0x80;
    for (let place = 1; byte >= 0x80 && place < 2 ** 21; place *= 128) {
      byte = statements[at++] ?? 0;
      length += (byte & 0x7f) * place;
    }
    const end = at + length + SIGNATURE_BYTES;
    if (byte >= 0x80 || end > statements.length) return null;
    found.push({ body: Buffer.concat([context, statements.subarray(at, at + length)]), signature: statements.subarray(at + length, end) });
    at = end;
  }
  return found;
}

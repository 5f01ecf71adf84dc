/**
 * Records of key establishment (RFC 8915, section 4): a critical bit, a type of 15 bits, a length of 16, a body. A message is
 * a run of them that ends with END_OF_MESSAGE.
 */
export interface KeRecord {
  /** Whoever does not know its type must refuse the message. */
  readonly critical: boolean;
  readonly type: number;
  readonly body: Uint8Array;
}

export const RECORD = {
  endOfMessage: 0,
  nextProtocol: 1,
  error: 2,
  warning: 3,
  aead: 4,
  newCookie: 5,
  server: 6,
  port: 7,
} as const;

const HEAD_BYTES = 4;
const CRITICAL = 0x8000;

export function encodeRecords(records: readonly KeRecord[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, { body }) => sum + HEAD_BYTES + body.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { critical, type, body } of records) {
    view.setUint16(at, (critical ? CRITICAL : 0) | type);
    view.setUint16(at + 2, body.length);
    bytes.set(body, at + HEAD_BYTES);
    at += HEAD_BYTES + body.length;
  }
  return bytes;
}

/** The records up to and with the end of the message, whatever comes behind it; null = it has not come yet. Each step moves forward. */
export function readMessage(bytes: Uint8Array): KeRecord[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: KeRecord[] = [];
  let at = 0;
  while (bytes.length - at >= HEAD_BYTES) {
    const head = view.getUint16(at);
    const end = at + HEAD_BYTES + view.getUint16(at + 2);
    if (end > bytes.length) return null;
    const type = head & ~CRITICAL;
    records.push({ critical: (head & CRITICAL) !== 0, type, body: bytes.slice(at + HEAD_BYTES, end) });
    if (type === RECORD.endOfMessage) return records;
    at = end;
  }
  return null;
}

/** A body that is a list of 16-bit numbers; null = it is none. */
export function numbersOf({ body }: KeRecord): number[] | null {
  if (body.length % 2 !== 0) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: body.length / 2 }, (_, index) => view.getUint16(index * 2));
}

export const ofNumbers = (...numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers.flatMap((one) => [one >> 8, one & 0xff]));

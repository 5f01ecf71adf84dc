/** DER, as much of it as RFC 3161 and what lies in its tokens need: reading with every length checked, and writing. */
export interface Der {
  readonly tag: number;
  /** What the element holds. */
  readonly content: Uint8Array;
  /** The element as it stands, tag and length with it. */
  readonly whole: Uint8Array;
}

export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const NULL = 0x05;
export const OID = 0x06;
export const BOOLEAN = 0x01;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;

/** Null for bytes that do not begin with an element that is all there. */
export function readDer(bytes: Uint8Array, at = 0): Der | null {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  // Tags of more than one byte do not occur here.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  const length = lengthAt(bytes, at + 1);
  if (length === null) return null;
  const from = at + 1 + length.bytes;
  const end = from + length.value;
  return end > bytes.length ? null : { tag, content: bytes.subarray(from, end), whole: bytes.subarray(at, end) };
}

function lengthAt(bytes: Uint8Array, at: number): { readonly value: number; readonly bytes: number } | null {
  const first = bytes[at] ?? 0x80;
  if (first < 0x80) return { value: first, bytes: 1 };
  const count = first & 0x7f;
  // BER's length without an end, and more than a token can have.
  if (count === 0 || count > 4) return null;
  let value = 0;
  for (let place = 1; place <= count; place++) {
    const byte = bytes[at + place];
    if (byte === undefined) return null;
    value = value * 256 + byte;
  }
  return { value, bytes: 1 + count };
}

/** The elements of a constructed one; null where something else lies in it. */
export function readAll(content: Uint8Array): Der[] | null {
  const found: Der[] = [];
  for (let at = 0; at < content.length; ) {
    const one = readDer(content, at);
    if (one === null) return null;
    found.push(one);
    at += one.whole.length;
  }
  return found;
}

/** Null for another tag, or where its elements cannot be told apart. */
export const childrenOf = (one: Der | null | undefined, tag: number): Der[] | null =>
  one === null || one === undefined || one.tag !== tag ? null : readAll(one.content);

export function oidOf(one: Der | null | undefined): string | null {
  if (one === null || one === undefined || one.tag !== OID || one.content.length === 0) return null;
  const numbers: number[] = [];
  let value = 0;
  for (const byte of one.content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - 40 * root, ...rest].join(".");
}

/** Of a whole number that is not negative; null for any other element. */
export function integerOf(one: Der | null | undefined): bigint | null {
  if (one === null || one === undefined || one.tag !== INTEGER || one.content.length === 0 || (one.content[0] ?? 0) >= 0x80) return null;
  return one.content.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | sizeOf(length), ...bigEndian(length, sizeOf(length))];
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  let at = head.length;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const sizeOf = (length: number): number => (length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3);
const bigEndian = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Math.floor(value / 256 ** (bytes - 1 - at)) % 256);

/** Of bytes as they stand in front of a whole number that is not negative. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  const from = bytes.findIndex((byte) => byte !== 0);
  const least = from === -1 ? Uint8Array.of(0) : bytes.subarray(from);
  return der(INTEGER, (least[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), least);
}

export function derOid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return der(OID, Uint8Array.from([40 * first + second, ...rest].flatMap(sevenBits)));
}

function sevenBits(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift((rest % 128) | 0x80);
  return bytes;
}

import { fieldLengths, HEADER_BYTES } from "../packet.ts";

/** Extension fields of NTS (RFC 8915, section 5.7). */
export const FIELD = { identifier: 0x0104, cookie: 0x0204, placeholder: 0x0304, authenticator: 0x0404 } as const;

export interface Field {
  readonly type: number;
  /** Where it begins in the packet. */
  readonly at: number;
  /** With the padding that its sender put behind it. */
  readonly body: Uint8Array;
}

export const FIELD_HEAD_BYTES = 4;

/** Type, length, body, and zeros up to a multiple of four. */
export function encodeField(type: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(FIELD_HEAD_BYTES + padded(body.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, type);
  view.setUint16(2, bytes.length);
  bytes.set(body, FIELD_HEAD_BYTES);
  return bytes;
}

export const padded = (length: number): number => Math.ceil(length / 4) * 4;

/** The fields behind the header; null = what is there is no run of whole fields. */
export function fieldsOf(packet: Uint8Array): Field[] | null {
  const lengths = fieldLengths(packet);
  if (lengths === null) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  let at = HEADER_BYTES;
  return lengths.map((length) => {
    const field = { type: view.getUint16(at), at, body: packet.subarray(at + FIELD_HEAD_BYTES, at + length) };
    at += length;
    return field;
  });
}

/** Fields that were sealed within another: there no least length holds. Null = they do not fill it. Each step moves forward. */
export function sealedFields(bytes: Uint8Array): Omit<Field, "at">[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Omit<Field, "at">[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < FIELD_HEAD_BYTES) return null;
    const length = view.getUint16(at + 2);
    if (length < FIELD_HEAD_BYTES || length % 4 !== 0 || at + length > bytes.length) return null;
    fields.push({ type: view.getUint16(at), body: bytes.slice(at + FIELD_HEAD_BYTES, at + length) });
    at += length;
  }
  return fields;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * The NTP packet (RFC 5905 section 7.3), fields as they stand on the wire. Timestamps are unsigned 64-bit integers in 2⁻³² s of
 * an unnamed era; root delay and dispersion are unsigned 16.16 seconds.
 */
export interface Packet {
  readonly leap: number;
  readonly version: number;
  readonly mode: number;
  readonly stratum: number;
  /** log2 seconds, signed. */
  readonly poll: number;
  /** log2 seconds, signed. */
  readonly precision: number;
  readonly rootDelay: number;
  readonly rootDispersion: number;
  readonly refid: number;
  readonly reference: bigint;
  readonly origin: bigint;
  readonly receive: bigint;
  readonly transmit: bigint;
}

export const HEADER_BYTES = 48;
/** Nothing longer is read: larger replies would have been fragmented on common paths. */
export const MAX_BYTES = 1232;
export const MODE_CLIENT = 3;
export const MODE_SERVER = 4;
export const VERSION = 4;

export type DecodeRefusal = "too_short" | "too_long" | "malformed_extension";

export function decode(bytes: Uint8Array): Packet | DecodeRefusal {
  if (bytes.length < HEADER_BYTES) return "too_short";
  if (bytes.length > MAX_BYTES) return "too_long";
  if (fieldLengths(bytes) === null) return "malformed_extension";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  return {
    leap: first >> 6,
    version: (first >> 3) & 7,
    mode: first & 7,
    stratum: view.getUint8(1),
    poll: view.getInt8(2),
    precision: view.getInt8(3),
    rootDelay: view.getUint32(4),
    rootDispersion: view.getUint32(8),
    refid: view.getUint32(12),
    reference: view.getBigUint64(16),
    origin: view.getBigUint64(24),
    receive: view.getBigUint64(32),
    transmit: view.getBigUint64(40),
  };
}

export function encode(packet: Packet): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (packet.leap << 6) | (packet.version << 3) | packet.mode);
  view.setUint8(1, packet.stratum);
  view.setInt8(2, packet.poll);
  view.setInt8(3, packet.precision);
  view.setUint32(4, packet.rootDelay);
  view.setUint32(8, packet.rootDispersion);
  view.setUint32(12, packet.refid);
  view.setBigUint64(16, packet.reference);
  view.setBigUint64(24, packet.origin);
  view.setBigUint64(32, packet.receive);
  view.setBigUint64(40, packet.transmit);
  return bytes;
}

const SHORTEST_FIELD = 16;

/** Lengths of the extension fields (RFC 7822) that fill exactly what follows the header; null = they do not. Each step moves forward. */
export function fieldLengths(bytes: Uint8Array): number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengths: number[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (bytes.length - at < SHORTEST_FIELD) return null;
    const length = view.getUint16(at + 2);
    if (length < SHORTEST_FIELD || length % 4 !== 0 || at + length > bytes.length) return null;
    lengths.push(length);
    at += length;
  }
  return lengths;
}

/**
 * ntpd's control messages (RFC 9327, mode 6), the part that asks for variables of the daemon itself: what `ntpq -c rv` asks. Pure;
 * whoever answers may be hostile, so every length is checked against what is there.
 */
const HEADER = 12;
/** Version 2, mode 6: what ntpq itself says. */
const FIRST_OCTET = 0x16;
const MODE_6 = 6;
const READ_VARIABLES = 2;
const [RESPONSE, ERROR, MORE] = [0x80, 0x40, 0x20];
/** Of the daemon itself, not of one of its associations. */
const ITSELF = 0;

/** So named, an answer has no more than these: it fits into one datagram. */
export const VARIABLES = ["leap", "stratum", "rootdelay", "rootdisp", "refid", "reftime", "clock", "offset"] as const;

/** @param sequence by which the answer is known, 1 to 65535. */
export function controlRequest(sequence: number): Uint8Array {
  const names = new TextEncoder().encode(VARIABLES.join(","));
  const padded = Math.ceil(names.length / 4) * 4;
  const bytes = new Uint8Array(HEADER + padded);
  const view = new DataView(bytes.buffer);
  bytes.set([FIRST_OCTET, READ_VARIABLES]);
  view.setUint16(2, sequence);
  view.setUint16(6, ITSELF);
  view.setUint16(10, names.length);
  bytes.set(names, HEADER);
  return bytes;
}

/** What a datagram is to a question: a part of the answer, the daemon's refusal, or nothing of it. */
export type ControlPart =
  | { readonly kind: "part"; readonly offset: number; readonly data: Uint8Array; readonly isLast: boolean }
  | { readonly kind: "refused"; readonly code: number }
  | { readonly kind: "stranger" };

const STRANGER: ControlPart = { kind: "stranger" };

export function readControl(bytes: Uint8Array, sequence: number): ControlPart {
  if (bytes.length < HEADER) return STRANGER;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [first, flags] = [view.getUint8(0), view.getUint8(1)];
  const isAnswer = (first & 7) === MODE_6 && (flags & RESPONSE) !== 0 && (flags & 0x1f) === READ_VARIABLES;
  if (!isAnswer || view.getUint16(2) !== sequence || view.getUint16(6) !== ITSELF) return STRANGER;
  if ((flags & ERROR) !== 0) return { kind: "refused", code: view.getUint8(4) };
  const [offset, count] = [view.getUint16(8), view.getUint16(10)];
  if (HEADER + count > bytes.length) return STRANGER;
  return { kind: "part", offset, data: bytes.subarray(HEADER, HEADER + count), isLast: (flags & MORE) === 0 };
}

/** No answer to so few variables is longer. */
const LONGEST = 4096;
const MOST_PARTS = 16;

/** Puts the parts of one answer together, in whatever order they come. */
export class ControlAnswer {
  readonly #parts = new Map<number, Uint8Array>();
  #length: number | null = null;

  /** The whole text; `too_long` = it is longer than any answer can be; null = something is missing yet. */
  take({ offset, data, isLast }: Extract<ControlPart, { kind: "part" }>): string | "too_long" | null {
    const end = offset + data.length;
    if (end > LONGEST || (this.#parts.size >= MOST_PARTS && !this.#parts.has(offset))) return "too_long";
    this.#parts.set(offset, data);
    if (isLast) this.#length = end;
    return this.#whole();
  }

  #whole(): string | null {
    if (this.#length === null) return null;
    const bytes = new Uint8Array(this.#length);
    let reached = 0;
    for (const [offset, data] of [...this.#parts].sort(([a], [b]) => a - b)) {
      if (offset > reached || offset + data.length > bytes.length) return null;
      bytes.set(data, offset);
      reached = Math.max(reached, offset + data.length);
    }
    return reached < bytes.length ? null : String.fromCharCode(...bytes);
  }
}

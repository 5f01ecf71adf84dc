/**
 * The body of a POST of batches: a run of an agent's chain, and in front of what an agent has yet to deliver, how its host
 * stands now. Each part is one byte of kind, four of length (big-endian), and that many bytes, kept as they are.
 */
export interface Delivery {
  /** Neighbours in the chain, the oldest first; at least one. */
  readonly batches: readonly Uint8Array[];
  /** A copy of the agent's newest batch, ahead of its turn; null = the run ends with that. */
  readonly live: Uint8Array | null;
}

export const MAX_DELIVERY_BYTES = 1024 * 1024;
export const MAX_DELIVERY_BATCHES = 500;
/** Of all batches of a delivery together, decoded. */
export const MAX_DELIVERY_TEXT_BYTES = 4 * 1024 * 1024;

export const PART_HEAD_BYTES = 5;
const BATCH = 1;
const LIVE = 2;

export function encodeDelivery({ batches, live }: Delivery): Uint8Array {
  const parts = [...batches.map((bytes) => ({ kind: BATCH, bytes })), ...(live === null ? [] : [{ kind: LIVE, bytes: live }])];
  const whole = new Uint8Array(parts.reduce((sum, { bytes }) => sum + PART_HEAD_BYTES + bytes.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const { kind, bytes } of parts) {
    view.setUint8(at, kind);
    view.setUint32(at + 1, bytes.length);
    whole.set(bytes, at + PART_HEAD_BYTES);
    at += PART_HEAD_BYTES + bytes.length;
  }
  return whole;
}

/** Views of the bytes, or what is wrong with them. */
export function decodeDelivery(bytes: Uint8Array): Delivery | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const batches: Uint8Array[] = [];
  let live: Uint8Array | null = null;
  for (let at = 0; at < bytes.length; ) {
    if (live !== null) return `goes on at byte ${at}, behind the live status that ends it`;
    if (at + PART_HEAD_BYTES > bytes.length) return `ends at byte ${bytes.length}, in the middle of a part's head`;
    const end = at + PART_HEAD_BYTES + view.getUint32(at + 1);
    if (end > bytes.length) return `ends at byte ${bytes.length}, but the part at ${at} goes to ${end}`;
    const part = bytes.subarray(at + PART_HEAD_BYTES, end);
    const kind = view.getUint8(at);
    if (kind === BATCH) batches.push(part);
    else if (kind === LIVE) live = part;
    else return `has a part of kind ${kind} at byte ${at}`;
    at = end;
  }
  if (batches.length === 0) return "holds no batch";
  return batches.length > MAX_DELIVERY_BATCHES ? `holds more than ${MAX_DELIVERY_BATCHES} batches` : { batches, live };
}

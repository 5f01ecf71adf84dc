import { HEADER_BYTES } from "./packet.ts";

/**
 * An extension field between two Truebound agents (RFC 7822, of the types that RFC 9748 leaves for experiments): when
 * a request was received and its reply sent on the responder's ruler, which nobody steps or slews. NTPv5 has a "monotonic receive
 * timestamp" and chrony its `extfield F323` for the same end; neither bounds the error of the reading, which a proof needs.
 *
 *   0   2  0xF7B1      2   2  28
 *   4   4  ruler: which ruler it is; changes with each boot and each disruption
 *   8   8  receive, ns on that ruler
 *  16   4  by how much `receive` may err on either side, ns
 *  20   4  hold, ns: `receive` + hold is at most what the ruler read just before the reply was sent, and errs by nothing
 *  24   4  0
 *
 * A request carries the same 28 bytes, all zero behind the length: so a reply is never longer than its request.
 */
export interface RulerReading {
  readonly ruler: number;
  readonly receive: bigint;
  readonly error: bigint;
  readonly hold: bigint;
}

const TYPE = 0xf7b1;
const LENGTH = 28;
const MOST = 0xffff_ffffn;
/** No ruler has run for 73 years. What lies beyond, less a reading of one's own, leaves the 63 bits in which a report holds it. */
const LATEST = 1n << 61n;

/** The request with room for a reading. */
export function askForRuler(request: Uint8Array): Uint8Array {
  return withField(request, () => {});
}

/** True when the whole of what follows the header is one such field. */
export function asksForRuler(bytes: Uint8Array): boolean {
  if (bytes.length !== HEADER_BYTES + LENGTH) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES);
  return view.getUint16(0) === TYPE && view.getUint16(2) === LENGTH;
}

/** The reply with the reading behind it. One whose error or hold no field holds is left out: then the reply says nothing of its ruler. */
export function tellRuler(reply: Uint8Array, { ruler, receive, error, hold }: RulerReading): Uint8Array {
  if (error < 0n || error > MOST || hold < 0n || receive < 0n || receive >= 1n << 64n) return reply;
  return withField(reply, (view) => {
    view.setUint32(4, ruler);
    view.setBigUint64(8, receive);
    view.setUint32(16, Number(error));
    // At least: what passes beyond four seconds only widens.
    view.setUint32(20, Number(hold > MOST ? MOST : hold));
  });
}

/** What a reply says of its sender's ruler; null = nothing. Whether it answers our request is for others to tell. */
export function readRuler(bytes: Uint8Array): RulerReading | null {
  if (!asksForRuler(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES);
  const reading = {
    ruler: view.getUint32(4),
    receive: view.getBigUint64(8),
    error: BigInt(view.getUint32(16)),
    hold: BigInt(view.getUint32(20)),
  };
  // Nothing is what stands in a request, or in the reply of one who only echoes it.
  return reading.receive === 0n || reading.receive >= LATEST ? null : reading;
}

function withField(bytes: Uint8Array, fill: (view: DataView) => void): Uint8Array {
  const whole = new Uint8Array(HEADER_BYTES + LENGTH);
  whole.set(bytes.subarray(0, HEADER_BYTES));
  const view = new DataView(whole.buffer, HEADER_BYTES);
  view.setUint16(0, TYPE);
  view.setUint16(2, LENGTH);
  fill(view);
  return whole;
}

import type { PhcSample } from "../phc/phc-reading.ts";

/**
 * The bytes of the PTP clock calls that only read (linux/ptp_clock.h), of 64-bit Linux. Nothing here can set a clock: PTP_SYS_OFFSET and
 * its kin answer with stamps, whatever is in their request.
 */
const READ = 2;
const WRITE = 1;
const MAGIC = 0x3d; // '='
const TIME_BYTES = 16;
const HEADER_BYTES = 16;
const MOST_SAMPLES = 25;

const request = (direction: number, number: number, bytes: number): number =>
  ((direction << 30) | (bytes << 16) | (MAGIC << 8) | number) >>> 0;

const PRECISE_BYTES = 3 * TIME_BYTES + 16;
const EXTENDED_BYTES = HEADER_BYTES + MOST_SAMPLES * 3 * TIME_BYTES;
const OFFSET_BYTES = HEADER_BYTES + (2 * MOST_SAMPLES + 1) * TIME_BYTES;
const CAPS_BYTES = 80;

export const PTP_CLOCK_GETCAPS = request(READ, 1, CAPS_BYTES);
export const PTP_SYS_OFFSET = request(WRITE, 5, OFFSET_BYTES);
export const PTP_SYS_OFFSET_PRECISE = request(READ | WRITE, 8, PRECISE_BYTES);
export const PTP_SYS_OFFSET_EXTENDED = request(READ | WRITE, 9, EXTENDED_BYTES);

export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC_RAW = 4;

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** struct ptp_clock_time: the sign of the seconds is that of the whole. */
function timeAt(view: DataView, at: number): bigint {
  const seconds = view.getBigInt64(at, littleEndian);
  const nanoseconds = BigInt(view.getUint32(at + 8, littleEndian));
  return seconds * 1_000_000_000n + (seconds < 0n ? -nanoseconds : nanoseconds);
}

/** struct ptp_clock_caps: the greatest correction of its frequency that the card takes, ppb. */
export const capsRequest = (): Uint8Array => new Uint8Array(CAPS_BYTES);
export const maxAdjust = (caps: Uint8Array): number => viewOf(caps).getInt32(0, littleEndian);

/** struct ptp_sys_offset_precise: the card and the system at one instant, taken by the hardware. */
export const preciseRequest = (): Uint8Array => new Uint8Array(PRECISE_BYTES);
export function readPrecise(answer: Uint8Array): PhcSample {
  const view = viewOf(answer);
  const system = timeAt(view, 2 * TIME_BYTES);
  return { before: system, phc: timeAt(view, 0), after: system };
}

/** struct ptp_sys_offset_extended. A clock other than REALTIME can be asked for since Linux 6.12; before, the call refuses it. */
export function extendedRequest(samples: number, clock: number): Uint8Array {
  const bytes = new Uint8Array(EXTENDED_BYTES);
  viewOf(bytes).setUint32(0, samples, littleEndian);
  viewOf(bytes).setInt32(4, clock, littleEndian);
  return bytes;
}

export function readExtended(answer: Uint8Array): PhcSample[] {
  const view = viewOf(answer);
  return Array.from({ length: countOf(view) }, (_, index) => {
    const at = HEADER_BYTES + index * 3 * TIME_BYTES;
    return { before: timeAt(view, at), phc: timeAt(view, at + TIME_BYTES), after: timeAt(view, at + 2 * TIME_BYTES) };
  });
}

/** struct ptp_sys_offset: the system and the card in turn, and the system once more. */
export function offsetRequest(samples: number): Uint8Array {
  const bytes = new Uint8Array(OFFSET_BYTES);
  viewOf(bytes).setUint32(0, samples, littleEndian);
  return bytes;
}

export function readOffset(answer: Uint8Array): PhcSample[] {
  const view = viewOf(answer);
  return Array.from({ length: countOf(view) }, (_, index) => {
    const at = HEADER_BYTES + index * 2 * TIME_BYTES;
    return { before: timeAt(view, at), phc: timeAt(view, at + TIME_BYTES), after: timeAt(view, at + 2 * TIME_BYTES) };
  });
}

const countOf = (view: DataView): number => Math.min(view.getUint32(0, littleEndian), MOST_SAMPLES);

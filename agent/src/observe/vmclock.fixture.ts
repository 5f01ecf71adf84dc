/** A page as a hypervisor lays it out: every field of struct vmclock_abi at its place, the rest of the page zero. */
export interface VmClockFields {
  readonly magic?: number;
  readonly size?: number;
  readonly version?: number;
  readonly sequence?: number;
  readonly disruption?: bigint;
  readonly flags?: bigint;
  readonly generation?: bigint;
}

const PAGE = 4096;

export function vmclockPage(fields: VmClockFields = {}): Uint8Array {
  const { magic = 0x4b4c4356, size = PAGE, version = 1, sequence = 2, disruption = 7n, flags = 0n, generation = 0n } = fields;
  const bytes = new Uint8Array(PAGE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, size, true);
  view.setUint16(8, version, true);
  view.setUint8(10, 1); // counter_id: x86 TSC
  view.setUint8(11, 0); // time_type: UTC
  view.setUint32(12, sequence, true);
  view.setBigUint64(16, disruption, true);
  view.setBigUint64(24, flags, true);
  view.setUint8(34, 2); // clock_status: synchronised
  view.setInt16(36, 37, true); // tai_offset_sec
  view.setUint8(39, 29); // counter_period_shift
  view.setBigUint64(40, 123_456_789n, true); // counter_value
  view.setBigUint64(48, 0xabcd_ef01_2345_6789n, true); // counter_period_frac_sec
  view.setBigUint64(72, 1_795_000_000n, true); // time_sec
  view.setBigUint64(104, generation, true);
  return bytes;
}

export const GENERATION_PRESENT = 1n << 8n;

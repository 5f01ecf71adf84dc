import type { NicClock, NicConfig } from "../card-stamps/nic.ts";

/**
 * The bytes of the interface calls that only read (linux/sockios.h, linux/net_tstamp.h, linux/ethtool.h), of 64-bit Linux. There is no
 * number here by which a card's filter could be set: that is its owner's.
 */
export const SIOCGIFINDEX = 0x8933;
export const SIOCETHTOOL = 0x8946;
export const SIOCGHWTSTAMP = 0x89b1;
const ETHTOOL_GET_TS_INFO = 0x41;

const NAME_BYTES = 16;
const IFREQ_BYTES = 40;
export const HWTSTAMP_CONFIG_BYTES = 12;
export const TS_INFO_BYTES = 44;

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** struct ifreq that names an interface, and where its data lies; null = the kernel has no such names. */
export function ifreq(name: string, data: bigint): Uint8Array | null {
  const letters = new TextEncoder().encode(name);
  if (letters.length === 0 || letters.length >= NAME_BYTES) return null;
  const bytes = new Uint8Array(IFREQ_BYTES);
  bytes.set(letters);
  viewOf(bytes).setBigUint64(NAME_BYTES, data, littleEndian);
  return bytes;
}

/** What SIOCGIFINDEX answers in place of the request. */
export const interfaceIndex = (request: Uint8Array): number => viewOf(request).getInt32(NAME_BYTES, littleEndian);

/** struct hwtstamp_config. */
export function readConfig(bytes: Uint8Array): NicConfig {
  const view = viewOf(bytes);
  return { flags: view.getInt32(0, littleEndian), txType: view.getInt32(4, littleEndian), rxFilter: view.getInt32(8, littleEndian) };
}

/** struct ethtool_ts_info: the command, so_timestamping, phc_index, tx_types, three reserved, rx_filters, three reserved. */
export function tsInfoRequest(): Uint8Array {
  const bytes = new Uint8Array(TS_INFO_BYTES);
  viewOf(bytes).setUint32(0, ETHTOOL_GET_TS_INFO, littleEndian);
  return bytes;
}

export function readTsInfo(bytes: Uint8Array): NicClock {
  const view = viewOf(bytes);
  return {
    stamping: view.getUint32(4, littleEndian),
    phcIndex: view.getInt32(8, littleEndian),
    txTypes: view.getUint32(12, littleEndian),
    rxFilters: view.getUint32(28, littleEndian),
  };
}

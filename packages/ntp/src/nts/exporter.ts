import { AEAD_AES_SIV_CMAC_256 } from "./aead.ts";

/** The label under which both ends draw the keys from their TLS session (RFC 8915, section 5.1). */
export const EXPORTER_LABEL = "EXPORTER-network-time-security";

/** Of requests, or of replies. */
export type Direction = "c2s" | "s2c";

/** The exporter's context: protocol (2 bytes, 0 = NTPv4), AEAD (2 bytes), direction (1 byte). Five bytes, and no other number of them. */
export function exporterContext(direction: Direction, aead = AEAD_AES_SIV_CMAC_256): Uint8Array {
  return Uint8Array.of(0, 0, aead >> 8, aead & 0xff, direction === "c2s" ? 0 : 1);
}

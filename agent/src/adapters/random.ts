import { createHash, randomFillSync } from "node:crypto";
import { isIPv6 } from "node:net";
import type { RandomNonce } from "../probe/ports.ts";
import { ipv6Bytes } from "./socket-layout.ts";

const POOL_WORDS = 128;

/** Nonces from the system's generator, drawn in blocks. */
export function nonceSource(): RandomNonce {
  const pool = new BigUint64Array(POOL_WORDS);
  let next = POOL_WORDS;
  return () => {
    for (;;) {
      if (next >= POOL_WORDS) {
        randomFillSync(pool);
        next = 0;
      }
      const nonce = pool[next++] as bigint;
      if (nonce !== 0n) return nonce;
    }
  };
}

/** The reference id under which clients name a server: its IPv4 address, or the first four bytes of the MD5 of its IPv6 one (RFC 5905 section 7.3). */
export function refidOf(address: string): number {
  const bytes = isIPv6(address) ? createHash("md5").update(ipv6Bytes(address)).digest() : Buffer.from(address.split(".").map(Number));
  return bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
}

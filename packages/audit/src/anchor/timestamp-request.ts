import { BOOLEAN, der, derInteger, derOid, NULL, OCTET_STRING, SEQUENCE } from "./der.ts";

export const SHA256_OID = "2.16.840.1.101.3.4.2.1";

/** RFC 3161, section 2.4.1: asks for a token over a SHA-256, with the authority's certificate in it. */
export function timestampRequest(sha256: Uint8Array, nonce: Uint8Array): Uint8Array {
  const algorithm = der(SEQUENCE, derOid(SHA256_OID), der(NULL));
  const imprint = der(SEQUENCE, algorithm, der(OCTET_STRING, sha256));
  return der(SEQUENCE, derInteger(Uint8Array.of(1)), imprint, derInteger(nonce), der(BOOLEAN, Uint8Array.of(0xff)));
}

import { sameBytes } from "../log/merkle.ts";
import { SHA256_OID } from "./timestamp-request.ts";
import { type TimestampToken, TST_INFO } from "./timestamp-token.ts";

/** What a token is checked with; algorithms by their OIDs. */
export interface TokenCrypto {
  /** Null for an algorithm that is not to be relied on. */
  digest(algorithm: string, bytes: Uint8Array): Uint8Array | null;
  /** By the key of a certificate. */
  verify(certificate: Uint8Array, digestAlgorithm: string, signatureAlgorithm: string, bytes: Uint8Array, signature: Uint8Array): boolean;
  /** What is wrong with a certificate as one of a time-stamping authority at a time (ns), under these roots; null = nothing. */
  judge(certificate: Uint8Array, others: readonly Uint8Array[], time: bigint): string | null;
}

export interface TokenWanted {
  readonly sha256: Uint8Array;
  /** As it was asked for; null = it is not known any more. */
  readonly nonce: bigint | null;
}

/** Null = the token holds; else what does not. No clock is asked: the certificate is judged by the time that the token says. */
export function verifyToken(token: TimestampToken, wanted: TokenWanted, crypto: TokenCrypto): string | null {
  const { imprint, nonce, signer, content } = token;
  if (imprint.algorithm !== SHA256_OID || !sameBytes(imprint.digest, wanted.sha256)) return "it is over something else";
  if (wanted.nonce !== null && nonce !== wanted.nonce) return "it answers another request";
  if (signer.contentType !== TST_INFO) return "what is signed is no time";
  const digest = crypto.digest(signer.digestAlgorithm, content);
  if (digest === null) return `its digest algorithm ${signer.digestAlgorithm} is not to be relied on`;
  if (!sameBytes(digest, signer.messageDigest)) return "what it says is not what was signed";
  return signerTrouble(token, crypto);
}

function signerTrouble({ signer, certificates, time }: TimestampToken, crypto: TokenCrypto): string | null {
  const { algorithm, digest } = signer.certificateHash;
  const certificate = certificates.find((one) => {
    const found = crypto.digest(algorithm, one);
    return found !== null && sameBytes(found, digest);
  });
  if (certificate === undefined) return "the certificate that it names is not in it";
  const { digestAlgorithm, signatureAlgorithm, attributes, signature } = signer;
  if (!crypto.verify(certificate, digestAlgorithm, signatureAlgorithm, attributes, signature)) return "its signature does not hold";
  return crypto.judge(
    certificate,
    certificates.filter((one) => one !== certificate),
    time,
  );
}

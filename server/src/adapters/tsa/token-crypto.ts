import { createHash, createVerify, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { TokenCrypto } from "@truebound/audit";

/** SHA-1 is here for the certificate's name in old tokens only: no signature is taken that rests on it. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);
const SHA1 = "1.3.14.3.2.26";
const ED25519 = "1.3.101.112";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";

/** Of RSA (PKCS #1, v1.5) and ECDSA the digest stands beside the signature or in its name; the two must agree. */
const SIGNATURES: ReadonlyMap<string, string | null> = new Map([
  ["1.2.840.113549.1.1.1", null],
  ["1.2.840.113549.1.1.11", "sha256"],
  ["1.2.840.113549.1.1.12", "sha384"],
  ["1.2.840.113549.1.1.13", "sha512"],
  ["1.2.840.10045.4.3.2", "sha256"],
  ["1.2.840.10045.4.3.3", "sha384"],
  ["1.2.840.10045.4.3.4", "sha512"],
]);

/** `roots` = who is believed; null = that is not judged, only what the token and its own certificate say. */
export const tokenCrypto = (roots: readonly X509Certificate[] | null): TokenCrypto => ({
  digest: (algorithm, bytes) => {
    const name = algorithm === SHA1 ? "sha1" : DIGESTS.get(algorithm);
    return name === undefined ? null : createHash(name).update(bytes).digest();
  },
  verify: (certificate, digestAlgorithm, signatureAlgorithm, bytes, signature) => {
    const key = certificateOf(certificate)?.publicKey;
    return key !== undefined && isSigned(key, digestAlgorithm, signatureAlgorithm, bytes, signature);
  },
  judge: (certificate, others, time) => {
    const one = certificateOf(certificate);
    return one === null
      ? "its certificate cannot be read"
      : judge(
          one,
          others.flatMap((bytes) => certificateOf(bytes) ?? []),
          time,
          roots,
        );
  },
});

function certificateOf(bytes: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null; // bytes that are no certificate
  }
}

function isSigned(key: KeyObject, digestAlgorithm: string, signatureAlgorithm: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const digest = DIGESTS.get(digestAlgorithm);
  try {
    if (signatureAlgorithm === ED25519) return verify(null, bytes, key, signature);
    const named = SIGNATURES.get(signatureAlgorithm);
    if (digest === undefined || named === undefined || (named !== null && named !== digest)) return false;
    return createVerify(digest).update(bytes).verify(key, signature);
  } catch {
    return false; // a key that is none for this algorithm
  }
}

function judge(
  one: X509Certificate,
  others: readonly X509Certificate[],
  time: bigint,
  roots: readonly X509Certificate[] | null,
): string | null {
  const usage: readonly string[] = one.keyUsage ?? [];
  if (usage.length !== 1 || usage[0] !== TIME_STAMPING) return "its certificate is not for time-stamping alone";
  if (!isValidAt(one, time)) return `its certificate was not valid at the time that it says (${one.validFrom} to ${one.validTo})`;
  if (roots === null || leadsToRoot(one, others, time, roots)) return null;
  return `nobody who is believed vouches for its certificate (${one.subject.replaceAll("\n", ", ")})`;
}

/** What a certificate says of time has seconds. */
const isValidAt = ({ validFrom, validTo }: X509Certificate, time: bigint): boolean => {
  const seconds = Number(time / 1_000_000_000n) * 1000;
  return Date.parse(validFrom) <= seconds && seconds <= Date.parse(validTo);
};

function leadsToRoot(
  one: X509Certificate,
  others: readonly X509Certificate[],
  time: bigint,
  roots: readonly X509Certificate[],
  depth = 0,
): boolean {
  if (roots.some((root) => isIssuedBy(one, root) && isValidAt(root, time))) return true;
  if (depth > 5) return false;
  return others.some(
    (other) => other.ca && isIssuedBy(one, other) && isValidAt(other, time) && leadsToRoot(other, others, time, roots, depth + 1),
  );
}

const isIssuedBy = (one: X509Certificate, issuer: X509Certificate): boolean => one.checkIssued(issuer) && one.verify(issuer.publicKey);

/** The certificates of a PEM file. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([text]) => new X509Certificate(text));

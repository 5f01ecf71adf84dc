import type { X509Certificate } from "node:crypto";
import type { Validity } from "@truebound/ntp";
import { EXTENSION, extensionsOf } from "./certificate-extensions.ts";

/**
 * The path from a server's certificate to an authority, whatever the host's clock shows. OpenSSL judges dates by that clock,
 * and its complaint of a date hides all others; so where it complains of one, the path is judged here: names, signatures, who may
 * issue, what for, and how deep. What this cannot judge (name constraints, critical extensions that it does not know, SHA-1) it
 * refuses, an authority's own too.
 */
export function pathTo(
  authorities: readonly X509Certificate[],
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
): readonly X509Certificate[] | null {
  if (!isEndOfPath(leaf) || !isJudgeable(leaf) || !isWellSigned(leaf)) return null;
  const path = [leaf];
  for (let below = 0; below < DEEPEST; below++) {
    const last = path[below] as X509Certificate;
    const issues = (one: X509Certificate) => one.ca && isIssuedBy(last, one) && isJudgeable(one) && (pathLength(one) ?? below) >= below;
    const authority = authorities.find(issues);
    if (authority !== undefined) return [...path, authority];
    const next = sent.find((one) => issues(one) && isWellSigned(one) && !path.some(({ raw }) => raw.equals(one.raw)));
    if (next === undefined) return null;
    path.push(next);
  }
  return null;
}

const DEEPEST = 5;

const isIssuedBy = (one: X509Certificate, by: X509Certificate): boolean => one.checkIssued(by) && one.verify(by.publicKey);

const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
/** Node calls the extended key usage so; undefined = for anything. */
const mayServe = ({ keyUsage }: X509Certificate): boolean => keyUsage === undefined || keyUsage.includes(SERVER_AUTHENTICATION);

/** Bits of a key usage that TLS can do with: digital signature, key encipherment, key agreement. */
const KEY_USAGE_OF_TLS = 0xa8;

/** Its key may be used for TLS; a certificate that says nothing of that lets it be. */
function isEndOfPath({ raw }: X509Certificate): boolean {
  const usage = extensionsOf(raw)?.get(EXTENSION.keyUsage)?.value;
  // A string of bits: tag, length, how many of the last byte are none, the first byte.
  return usage === undefined || ((usage[3] ?? 0) & KEY_USAGE_OF_TLS) !== 0;
}

const SMALLEST_RSA_BITS = 2048;
/** Those that are judged here, or say nothing of whether a path holds. */
const KNOWN: ReadonlySet<string> = new Set(Object.values(EXTENSION));

/** All that must be known of it is, it is for servers, and its key is no weak one. */
function isJudgeable(one: X509Certificate): boolean {
  const extensions = extensionsOf(one.raw);
  if (extensions === null || extensions.has(EXTENSION.nameConstraints) || !mayServe(one)) return false;
  const { modulusLength } = one.publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < SMALLEST_RSA_BITS) return false;
  return [...extensions].every(([name, { critical }]) => !critical || KNOWN.has(name));
}

/** DER of object identifiers: md5WithRSA, sha1WithRSA and ecdsa-with-SHA1. */
const WEAK = ["06092a864886f70d010104", "06092a864886f70d010105", "06072a8648ce3d0401"].map((hex) => Buffer.from(hex, "hex"));

/** By whoever is above it; an authority's own signature says nothing. */
const isWellSigned = ({ raw }: X509Certificate): boolean => !WEAK.some((identifier) => raw.includes(identifier));

/** So many intermediates it lets be below itself; null = it says nothing. */
function pathLength({ raw }: X509Certificate): number | null {
  const value = extensionsOf(raw)?.get(EXTENSION.basicConstraints)?.value ?? new Uint8Array();
  const [, length] = /^30..0101ff0201(..)/.exec(Buffer.from(value).toString("hex")) ?? [];
  return length === undefined ? null : Number.parseInt(length, 16);
}

/** Where all of them hold, ns since the Unix epoch; null = one says no date. */
export function validityOf(path: readonly X509Certificate[]): Validity | null {
  const from = path.map(({ validFrom }) => Date.parse(validFrom));
  const to = path.map(({ validTo }) => Date.parse(validTo));
  if ([...from, ...to].some(Number.isNaN)) return null;
  return { notBefore: milliseconds(Math.max(...from)), notAfter: milliseconds(Math.min(...to)) };
}

const milliseconds = (count: number): bigint => BigInt(count) * 1_000_000n;

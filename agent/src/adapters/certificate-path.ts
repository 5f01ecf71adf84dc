import type { X509Certificate } from "node:crypto";
import type { Validity } from "@truebound/ntp";

/**
 * The path from a server's certificate to an authority, whatever the host's clock shows. OpenSSL judges dates by that clock,
 * and its complaint of a date hides all others; so where it complains of one, the path is judged here: names, signatures, who may
 * issue, what for, and how deep. What this cannot judge (name constraints, SHA-1) it refuses.
 */
export function pathTo(
  authorities: readonly X509Certificate[],
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
): readonly X509Certificate[] | null {
  if (!mayServe(leaf) || !isJudgeable(leaf)) return null;
  const path = [leaf];
  for (let below = 0; below < DEEPEST; below++) {
    const last = path[below] as X509Certificate;
    const issues = (one: X509Certificate) => one.ca && isIssuedBy(last, one) && (pathLength(one) ?? below) >= below;
    const authority = authorities.find(issues);
    if (authority !== undefined) return [...path, authority];
    const next = sent.find((one) => issues(one) && isJudgeable(one) && !path.some(({ raw }) => raw.equals(one.raw)));
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

const SMALLEST_RSA_BITS = 2048;
/** DER of object identifiers: name constraints; md5WithRSA, sha1WithRSA and ecdsa-with-SHA1. */
const UNJUDGED = ["0603551d1e", "06092a864886f70d010104", "06092a864886f70d010105", "06072a8648ce3d0401"].map((hex) =>
  Buffer.from(hex, "hex"),
);

function isJudgeable({ raw, publicKey }: X509Certificate): boolean {
  const { modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  return (modulusLength === undefined || modulusLength >= SMALLEST_RSA_BITS) && !UNJUDGED.some((oid) => raw.includes(oid));
}

/** DER of basicConstraints up to its value: the identifier, perhaps that it is critical, and the string around it. */
const BASIC_CONSTRAINTS = Buffer.from("0603551d13", "hex");

/** So many intermediates it lets be below itself; null = it says nothing. */
function pathLength({ raw }: X509Certificate): number | null {
  const at = raw.indexOf(BASIC_CONSTRAINTS);
  const [, length] = /^0603551d13(?:0101ff)?04..30..0101ff0201(..)/.exec(raw.subarray(at, at + 24).toString("hex")) ?? [];
  return at < 0 || length === undefined ? null : Number.parseInt(length, 16);
}

/** Where all of them hold, ns since the Unix epoch; null = one says no date. */
export function validityOf(path: readonly X509Certificate[]): Validity | null {
  const from = path.map(({ validFrom }) => Date.parse(validFrom));
  const to = path.map(({ validTo }) => Date.parse(validTo));
  if ([...from, ...to].some(Number.isNaN)) return null;
  return { notBefore: milliseconds(Math.max(...from)), notAfter: milliseconds(Math.min(...to)) };
}

const milliseconds = (count: number): bigint => BigInt(count) * 1_000_000n;

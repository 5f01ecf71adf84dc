import { parseUtc } from "@truebound/time";
import { childrenOf, type Der, GENERALIZED_TIME, integerOf, OCTET_STRING, oidOf, readAll, readDer, SEQUENCE, SET } from "./der.ts";

/** What a token of RFC 3161 says, and all that its signature is checked by. Nothing is believed of it yet. */
export interface TimestampToken {
  /** Digest algorithm and digest of what was stamped. */
  readonly imprint: { readonly algorithm: string; readonly digest: Uint8Array };
  readonly serial: bigint;
  /** UTC by the authority, ns. */
  readonly time: bigint;
  /** As the authority states it, ns; null = it states none. */
  readonly accuracy: bigint | null;
  readonly nonce: bigint | null;
  /** What was signed of that: the DER of TSTInfo. */
  readonly content: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  readonly signer: TokenSigner;
}

export interface TokenSigner {
  readonly digestAlgorithm: string;
  readonly signatureAlgorithm: string;
  /** The signed attributes as a SET, as they are under the signature. */
  readonly attributes: Uint8Array;
  readonly contentType: string;
  readonly messageDigest: Uint8Array;
  /** By which the attributes name the signer's certificate (RFC 2634, RFC 5816). */
  readonly certificateHash: { readonly algorithm: string; readonly digest: Uint8Array };
  readonly signature: Uint8Array;
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
export const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.47";
const SHA1 = "1.3.14.3.2.26";
const SHA256 = "2.16.840.1.101.3.4.2.1";
const EXPLICIT_0 = 0xa0;

/** A refusal in the authority's own words, or the token. Null for bytes that are no response. */
export function readTimestampResponse(bytes: Uint8Array): { readonly token: TimestampToken } | { readonly refused: string } | null {
  const whole = readDer(bytes);
  if (whole === null || whole.whole.length !== bytes.length) return null;
  const [status, token] = childrenOf(whole, SEQUENCE) ?? [];
  const code = integerOf(childrenOf(status, SEQUENCE)?.[0]);
  if (code === null) return null;
  // 0 = granted, 1 = granted with modifications, which are then in the token.
  if (code > 1n) return { refused: `status ${code}` };
  const read = token === undefined ? null : readTimestampToken(token.whole);
  return read === null ? null : { token: read };
}

/** Null for bytes that are no token of RFC 3161 with exactly one signer. */
export function readTimestampToken(bytes: Uint8Array): TimestampToken | null {
  const [type, wrapped] = childrenOf(readDer(bytes), SEQUENCE) ?? [];
  const parts = childrenOf(childrenOf(wrapped, EXPLICIT_0)?.[0], SEQUENCE);
  if (oidOf(type) !== SIGNED_DATA || parts === null) return null;
  const [, , encapsulated, ...rest] = parts;
  const content = contentOf(encapsulated);
  const signers = childrenOf(
    rest.find(({ tag }) => tag === SET),
    SET,
  );
  const info = content === null ? null : infoOf(content);
  if (content === null || info === null || signers?.length !== 1) return null;
  const signer = signerOf(signers[0]);
  const certificates =
    childrenOf(
      rest.find(({ tag }) => tag === EXPLICIT_0),
      EXPLICIT_0,
    ) ?? [];
  return signer === null ? null : { ...info, content, certificates: certificates.map(({ whole }) => whole), signer };
}

function contentOf(encapsulated: Der | undefined): Uint8Array | null {
  const [type, wrapped] = childrenOf(encapsulated, SEQUENCE) ?? [];
  const [content] = childrenOf(wrapped, EXPLICIT_0) ?? [];
  return oidOf(type) === TST_INFO && content?.tag === OCTET_STRING ? content.content : null;
}

function infoOf(content: Uint8Array): Pick<TimestampToken, "imprint" | "serial" | "time" | "accuracy" | "nonce"> | null {
  const parts = childrenOf(readDer(content), SEQUENCE);
  if (parts === null || integerOf(parts[0]) !== 1n) return null;
  const [, , hashed, number, stamp, ...more] = parts;
  const [algorithm, digest] = childrenOf(hashed, SEQUENCE) ?? [];
  const name = oidOf(childrenOf(algorithm, SEQUENCE)?.[0]);
  const [serial, time] = [integerOf(number), timeOf(stamp)];
  if (name === null || digest?.tag !== OCTET_STRING || serial === null || time === null) return null;
  const accuracy = more.find(({ tag }) => tag === SEQUENCE);
  return {
    imprint: { algorithm: name, digest: digest.content },
    serial,
    time,
    accuracy: accuracy === undefined ? null : accuracyOf(accuracy),
    nonce: integerOf(more.find(({ tag }) => tag === 0x02)),
  };
}

/** RFC 3161, section 2.4.2: 20261126221530.25Z, always UTC. */
function timeOf(stamp: Der | undefined): bigint | null {
  if (stamp?.tag !== GENERALIZED_TIME) return null;
  const text = String.fromCharCode(...stamp.content);
  const [, year, month, day, hour, minute, second, fraction = ""] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text) ?? [];
  return year === undefined ? null : parseUtc(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
}

const UNITS: ReadonlyMap<number, bigint> = new Map([
  [0x02, 1_000_000_000n],
  [0x80, 1_000_000n],
  [0x81, 1_000n],
]);

function accuracyOf(one: Der): bigint {
  return (readAll(one.content) ?? []).reduce(
    (sum, part) => sum + (UNITS.get(part.tag) ?? 0n) * (integerOf({ ...part, tag: 0x02 }) ?? 0n),
    0n,
  );
}

function signerOf(one: Der | undefined): TokenSigner | null {
  const parts = childrenOf(one, SEQUENCE);
  const at = parts?.findIndex(({ tag }) => tag === EXPLICIT_0) ?? -1;
  const signed = parts?.[at];
  if (parts === null || signed === undefined) return null;
  const digestAlgorithm = oidOf(childrenOf(parts[at - 1], SEQUENCE)?.[0]);
  const signatureAlgorithm = oidOf(childrenOf(parts[at + 1], SEQUENCE)?.[0]);
  const signature = parts[at + 2];
  const attributes = attributesOf(signed);
  if (digestAlgorithm === null || signatureAlgorithm === null || signature?.tag !== OCTET_STRING || attributes === null) return null;
  return { digestAlgorithm, signatureAlgorithm, ...attributes, attributes: asSet(signed.whole), signature: signature.content };
}

/** RFC 5652, section 5.4: under the signature they stand as a SET, in the token behind an implicit tag. */
function asSet(attributes: Uint8Array): Uint8Array {
  const set = Uint8Array.from(attributes);
  set[0] = SET;
  return set;
}

function attributesOf(signed: Der): Pick<TokenSigner, "contentType" | "messageDigest" | "certificateHash"> | null {
  const values = new Map<string, Der>();
  for (const attribute of readAll(signed.content) ?? []) {
    const [type, all] = childrenOf(attribute, SEQUENCE) ?? [];
    const [name, some] = [oidOf(type), childrenOf(all, SET)];
    // One that is said twice, or has two values, could be read either way.
    if (name === null || some?.length !== 1 || values.has(name)) return null;
    values.set(name, some[0] as Der);
  }
  const [contentType, digest, certificateHash] = [oidOf(values.get(CONTENT_TYPE)), values.get(MESSAGE_DIGEST), certificateHashOf(values)];
  if (contentType === null || digest?.tag !== OCTET_STRING || certificateHash === null) return null;
  return { contentType, messageDigest: digest.content, certificateHash };
}

function certificateHashOf(values: ReadonlyMap<string, Der>): TokenSigner["certificateHash"] | null {
  const second = values.get(SIGNING_CERTIFICATE_2);
  const [list] = childrenOf(second ?? values.get(SIGNING_CERTIFICATE), SEQUENCE) ?? [];
  const parts = childrenOf(childrenOf(list, SEQUENCE)?.[0], SEQUENCE);
  const digest = parts?.find(({ tag }) => tag === OCTET_STRING);
  if (parts === null || digest === undefined) return null;
  // Without a name it is SHA-1 in the first form and SHA-256 in the second.
  const named = parts[0]?.tag === SEQUENCE ? oidOf(childrenOf(parts[0], SEQUENCE)?.[0]) : null;
  return { algorithm: named ?? (second === undefined ? SHA1 : SHA256), digest: digest.content };
}

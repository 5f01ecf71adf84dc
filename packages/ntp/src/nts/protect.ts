import { HEADER_BYTES, MAX_BYTES } from "../packet.ts";
import { type Aead, TAG_BYTES } from "./aead.ts";
import { encodeField, FIELD, FIELD_HEAD_BYTES, type Field, fieldsOf, join, padded, sealedFields } from "./fields.ts";

/**
 * NTP under NTS (RFC 8915, section 5): a request goes out with an identifier, one cookie, and an authenticator over all before
 * it; a reply counts only where it names that identifier and is sealed with the other key. New cookies come sealed in it.
 */

/** Why a reply to an authenticated request is none. `kiss_ntsn`: the server does not know our cookie, or somebody says so. */
export const NTS_REFUSALS = [
  "nts_malformed",
  "nts_no_identifier",
  "nts_identifier_mismatch",
  "nts_unauthenticated",
  "nts_forged",
  "kiss_ntsn",
] as const;
export type NtsRefusal = (typeof NTS_REFUSALS)[number];

/** Fresh for each request. */
export interface Randoms {
  /** 32 bytes that only this request shows. */
  readonly identifier: Uint8Array;
  /** 16 bytes. */
  readonly nonce: Uint8Array;
}

export const IDENTIFIER_BYTES = 32;
export const NONCE_BYTES = 16;

/** What a request spends. */
export interface Spent {
  readonly cookie: Uint8Array;
  /** So many cookies are asked for beside the one in return. */
  readonly placeholders: number;
  readonly key: Uint8Array;
}

const LENGTHS_BYTES = 4;
const AUTHENTICATOR_BYTES = FIELD_HEAD_BYTES + LENGTHS_BYTES + NONCE_BYTES + TAG_BYTES;

/** The authenticated request. `request`: 48 bytes. */
export function protect(request: Uint8Array, { cookie, placeholders, key }: Spent, { identifier, nonce }: Randoms, aead: Aead): Uint8Array {
  const spent = encodeField(FIELD.cookie, cookie);
  const fixed = join(request, encodeField(FIELD.identifier, identifier), spent);
  // A reply is as long as its request: neither may outgrow a packet that is never cut.
  const room = Math.floor((MAX_BYTES - AUTHENTICATOR_BYTES - fixed.length) / spent.length);
  const asked = Math.max(0, Math.min(placeholders, room));
  const empty = encodeField(FIELD.placeholder, new Uint8Array(cookie.length));
  const before = join(fixed, ...Array<Uint8Array>(asked).fill(empty));
  return join(before, authenticator(nonce, aead.seal(key, [before, nonce], new Uint8Array())));
}

/** The field that authenticates all before it. */
export function authenticator(nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  const lengths = new Uint8Array(LENGTHS_BYTES);
  const view = new DataView(lengths.buffer);
  view.setUint16(0, nonce.length);
  view.setUint16(2, sealed.length);
  return encodeField(FIELD.authenticator, join(lengths, pad(nonce), sealed));
}

const pad = (bytes: Uint8Array): Uint8Array => (bytes.length % 4 === 0 ? bytes : join(bytes, new Uint8Array(4 - (bytes.length % 4))));

export type Opened =
  | { readonly kind: "authentic"; readonly cookies: readonly Uint8Array[] }
  | { readonly kind: "refused"; readonly reason: NtsRefusal };

/** Whether a reply answers the request of this identifier, by who holds the key. Fields behind the authenticator count for nothing. */
export function openReply(bytes: Uint8Array, identifier: Uint8Array, key: Uint8Array, aead: Aead): Opened {
  const fields = bytes.length < HEADER_BYTES || bytes.length > MAX_BYTES ? null : fieldsOf(bytes);
  if (fields === null) return refused("nts_malformed");
  const end = fields.findIndex(({ type }) => type === FIELD.authenticator);
  const named = (end < 0 ? fields : fields.slice(0, end)).find(({ type }) => type === FIELD.identifier);
  if (named === undefined) return refused(end < 0 ? "nts_unauthenticated" : "nts_no_identifier");
  if (!isSame(named.body, identifier)) return refused("nts_identifier_mismatch");
  if (end < 0) return refused(isNtsn(bytes) ? "kiss_ntsn" : "nts_unauthenticated");
  return openSealed(bytes, fields[end] as Field, key, aead);
}

function openSealed(bytes: Uint8Array, { at, body }: Field, key: Uint8Array, aead: Aead): Opened {
  const parts = partsOf(body);
  if (parts === null) return refused("nts_malformed");
  const plaintext = aead.open(key, [bytes.subarray(0, at), parts.nonce], parts.sealed);
  if (plaintext === null) return refused("nts_forged");
  const fields = sealedFields(plaintext);
  if (fields === null) return refused("nts_malformed");
  return { kind: "authentic", cookies: fields.filter(({ type }) => type === FIELD.cookie).map((cookie) => cookie.body) };
}

/** Nonce and ciphertext of an authenticator; null = they do not fit into it. */
function partsOf(body: Uint8Array): { nonce: Uint8Array; sealed: Uint8Array } | null {
  if (body.length < LENGTHS_BYTES) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [nonceBytes, sealedBytes] = [view.getUint16(0), view.getUint16(2)];
  const from = LENGTHS_BYTES + padded(nonceBytes);
  if (nonceBytes === 0 || sealedBytes < TAG_BYTES || from + sealedBytes > body.length) return null;
  return { nonce: body.subarray(LENGTHS_BYTES, LENGTHS_BYTES + nonceBytes), sealed: body.subarray(from, from + sealedBytes) };
}

const refused = (reason: NtsRefusal): Opened => ({ kind: "refused", reason });

/** The identifier is no secret: whoever sees the packet sees it. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Stratum 0 and the code NTSN (RFC 8915, section 5.7). */
const isNtsn = (bytes: Uint8Array): boolean =>
  bytes[1] === 0 && bytes[12] === 0x4e && bytes[13] === 0x54 && bytes[14] === 0x53 && bytes[15] === 0x4e;

import type { EnrolCrypto } from "../enrol/ports.ts";

/** Secrets of 256 bits. What is kept of them is their hash, so that whoever reads the database cannot use one. */
export type SecretCrypto = Pick<EnrolCrypto, "randomBytes" | "sha256">;

const SECRET_BYTES = 32;
export const TOKEN_PREFIX = "tb_";
const TOKEN = /^tb_[A-Za-z0-9_-]{43}$/;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

export const newSecret = ({ randomBytes }: SecretCrypto): string => Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
export const newApiToken = (crypto: SecretCrypto): string => `${TOKEN_PREFIX}${newSecret(crypto)}`;
export const secretHash = ({ sha256 }: SecretCrypto, secret: string): Uint8Array => sha256(secret);

export const isApiToken = (text: string): boolean => TOKEN.test(text);
export const isSecret = (text: string): boolean => SECRET.test(text);

/** Of a session, and known to its page alone: another page can make a browser send the cookie, and cannot read this. */
export const csrfOf = ({ sha256 }: SecretCrypto, session: string): string =>
  Buffer.from(sha256(`truebound-csrf/1\n${session}`)).toString("base64url");

/** Takes as long for a wrong one as for a right one: hashes are compared, not what was sent. */
export function isSame({ sha256 }: SecretCrypto, a: string, b: string): boolean {
  return Buffer.from(sha256(a)).equals(Buffer.from(sha256(b)));
}

import { PASSWORD_LEAST } from "@truebound/wire";

/** scrypt (RFC 7914) with 32 MiB and three passes, as OWASP's list of 2024 has it. */
export interface ScryptCost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}
export const COST: ScryptCost = { log2N: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface PasswordCrypto {
  randomBytes(count: number): Uint8Array;
  /** Beside the event loop, a few at a time; null = too many wait already. */
  scrypt(password: string, salt: Uint8Array, cost: ScryptCost, bytes: number): Promise<Uint8Array | null>;
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

/** Null = too many are at it; else `scrypt$15$8$3$SALT$HASH`. */
export async function hashPassword(crypto: PasswordCrypto, password: string, cost: ScryptCost = COST): Promise<string | null> {
  const salt = crypto.randomBytes(SALT_BYTES);
  const hash = await crypto.scrypt(normal(password), salt, cost, HASH_BYTES);
  return hash && ["scrypt", cost.log2N, cost.r, cost.p, base64url(salt), base64url(hash)].join("$");
}

export type PasswordCheck = "right" | "wrong" | "busy";

/** Against nothing it costs the same: how long it takes does not tell whether there is such a person. */
export async function checkPassword(crypto: PasswordCrypto, password: string, stored: string | null): Promise<PasswordCheck> {
  const read = stored === null ? null : readHash(stored);
  const { cost, salt, hash } = read ?? { cost: COST, salt: new Uint8Array(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) };
  const got = await crypto.scrypt(normal(password), salt, cost, hash.length);
  if (got === null) return "busy";
  return crypto.equal(got, hash) && read !== null ? "right" : "wrong";
}

const STORED = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

function readHash(stored: string): { readonly cost: ScryptCost; readonly salt: Uint8Array; readonly hash: Uint8Array } | null {
  const [, log2N, r, p, salt, hash] = STORED.exec(stored) ?? [];
  if (salt === undefined || hash === undefined) return null;
  return {
    cost: { log2N: Number(log2N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64url"),
    hash: Buffer.from(hash, "base64url"),
  };
}

/** Null = it will do. Length is what counts (NIST SP 800-63B-4 section 3.1.1.2); nothing is asked of its characters. */
export function passwordTrouble(password: string, name: string): string | null {
  if ([...normal(password)].length < PASSWORD_LEAST)
    return `Cannot take this password: it is shorter than ${PASSWORD_LEAST} characters; a sentence of a few words will do`;
  if (new Set(password).size < 5) return "Cannot take this password: it repeats a few characters";
  if (normal(password).toLowerCase().replaceAll(name.toLowerCase(), "").length < PASSWORD_LEAST - 5)
    return "Cannot take this password: it is little more than the name";
  return null;
}

/** The same word typed on two keyboards. */
const normal = (password: string): string => password.normalize("NFKC");
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

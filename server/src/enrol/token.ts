import type { LabelSet } from "../policy/choose-policy.ts";
import type { EnrolCrypto, EnrolStore } from "./ports.ts";

/** What a join token permits. */
export interface TokenGrant {
  readonly uses: number;
  /** From now, by the clock of the database. */
  readonly ttlSeconds: number;
  /** Imposed on every host that joins with it. */
  readonly labels: LabelSet;
  /** `*` stands for any run of characters; absent = any name. */
  readonly namePattern?: string | null;
  /** The host waits until a person lets it in. */
  readonly approval?: boolean;
  /** The host is retired after so many hours of silence; absent = it stays. */
  readonly ephemeralHours?: number | null;
}

const TOKEN_BYTES = 32;
const LONGEST_TTL_SECONDS = 86_400;

/** Makes a join token. Only its hash is stored, so this is the one time that it can be seen. */
export async function createToken(
  store: Pick<EnrolStore, "insertToken">,
  crypto: Pick<EnrolCrypto, "randomBytes" | "sha256">,
  grant: TokenGrant,
): Promise<string> {
  if (!Number.isInteger(grant.uses) || grant.uses < 1) throw new RangeError(`Cannot make a join token with ${grant.uses} uses`);
  if (!(grant.ttlSeconds > 0 && grant.ttlSeconds <= LONGEST_TTL_SECONDS))
    throw new RangeError(`Cannot make a join token that lives ${grant.ttlSeconds} s`);
  const token = Buffer.from(crypto.randomBytes(TOKEN_BYTES)).toString("base64url");
  const { namePattern = null, approval = false, ephemeralHours = null } = grant;
  await store.insertToken({ ...grant, hash: tokenHash(crypto, token), namePattern, approval, ephemeralHours });
  return token;
}

export const tokenHash = (crypto: Pick<EnrolCrypto, "sha256">, token: string): Uint8Array => crypto.sha256(token);

/** How a token is named without its secret: the beginning of its hash. */
export const tokenId = (crypto: Pick<EnrolCrypto, "sha256">, token: string): string =>
  Buffer.from(tokenHash(crypto, token)).toString("hex").slice(0, 12);

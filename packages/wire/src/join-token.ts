/**
 * A join token as people hand it on: the secret, the pins by which the server's TLS key is known, and where the server is,
 * so that trust enters once, by a person. The bare secret of 43 characters is a token too: it carries no pins. So is what
 * Kubernetes gives a pod, which vouches for the pod in a person's stead.
 */
export interface JoinToken {
  /** 256 bits, base64url; or a service account token as it is. */
  readonly secret: string;
  /** SHA-256 of the server's public keys (SPKI, DER), base64url: the present one, and the next. */
  readonly pins: readonly string[];
  /** Where agents report, `https://host:port/`; null = the agent is told otherwise. */
  readonly server: string | null;
}

const PREFIX = "tbj1";
const SECRET = /^[A-Za-z0-9_-]{43}$/;
/** The server stands in it percent-encoded, so all of it is ASCII. */
const WHOLE = new RegExp(`^${PREFIX}\\.([A-Za-z0-9_-]{43})\\.((?:[A-Za-z0-9_-]{43}(?:,|(?=\\.)))*)\\.([\\x21-\\x7e]+)$`);

export const formatJoinToken = ({ secret, pins, server }: JoinToken & { readonly server: string }): string =>
  [PREFIX, secret, pins.join(","), encodeURIComponent(server)].join(".");

const SERVICE_ACCOUNT = /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** A JSON Web Token: its header is JSON, which in base64 begins so. */
export const isServiceAccountToken = (secret: string): boolean => SERVICE_ACCOUNT.test(secret);

/** `null` = this is no join token. */
export function parseJoinToken(text: string): JoinToken | null {
  const trimmed = text.trim();
  if (SECRET.test(trimmed) || isServiceAccountToken(trimmed)) return { secret: trimmed, pins: [], server: null };
  const [, secret, pins = "", server = ""] = WHOLE.exec(trimmed) ?? [];
  const decoded = decode(server);
  if (secret === undefined || decoded === null) return null;
  return { secret, pins: pins.split(",").filter((pin) => pin !== ""), server: decoded };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a stray per cent sign: no text of ours
  }
}

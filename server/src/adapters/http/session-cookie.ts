import type { OidcAttempt } from "../../access/oidc.ts";

/** Only from this very host, over what a browser holds secure, and never read by a script (RFC 6265bis section 4.1.3.2). */
const NAME = "__Host-truebound";
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** From a Cookie header; null = none, or more than one. */
export const sessionOf = (header: string | undefined): string | null => cookieOf(header, NAME);

function cookieOf(header: string | undefined, wanted: string): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim().split("="))
    .filter(([name]) => name === wanted)
    .map(([, value]) => value ?? "");
  return values.length === 1 ? (values[0] ?? null) : null;
}

const ATTEMPT = "__Host-truebound-oidc";
const ATTEMPT_S = 600;

export const attemptCookie = (attempt: OidcAttempt): string =>
  `${ATTEMPT}=${Buffer.from(JSON.stringify(attempt)).toString("base64url")}; ${ATTRIBUTES}; Max-Age=${ATTEMPT_S}`;
export const noAttemptCookie = `${ATTEMPT}=; ${ATTRIBUTES}; Max-Age=0`;

/** Null = this browser has begun nothing. */
export function attemptOf(header: string | undefined): OidcAttempt | null {
  const value = cookieOf(header, ATTEMPT);
  if (value === null || value === "") return null;
  try {
    const { state, nonce, verifier, to } = JSON.parse(Buffer.from(value, "base64url").toString()) as Record<string, unknown>;
    const texts = [state, nonce, verifier, to].filter((text) => typeof text === "string");
    const [a, b, c, d] = texts;
    return a === undefined || b === undefined || c === undefined || d === undefined ? null : { state: a, nonce: b, verifier: c, to: d };
  } catch {
    return null; // not of our making
  }
}

export const sessionCookie = (session: string): string => `${NAME}=${session}; ${ATTRIBUTES}`;
export const noSessionCookie = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`;

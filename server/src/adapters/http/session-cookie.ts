/** Only from this very host, over what a browser holds secure, and never read by a script (RFC 6265bis section 4.1.3.2). */
const NAME = "__Host-truebound";
const ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** From a Cookie header; null = none, or more than one. */
export function sessionOf(header: string | undefined): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim().split("="))
    .filter(([name]) => name === NAME)
    .map(([, value]) => value ?? "");
  return values.length === 1 ? (values[0] ?? null) : null;
}

export const sessionCookie = (session: string): string => `${NAME}=${session}; ${ATTRIBUTES}`;
export const noSessionCookie = `${NAME}=; ${ATTRIBUTES}; Max-Age=0`;

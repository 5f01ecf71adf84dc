/** An opaque place in a list: what the next page must come after. It names a row, so rows that come and go move nothing. */
export const encodeCursor = (parts: readonly (string | null)[]): string => Buffer.from(JSON.stringify(parts)).toString("base64url");

/** Null for anything that we did not give. */
export function decodeCursor(text: string, length: number): (string | null)[] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    const whole = Array.isArray(parts) && parts.length === length && parts.every((part) => part === null || typeof part === "string");
    return whole ? parts : null;
  } catch {
    return null;
  }
}

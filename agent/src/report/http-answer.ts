import type { HttpAnswer } from "./ports.ts";

/** What a reply says. Retry-After counts only in seconds: a date would be read by a clock that may be wrong. */
export function answerOf(status: number, retryAfter: string | undefined, body: Uint8Array): HttpAnswer {
  const seconds = retryAfter !== undefined && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : null;
  return { kind: "answer", status, body: parse(body), retryAfterSeconds: seconds };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return null; // not JSON: the status alone must do
  }
}

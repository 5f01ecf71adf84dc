import { oneLine } from "./facts.ts";
import { again, type Outcome } from "./ports.ts";

/** What a receiver answered. */
export interface HttpAnswer {
  readonly status: number;
  /** In seconds; null = it named none that can be read. */
  readonly retryAfter: number | null;
  /** Its clock, as it says it (RFC 9110); null = it does not. */
  readonly date: string | null;
  /** The beginning of it, where it is an error. */
  readonly text: string;
}

const MOST_TOLD = 160;

export function httpOutcome({ status, retryAfter, text }: HttpAnswer): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const said = oneLine(text.trim(), MOST_TOLD);
  const why = `it answers ${status}${said === "" ? "" : ` (${said})`}; ${mending(status)}`;
  if (BODY_REFUSED.has(status)) return { kind: "refused", why };
  return again(why, retryAfter ?? undefined);
}

const BODY_REFUSED = new Set([400, 413, 415, 422]);

function mending(status: number): string {
  if (status >= 300 && status < 400) return "redirects are not followed: set the address to which it leads";
  if (status === 401 || status === 403) return "see whether the secret of this channel is right and still valid";
  if (status === 404 || status === 405 || status === 410) return "see whether the address of this channel is right and still there";
  if (status === 429) return "it is told too often; it is tried again later";
  if (BODY_REFUSED.has(status)) return "see what its own log says of the request";
  return "see what its own log says; it is tried again";
}

import type { Answer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import { csrfHeader } from "./held-csrf.ts";
import type { ServerClock } from "./server-clock.ts";

/** What people change. It is never repeated by itself: a second press is a second wish. */
export const postJson = <T>(path: string, body: unknown, clock: ServerClock, patience_ms?: number): Promise<Answer<T>> =>
  exchange(
    path,
    {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", ...csrfHeader() },
      body: JSON.stringify(body),
    },
    clock,
    undefined,
    patience_ms,
  );

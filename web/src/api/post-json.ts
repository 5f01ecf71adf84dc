import type { Answer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import type { ServerClock } from "./server-clock.ts";

/** What people change. It is never repeated by itself: a second press is a second wish. */
export const postJson = <T>(path: string, body: unknown, clock: ServerClock, patience_ms?: number): Promise<Answer<T>> =>
  exchange(
    path,
    { method: "POST", headers: { accept: "application/json", "content-type": "application/json" }, body: JSON.stringify(body) },
    clock,
    undefined,
    patience_ms,
  );

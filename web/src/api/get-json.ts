import type { Answer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import type { ServerClock } from "./server-clock.ts";

export const getJson = <T>(path: string, clock: ServerClock, signal?: AbortSignal): Promise<Answer<T>> =>
  exchange(path, { headers: { accept: "application/json" } }, clock, signal);

import { spanOf } from "../check/arguments.ts";
import { parseDuration } from "../config.ts";
import type { Gate } from "./gate.ts";

export interface WaitOptions extends Gate {
  readonly timeoutMs: number;
  readonly json: boolean;
}

const [LEAST_S, MOST_S] = [1, 86_400];

/** What `wait` was told, or what is wrong with it. */
export function waitOptions(values: {
  readonly bound?: string;
  readonly timeout?: string;
  readonly unverified?: true;
  readonly json?: true;
}): WaitOptions | string {
  const { bound = null, timeout = "60s" } = values;
  const span = bound === null ? null : spanOf(bound);
  if (span === undefined || span === 0n) return `Cannot take --bound ${bound}: write a span with its unit, e.g. 500us, 1ms, 2s`;
  const seconds = parseDuration(timeout);
  if (seconds === null || seconds < LEAST_S || seconds > MOST_S)
    return `Cannot take --timeout ${timeout}: write a span from 1s to 24h, e.g. 60s`;
  return { bound: span, unverified: values.unverified === true, json: values.json === true, timeoutMs: Math.round(seconds * 1000) };
}

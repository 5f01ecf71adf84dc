import type { ClientRequest } from "node:http";

/** How long an exchange with the server may take. Node's timers run on the monotonic clock. */
export interface ExchangeLimits {
  /** Without a byte in either direction, as the request's own `timeout`. A slow road may take as long as it needs for what is sent. */
  readonly silenceMs: number;
  /** From the end of the request, or from the head of an answer that does not wait for it, to the answer's end: however it drips. */
  readonly answerMs: number;
  /** For what is under way when the agent ends. */
  readonly underWayMs: number;
  /** For what it still has to say then, each. */
  readonly lastWordMs: number;
}

export const DEFAULT_LIMITS: ExchangeLimits = { silenceMs: 20_000, answerMs: 60_000, underWayMs: 2_000, lastWordMs: 5_000 };

/** Calls `cut` with the reason when an exchange has taken too long. */
export function limitExchange(
  outgoing: ClientRequest,
  limits: ExchangeLimits,
  host: string,
  ending: AbortSignal | undefined,
  cut: (why: string) => void,
): void {
  const timers: NodeJS.Timeout[] = [];
  const within = (ms: number, why: string) => timers.push(setTimeout(() => cut(`${why} ${ms / 1000} s`), ms));
  const answerBy = () => within(limits.answerMs, `no whole answer from ${host} within`);
  const hurry = () => within(limits.underWayMs, `the agent ends, and ${host} did not answer within`);
  outgoing.on("timeout", () => cut(`no answer from ${host} within ${limits.silenceMs / 1000} s`));
  outgoing.once("finish", answerBy);
  outgoing.once("response", answerBy);
  if (ending?.aborted) within(limits.lastWordMs, `the agent ends, and ${host} did not answer within`);
  else ending?.addEventListener("abort", hurry, { once: true });
  outgoing.once("close", () => {
    ending?.removeEventListener("abort", hurry);
    for (const timer of timers) clearTimeout(timer);
  });
}

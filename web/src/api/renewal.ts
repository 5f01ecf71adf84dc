import type { Answer } from "./answer.ts";
import { throttle } from "./throttle.ts";

const RETRY_MS = 5000;

export interface Renewal {
  readonly ask: () => void;
  readonly stop: () => void;
}

/** Asks at most once per pause and never twice at a time; after a failure it asks again by itself until it is stopped. */
export function renewal<T>(pause_ms: number, ask: (signal: AbortSignal) => Promise<Answer<T>>, tell: (answer: Answer<T>) => void): Renewal {
  const abort = new AbortController();
  let isBusy = false;
  let isWanted = false;
  let retry: number | undefined;
  const run = async (): Promise<void> => {
    isWanted = isBusy;
    if (isBusy) return;
    isBusy = true;
    const answer = await ask(abort.signal);
    isBusy = false;
    if (abort.signal.aborted) return;
    tell(answer);
    window.clearTimeout(retry);
    if (!answer.ok) retry = window.setTimeout(() => asking.ask(), RETRY_MS);
    if (isWanted) asking.ask();
  };
  const asking = throttle(() => void run(), pause_ms);
  const stop = (): void => {
    abort.abort();
    asking.cancel();
    window.clearTimeout(retry);
  };
  return { ask: asking.ask, stop };
}

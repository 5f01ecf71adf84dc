import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "./answer.ts";
import { type Loaded, next } from "./loaded.ts";
import { type Renewal, renewal } from "./renewal.ts";

type Ask<T> = (signal: AbortSignal) => Promise<Answer<T>>;

export interface Request<T> {
  readonly loaded: Loaded<T>;
  /** Asks again, at most once per pause. */
  readonly renew: () => void;
}

export interface AmendedRequest<T> extends Request<T> {
  /** What became known meanwhile, laid into the answer until the next one; while there is none it is dropped. */
  readonly amend: (change: (value: T) => T) => void;
}

/**
 * Keeps one answer: asks when `key` changes, on `renew`, and by itself while the server does not answer. The old answer is forgotten
 * where `about` changes; where only the key does, the same is asked in another way, and the old one stands until the new one comes.
 */
export function useRequest<T>(key: string, pause_ms: number, ask: Ask<T>, about = key): AmendedRequest<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: "loading" });
  const asking = useRef(ask);
  asking.current = ask;
  const current = useRef<Renewal | null>(null);
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (asked.current !== about) setLoaded({ kind: "loading" });
    asked.current = about;
    const renewing = renewal(
      pause_ms,
      (signal) => asking.current(signal),
      (answer) => setLoaded((before) => next(before, answer, performance.now())),
    );
    current.current = renewing;
    renewing.ask();
    return renewing.stop;
  }, [key, pause_ms, about]);
  const amend = useCallback((change: (value: T) => T): void => {
    setLoaded((before) => (before.kind === "ready" ? { ...before, value: change(before.value) } : before));
  }, []);
  return { loaded, renew: useCallback(() => current.current?.ask(), []), amend };
}

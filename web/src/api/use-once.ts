import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Failure } from "./answer.ts";

/** What became of one question. */
export type Once<T> =
  | { readonly kind: "asking" }
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Asks once for each key. A question about the past has one answer: it is not asked again by itself, nor where it was refused. */
export function useOnce<T>(key: string, ask: (signal: AbortSignal) => Promise<Answer<T>>): Once<T> {
  const [state, setState] = useState<Once<T>>({ kind: "asking" });
  const asking = useRef(ask);
  asking.current = ask;
  useEffect(() => {
    const abort = new AbortController();
    setState({ kind: "asking" });
    void asking.current(abort.signal).then((answer) => {
      if (abort.signal.aborted) return;
      setState(answer.ok ? { kind: "answered", value: answer.value } : { kind: "failed", failure: answer.failure });
    });
    return () => abort.abort();
  }, [key]);
  return state;
}

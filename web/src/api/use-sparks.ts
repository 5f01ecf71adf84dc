import { useEffect, useRef, useState } from "preact/hooks";
import { dueSparks, laidIn, type Sparks } from "./held-sparks.ts";
import { loadSparks } from "./requests.ts";
import { useServices } from "./services.ts";

/** Whatever is first shown is shown before; and who scrolls by asks for nothing. */
const CALM_MS = 250;
const RENEW_MS = 15_000;

/** The last hours of the hosts on show, in one question for all of them, renewed by and by while somebody can see the page. */
export function useSparks(ids: readonly string[]): Sparks {
  const { clock } = useServices();
  const [held, setHeld] = useState<Sparks>(() => new Map());
  const latest = useRef(held);
  latest.current = held;
  const key = ids.join(",");
  useEffect(() => {
    const abort = new AbortController();
    const wanted = key === "" ? [] : key.split(",");
    let isBusy = false;
    const ask = async (): Promise<void> => {
      if (isBusy || document.visibilityState !== "visible") return;
      isBusy = true;
      for (const part of dueSparks(latest.current, wanted, performance.now())) {
        const answer = await loadSparks(part, clock, abort.signal);
        if (abort.signal.aborted) return;
        setHeld((before) => laidIn(before, part, answer.ok ? answer.value.items : null, performance.now()));
      }
      isBusy = false;
    };
    const first = window.setTimeout(ask, CALM_MS);
    const timer = window.setInterval(ask, RENEW_MS);
    return () => {
      abort.abort();
      window.clearTimeout(first);
      window.clearInterval(timer);
    };
  }, [key, clock]);
  return held;
}

import type { PairView, PeersView } from "@truebound/wire";
import { useEffect } from "preact/hooks";
import { loadPair, loadPeers } from "./requests.ts";
import { useServices } from "./services.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;
/** As often as the server solves. */
const POLL_MS = 10_000;

/** Asks again and again while somebody can see the page, and at once when it comes into sight. */
function usePolling(renew: () => void): void {
  useEffect(() => {
    const ask = (): void => {
      if (document.visibilityState === "visible") renew();
    };
    const timer = window.setInterval(ask, POLL_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [renew]);
}

/** How all members stand to each other. An answer that did not change costs no body: the browser asks with the ETag of the last. */
export function usePeers(): Request<PeersView> {
  const { clock } = useServices();
  const request = useRequest<PeersView>("peers", RENEW_PAUSE_MS, (signal) => loadPeers(clock, signal));
  usePolling(request.renew);
  return request;
}

/** The same, once: for the names of those on the way between two. */
export function usePeersOnce(): Request<PeersView> {
  const { clock } = useServices();
  return useRequest<PeersView>("peers", RENEW_PAUSE_MS, (signal) => loadPeers(clock, signal));
}

export function usePair(a: string, b: string): Request<PairView> {
  const { clock } = useServices();
  const request = useRequest<PairView>(`${a} ${b}`, RENEW_PAUSE_MS, (signal) => loadPair(a, b, clock, signal));
  usePolling(request.renew);
  return request;
}

import type { PairView, PeersView } from "@truebound/wire";
import { loadPair, loadPeers } from "./requests.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** How all members stand to each other, asked for as often as the server solves. An answer that did not change costs no body: the browser asks with the ETag of the last. */
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

import type { HostSummary } from "@truebound/wire";
import { useEffect, useRef } from "preact/hooks";
import { changesOrder, mergeHosts } from "./merge-hosts.ts";
import { loadHosts } from "./requests.ts";
import { useServices } from "./services.ts";
import { throttle } from "./throttle.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 2000;
const ORDER_MS = 15_000;
const DRAW_PAUSE_MS = 250;

/**
 * All hosts, live: news takes the place of what the list said, so that no host is held twice, and the list is asked for again when
 * its order may have changed.
 */
export function useFleet(): Request<readonly HostSummary[]> {
  const { clock, live } = useServices();
  const { loaded, renew, amend } = useRequest<readonly HostSummary[]>("fleet", RENEW_PAUSE_MS, (signal) => loadHosts(clock, signal));
  const list = loaded.kind === "ready" ? loaded.value : null;
  const known = useRef<ReadonlyMap<string, HostSummary>>(new Map());
  useEffect(() => {
    known.current = new Map(list?.map((host) => [host.id, host]));
  }, [list]);
  useEffect(() => {
    let fresh = new Map<string, HostSummary>();
    const drawing = throttle(() => {
      const news = fresh;
      fresh = new Map();
      amend((hosts) => mergeHosts(hosts, news));
    }, DRAW_PAUSE_MS);
    const onHost = (host: HostSummary): void => {
      if (changesOrder(fresh.get(host.id) ?? known.current.get(host.id), host)) renew();
      fresh.set(host.id, host);
      drawing.ask();
    };
    const leave = live.subscribe({ onHost, onState: (state) => state.kind !== "connecting" && renew() });
    const timer = window.setInterval(renew, ORDER_MS);
    return () => {
      leave();
      drawing.cancel();
      window.clearInterval(timer);
    };
  }, [live, renew, amend]);
  return { loaded, renew };
}

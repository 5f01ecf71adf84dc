import type { HostSummary } from "@truebound/wire";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { changesOrder, mergeHosts } from "./merge-hosts.ts";
import { loadHosts } from "./requests.ts";
import { useServices } from "./services.ts";
import { throttle } from "./throttle.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 2000;
const ORDER_MS = 15_000;
const DRAW_PAUSE_MS = 250;
type News = ReadonlyMap<string, HostSummary>;
const NO_NEWS: News = new Map();

/** All hosts, live: news is laid over the list as it comes, and the list is asked for again when its order may have changed. */
export function useFleet(): Request<readonly HostSummary[]> {
  const { clock, live } = useServices();
  const { loaded, renew } = useRequest<readonly HostSummary[]>("fleet", RENEW_PAUSE_MS, (signal) => loadHosts(clock, signal));
  const list = loaded.kind === "ready" ? loaded.value : null;
  const [news, setNews] = useState<News>(NO_NEWS);
  const known = useRef(new Map<string, HostSummary>());
  const fresh = useRef(new Map<string, HostSummary>());
  useEffect(() => {
    known.current = new Map(list?.map((host) => [host.id, host]));
    fresh.current = new Map();
    setNews(NO_NEWS);
  }, [list]);
  useEffect(() => {
    const drawing = throttle(() => setNews(new Map(fresh.current)), DRAW_PAUSE_MS);
    const onHost = (host: HostSummary): void => {
      if (changesOrder(known.current.get(host.id), host)) renew();
      known.current.set(host.id, host);
      fresh.current.set(host.id, host);
      drawing.ask();
    };
    const leave = live.subscribe({ onHost, onState: (state) => state.kind !== "connecting" && renew() });
    const timer = window.setInterval(renew, ORDER_MS);
    return () => {
      leave();
      drawing.cancel();
      window.clearInterval(timer);
    };
  }, [live, renew]);
  const hosts = useMemo(() => list && mergeHosts(list, news), [list, news]);
  return { loaded: loaded.kind === "ready" && hosts ? { ...loaded, value: hosts } : loaded, renew };
}

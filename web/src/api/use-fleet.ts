import type { HostSummary } from "@truebound/wire";
import { useEffect, useRef } from "preact/hooks";
import { changesOrder, mergeHosts } from "./merge-hosts.ts";
import { loadHosts } from "./requests.ts";
import { useServices } from "./services.ts";
import { throttle } from "./throttle.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 2000;
const ORDER_MS = 15_000;
/** In a larger fleet some host changes the order all the time, and its list is megabytes: the order waits for its turn. */
const SOON_MOST = 1000;
/** What is said within it is drawn together; well below the fifth of a second in which news should be seen. */
const DRAW_PAUSE_MS = 100;

/**
 * All hosts, live: news takes the place of what the list said, so that no host is held twice, and the list is asked for again when
 * its order may have changed. What was heard before a list was asked for is in it; what was heard since may be newer, or not.
 */
export function useFleet(): Request<readonly HostSummary[]> {
  const { clock, live } = useServices();
  const news = useRef({
    known: new Map<string, HostSummary>(),
    undrawn: new Map<string, HostSummary>(),
    sinceAsked: new Map<string, HostSummary>(),
  });
  const { loaded, renew, amend } = useRequest<readonly HostSummary[]>("fleet", RENEW_PAUSE_MS, async (signal) => {
    await live.settled();
    news.current.sinceAsked = new Map();
    const answer = await loadHosts(clock, signal);
    if (!answer.ok) return answer;
    news.current.undrawn = new Map();
    const hosts = mergeHosts(answer.value, news.current.sinceAsked);
    news.current.known = new Map(hosts.map((host) => [host.id, host]));
    return { ok: true, value: hosts };
  });
  useEffect(() => {
    const drawing = throttle(() => {
      const { undrawn } = news.current;
      news.current.undrawn = new Map();
      amend((hosts) => mergeHosts(hosts, undrawn));
    }, DRAW_PAUSE_MS);
    const onHost = (host: HostSummary): void => {
      const { known, undrawn, sinceAsked } = news.current;
      if (known.size <= SOON_MOST && changesOrder(known.get(host.id), host)) renew();
      known.set(host.id, host);
      undrawn.set(host.id, host);
      sinceAsked.set(host.id, host);
      drawing.ask();
    };
    const leave = live.subscribe({ onHost, onMissed: renew });
    const timer = window.setInterval(renew, ORDER_MS);
    return () => {
      leave();
      drawing.cancel();
      window.clearInterval(timer);
    };
  }, [live, renew, amend]);
  return { loaded, renew };
}

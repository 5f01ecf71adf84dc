import type { HostDetail, HostSummary } from "@truebound/wire";
import { useEffect } from "preact/hooks";
import { loadHost } from "./requests.ts";
import { useServices } from "./services.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** An address may carry a host's name instead of its id. */
const isAbout = (host: HostSummary, id: string): boolean => host.id === id || host.name === id;

/** Calls `onNews` when this host said something, when the stream breaks (so that the page can say whether the server still answers), and when it is back. */
export function useHostNews(id: string, onNews: () => void): void {
  const { live } = useServices();
  useEffect(
    () =>
      live.subscribe({
        onHost: (host) => isAbout(host, id) && onNews(),
        onMissed: onNews,
      }),
    [live, id, onNews],
  );
}

/** One host in full. News about it is a reason to ask again, not the answer: the summary lacks the explanation and the sources. */
export function useHost(id: string): Request<HostDetail> {
  const { clock, live } = useServices();
  const request = useRequest<HostDetail>(id, RENEW_PAUSE_MS, async (signal) => {
    await live.settled();
    return loadHost(id, clock, signal);
  });
  useHostNews(id, request.renew);
  return request;
}

import type { Incident, IncidentDetail, IncidentList } from "@truebound/wire";
import { useEffect, useRef } from "preact/hooks";
import { toMs } from "../format/instant.ts";
import { type IncidentWish, loadIncident, loadIncidents } from "./incident-requests.ts";
import { type Judging, judging } from "./judging.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** Calls `onNews` with each incident that changed, and with null when the stream breaks or is back: some may have been missed. */
export function useIncidentNews(onNews: (incident: Incident | null) => void): void {
  const { live } = useServices();
  const telling = useRef(onNews);
  telling.current = onNews;
  useEffect(
    () =>
      live.subscribe({
        onIncident: (incident) => telling.current(incident),
        onMissed: () => telling.current(null),
      }),
    [live],
  );
}

/** What is open, and whether somebody still judges. */
export interface OpenIncidents extends IncidentList {
  readonly judging: Judging;
}

/** All that is open, live. One request serves every part of the page (`open-incidents.ts`). */
export function useOpenIncidentsFeed(): Request<OpenIncidents> {
  const { clock, live } = useServices();
  const last = useRef<Judging | null>(null);
  const request = useRequest<OpenIncidents>("open", RENEW_PAUSE_MS, async (signal) => {
    await live.settled();
    const answer = await loadIncidents({ state: "open" }, clock, signal);
    if (!answer.ok) return answer;
    const { evaluated_at } = answer.value;
    const now_ms = clock.now_ms();
    const age_ms = evaluated_at === null || now_ms === null ? null : now_ms - toMs(evaluated_at);
    last.current = judging(last.current, evaluated_at, performance.now(), age_ms);
    return { ok: true, value: { ...answer.value, judging: last.current } };
  });
  useIncidentNews(request.renew);
  usePolling(request.renew);
  return request;
}

/** A part of the incidents that was wished for; asked for again when one that `concerns` it changed. */
export function useIncidents(
  key: string,
  wish: IncidentWish,
  concerns: (incident: Incident) => boolean = () => true,
): Request<IncidentList> {
  const { clock, live } = useServices();
  const request = useRequest<IncidentList>(key, RENEW_PAUSE_MS, async (signal) => {
    await live.settled();
    return loadIncidents(wish, clock, signal);
  });
  useIncidentNews((incident) => (incident === null || concerns(incident)) && request.renew());
  return request;
}

/** The latest of those with which a host of exactly this name has to do; null = of no host. */
export function useIncidentsOfHost(state: IncidentWish["state"], host: string | null): readonly Incident[] {
  const { clock, live } = useServices();
  const request = useRequest<readonly Incident[]>(host ?? "", RENEW_PAUSE_MS, async (signal) => {
    if (host === null) return { ok: true, value: [] };
    await live.settled();
    const answer = await loadIncidents({ state, host, pages: 1 }, clock, signal);
    return answer.ok ? { ok: true, value: answer.value.items } : answer;
  });
  useIncidentNews(() => host !== null && request.renew());
  return request.loaded.kind === "ready" ? request.loaded.value : [];
}

export function useIncident(id: string): Request<IncidentDetail> {
  const { clock, live } = useServices();
  const request = useRequest<IncidentDetail>(id, RENEW_PAUSE_MS, async (signal) => {
    await live.settled();
    return loadIncident(id, clock, signal);
  });
  useIncidentNews((incident) => (incident === null || incident.id === id) && request.renew());
  usePolling(request.renew);
  return request;
}

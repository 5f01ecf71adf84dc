import { type AlertingParts, loadPart } from "./alerting-requests.ts";
import { useServices } from "./services.ts";
import { useIncidentNews } from "./use-incidents.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** A part of what alerting is set to; an incident that changes may change what fires and what waits. */
export function useAlerting<K extends keyof AlertingParts>(part: K): Request<AlertingParts[K][]> {
  const { clock } = useServices();
  const request = useRequest<AlertingParts[K][]>(part, RENEW_PAUSE_MS, (signal) => loadPart(part, clock, signal));
  useIncidentNews(request.renew);
  usePolling(request.renew);
  return request;
}

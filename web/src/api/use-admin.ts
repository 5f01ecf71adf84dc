import type { ActionList, EnrolledHostList } from "@truebound/wire";
import { type AdminLists, loadActions, loadAdminList, loadEnrolments } from "./admin-requests.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** What others change meanwhile is seen too. */
export function useAdmin<K extends keyof AdminLists>(what: K): Request<AdminLists[K]> {
  const { clock } = useServices();
  const request = useRequest<AdminLists[K]>(what, RENEW_PAUSE_MS, (signal) => loadAdminList(what, clock, signal));
  usePolling(request.renew);
  return request;
}

export function useActions(): Request<ActionList> {
  const { clock } = useServices();
  const request = useRequest<ActionList>("actions", RENEW_PAUSE_MS, (signal) => loadActions(clock, signal));
  usePolling(request.renew);
  return request;
}

/** One page of the hosts that fit some words. */
export function useEnrolments(q: string, after: string): Request<EnrolledHostList> {
  const { clock } = useServices();
  const key = JSON.stringify(["enrolments", q, after]);
  const request = useRequest<EnrolledHostList>(key, RENEW_PAUSE_MS, (signal) => loadEnrolments({ q, after }, clock, signal));
  usePolling(request.renew);
  return request;
}

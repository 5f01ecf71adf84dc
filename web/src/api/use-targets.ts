import type { TargetList } from "@truebound/wire";
import { useServices } from "./services.ts";
import { loadTargets } from "./source-requests.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** What is measured by the hosts of its domain and runs no agent. */
export function useTargets(): Request<TargetList> {
  const { clock } = useServices();
  const request = useRequest<TargetList>("targets", RENEW_PAUSE_MS, (signal) => loadTargets(clock, signal));
  usePolling(request.renew);
  return request;
}

import type { SystemView } from "@truebound/wire";
import { getJson } from "./get-json.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

/** How the service itself stands. */
export function useSystem(pollMs: number): Request<SystemView> {
  const { clock } = useServices();
  const request = useRequest<SystemView>("system", RENEW_PAUSE_MS, (signal) => getJson("/api/v1/system", clock, signal));
  usePolling(request.renew, pollMs);
  return request;
}

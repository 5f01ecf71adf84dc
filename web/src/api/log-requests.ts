import type { LogAnchorList, LogView } from "@truebound/wire";
import { getJson } from "./get-json.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const LOG = "/api/v1/log";
const RENEW_PAUSE_MS = 1000;

export function useLog(): Request<LogView> {
  const { clock } = useServices();
  const request = useRequest<LogView>("log", RENEW_PAUSE_MS, (signal) => getJson(LOG, clock, signal));
  usePolling(request.renew);
  return request;
}

/** The newest. */
export function useAnchors(): Request<LogAnchorList> {
  const { clock } = useServices();
  const request = useRequest<LogAnchorList>("anchors", RENEW_PAUSE_MS, (signal) => getJson(`${LOG}/anchors?limit=50`, clock, signal));
  usePolling(request.renew);
  return request;
}

export const anchorFile = (id: string, name: "request.tsq" | "response.tsr"): string =>
  `${LOG}/anchors/${encodeURIComponent(id)}/files/${name}`;

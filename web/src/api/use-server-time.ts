import type { ServerTime } from "@truebound/wire";
import { getJson } from "./get-json.ts";
import type { Loaded } from "./loaded.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { useRequest } from "./use-request.ts";

const PAUSE_MS = 5000;

/** What the server knows of its own clock, asked again while somebody can see the page. */
export function useServerTime(): Loaded<ServerTime> {
  const { clock } = useServices();
  const { loaded, renew } = useRequest<ServerTime>("time", PAUSE_MS, (signal) => getJson("/api/v1/time", clock, signal));
  usePolling(renew);
  return loaded;
}

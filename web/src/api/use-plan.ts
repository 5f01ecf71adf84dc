import type { PlanList } from "@truebound/wire";
import { getJson } from "./get-json.ts";
import { useServices } from "./services.ts";
import { type Request, useRequest } from "./use-request.ts";

const RENEW_PAUSE_MS = 1000;

export interface PlanWish {
  /** Of the limit. */
  readonly profile: string;
  /** By id or name; null = every host. */
  readonly host: string | null;
  /** From the first of these pages on; null = from the first host. */
  readonly after: string | null;
}

/** What can be proved of a limit: asked once, since it looks at ten minutes; anew when somebody wants it. */
export function usePlan({ profile, host, after }: PlanWish): Request<PlanList> {
  const { clock } = useServices();
  const query = new URLSearchParams({ profile, ...(host === null ? {} : { host }), ...(after === null ? {} : { after }) }).toString();
  return useRequest<PlanList>(query, RENEW_PAUSE_MS, (signal) => getJson(`/api/v1/plan?${query}`, clock, signal));
}

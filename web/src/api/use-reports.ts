import type { ReportItem, ReportJob, ReportList, ReportView } from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import type { ServerClock } from "./server-clock.ts";
import { useServices } from "./services.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

const REPORTS = "/api/v1/reports";
const RENEW_PAUSE_MS = 1000;
/** While one is being made, its progress is watched. */
const WATCH_MS = 1000;
/** One that is made changes only by who signs it and what is withdrawn, and its manifest may be large. */
const MADE_MS = 60_000;
const PAGE = 50;

/** The newest pages of reports as one list, and what is being made. */
export interface ReportShelf {
  readonly items: readonly ReportItem[];
  readonly jobs: readonly ReportJob[];
  readonly next: string | null;
}

async function loadReports(pages: number, clock: ServerClock, signal: AbortSignal): Promise<Answer<ReportShelf>> {
  const items = new Map<string, ReportItem>();
  let after: string | null = null;
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after === null ? {} : { after }) });
    const answer: Answer<ReportList> = await getJson(`${REPORTS}?${query}`, clock, signal);
    if (!answer.ok) return answer;
    for (const item of answer.value.items) items.set(item.id, item);
    after = answer.value.next;
    if (after === null || page >= pages) return { ok: true, value: { items: [...items.values()], jobs: answer.value.jobs, next: after } };
  }
}

/** Nothing tells of reports, so they are asked for now and then. */
export function useReports(pages: number): Request<ReportShelf> {
  const { clock } = useServices();
  const request = useRequest<ReportShelf>("reports", RENEW_PAUSE_MS, (signal) => loadReports(pages, clock, signal));
  usePolling(request.renew, isMaking(request.loaded.kind === "ready" ? request.loaded.value.jobs : []) ? WATCH_MS : undefined);
  return request;
}

const isMaking = (jobs: readonly (ReportJob | null)[]): boolean => jobs.some((job) => job?.state === "making");

export function useReport(id: string): Request<ReportView> {
  const { clock } = useServices();
  const request = useRequest<ReportView>(id, RENEW_PAUSE_MS, (signal) => getJson(`${REPORTS}/${encodeURIComponent(id)}`, clock, signal));
  const view = request.loaded.kind === "ready" ? request.loaded.value : null;
  usePolling(request.renew, isMaking([view?.job ?? null]) ? WATCH_MS : view?.report ? MADE_MS : undefined);
  return request;
}

export const reportFile = (id: string, name: string): string => `${REPORTS}/${encodeURIComponent(id)}/files/${encodeURIComponent(name)}`;

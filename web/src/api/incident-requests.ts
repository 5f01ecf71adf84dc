import type { Incident, IncidentDetail, IncidentList, RunbookBrief, SilenceRequest } from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import { postJson } from "./post-json.ts";
import type { ServerClock } from "./server-clock.ts";

/** What became of a request for a silence. */
export interface SilenceMade {
  /** Open incidents of which nobody is told from now on; a server may not say. */
  readonly silences_now?: number;
}

const INCIDENTS = "/api/v1/incidents";
const PAGE = 200;

export interface IncidentWish {
  readonly state: "open" | "resolved" | "all";
  readonly host?: string;
  /** Of so many pages, the first; absent = all there are. */
  readonly pages?: number;
  /** Incidents on a page. */
  readonly limit?: number;
}

/** Page after page as one list; `next` is where it goes on. One that moves meanwhile may come twice; its first place counts. */
export async function loadIncidents(wish: IncidentWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<IncidentList>> {
  const found = new Map<string, Incident>();
  let after: string | null = null;
  for (let page = 1; ; page++) {
    const answer: Answer<IncidentList> = await getJson(`${INCIDENTS}?${queryOf(wish, after)}`, clock, signal);
    if (!answer.ok) return answer;
    for (const incident of answer.value.items) if (!found.has(incident.id)) found.set(incident.id, incident);
    after = answer.value.next;
    if (after === null || page === wish.pages) return { ok: true, value: { ...answer.value, items: [...found.values()] } };
  }
}

function queryOf({ state, host, limit = PAGE }: IncidentWish, after: string | null): URLSearchParams {
  const optional = { ...(host === undefined ? {} : { host }), ...(after === null ? {} : { after }) };
  return new URLSearchParams({ state, limit: String(limit), ...optional });
}

const pathOf = (id: string): string => `${INCIDENTS}/${encodeURIComponent(id)}`;

export const loadIncident = (id: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<IncidentDetail>> =>
  getJson(pathOf(id), clock, signal);

export const acknowledge = (id: string, who: string, clock: ServerClock): Promise<Answer<unknown>> =>
  postJson(`${pathOf(id)}/acknowledge`, { who }, clock);

export const comment = (id: string, who: string, words: string, clock: ServerClock): Promise<Answer<unknown>> =>
  postJson(`${pathOf(id)}/comments`, { who, words }, clock);

export const silence = (wish: SilenceRequest, clock: ServerClock): Promise<Answer<SilenceMade>> =>
  postJson("/api/v1/silences", wish, clock);

/** The beginning of the page that comes with Truebound for a finding. */
export const loadRunbook = (finding: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<RunbookBrief>> =>
  getJson(`/api/v1/runbooks/${encodeURIComponent(finding)}`, clock, signal);

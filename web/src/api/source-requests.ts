import type { SourceDetail, SourceHistory, SourceList, SourceOrder, SourceSeries, TargetList } from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";
/** More rows than anybody reads; the search finds the others. */
const MOST = "300";

/** Which sources, and in which order. */
export interface SourceWish {
  readonly words: string;
  readonly order: SourceOrder;
}

/** The server's answer, and to what. */
export interface FoundSources {
  readonly wish: SourceWish;
  readonly list: SourceList;
}

export async function loadSources(wish: SourceWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<FoundSources>> {
  const query = new URLSearchParams({ order: wish.order, limit: MOST, ...(wish.words === "" ? {} : { q: wish.words }) });
  const answer: Answer<SourceList> = await getJson(`${API}/sources?${query}`, clock, signal);
  return answer.ok ? { ok: true, value: { wish, list: answer.value } } : answer;
}

export const loadSource = (id: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<SourceDetail>> =>
  getJson(`${API}/sources/${encodeURIComponent(id)}`, clock, signal);

export const loadSourceHistory = (id: string, from: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<SourceHistory>> =>
  getJson(`${API}/sources/${encodeURIComponent(id)}/history?${new URLSearchParams({ from })}`, clock, signal);

export const loadSourceSeries = (id: string, from: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<SourceSeries>> =>
  getJson(`${API}/sources/${encodeURIComponent(id)}/series?${new URLSearchParams({ from })}`, clock, signal);

export const loadTargets = (clock: ServerClock, signal: AbortSignal): Promise<Answer<TargetList>> =>
  getJson(`${API}/targets`, clock, signal);

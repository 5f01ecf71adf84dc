import type { SourceDetail, SourceHistory, SourceSeries } from "@truebound/wire";
import { useEffect } from "preact/hooks";
import type { Loaded } from "./loaded.ts";
import { useServices } from "./services.ts";
import { type FoundSources, loadSource, loadSourceHistory, loadSourceSeries, loadSources, type SourceWish } from "./source-requests.ts";
import { usePolling } from "./use-polling.ts";
import { type Request, useRequest } from "./use-request.ts";

/** As often as a person types; the server keeps what it found for a second. */
const SEARCH_PAUSE_MS = 300;
const RENEW_PAUSE_MS = 1000;

/** What the server found stays on show until it has found what is now asked for, so that nothing jumps while somebody types. */
export function useSources(wish: SourceWish): Request<FoundSources> {
  const { clock } = useServices();
  const request = useRequest<FoundSources>("sources", SEARCH_PAUSE_MS, (signal) => loadSources(wish, clock, signal));
  const { renew } = request;
  useEffect(renew, [renew, wish.words, wish.order]);
  usePolling(renew);
  return request;
}

export function useSource(id: string): Request<SourceDetail> {
  const { clock } = useServices();
  const request = useRequest<SourceDetail>(id, RENEW_PAUSE_MS, (signal) => loadSource(id, clock, signal));
  usePolling(request.renew);
  return request;
}

/** Asked for again when more or fewer hosts call it false than before: each of them has told of a change. */
export function useSourceHistory({ id, false_by }: Pick<SourceDetail, "id" | "false_by">, from: string): Loaded<SourceHistory> {
  const { clock } = useServices();
  const { loaded, renew } = useRequest<SourceHistory>(`${id} ${from}`, RENEW_PAUSE_MS, (signal) =>
    loadSourceHistory(id, from, clock, signal),
  );
  useEffect(renew, [renew, false_by]);
  return loaded;
}

/** As its history. */
export function useSourceSeries({ id, false_by }: Pick<SourceDetail, "id" | "false_by">, from: string): Loaded<SourceSeries> {
  const { clock } = useServices();
  const { loaded, renew } = useRequest<SourceSeries>(`${id} ${from}`, RENEW_PAUSE_MS, (signal) =>
    loadSourceSeries(id, from, clock, signal),
  );
  useEffect(renew, [renew, false_by]);
  return loaded;
}

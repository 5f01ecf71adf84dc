import type { HostDetail, Series } from "@truebound/wire";
import { useEffect, useMemo } from "preact/hooks";
import { loadEvents } from "../../api/requests.ts";
import { useServices } from "../../api/services.ts";
import { useRequest } from "../../api/use-request.ts";
import { type EventMark, marksOf } from "../../charts/band-annotations.ts";

const PAUSE_MS = 2000;
const NONE: readonly EventMark[] = [];

/** Events in what is drawn. What is found later joins with the next picture; where they cannot be had, the list below still has the latest. */
export function useEventsIn(id: HostDetail["id"], { from, to }: Series): readonly EventMark[] {
  const { clock } = useServices();
  const { loaded, renew } = useRequest(`events ${id}`, PAUSE_MS, (signal) => loadEvents(id, { from, to }, clock, signal));
  useEffect(renew, [renew, from, to]);
  const items = loaded.kind === "ready" ? loaded.value.items : null;
  return useMemo(() => (items === null ? NONE : marksOf(items)), [items]);
}

import type { Series } from "@truebound/wire";
import { useCallback } from "preact/hooks";
import type { Loaded } from "../../api/loaded.ts";
import { loadSeries } from "../../api/requests.ts";
import { useServices } from "../../api/services.ts";
import { useHostNews } from "../../api/use-host.ts";
import { useRequest } from "../../api/use-request.ts";
import { endText, isLive, type Range, resolve } from "../../route/range.ts";

const POINTS_MIN = 200;
const POINTS_MAX = 2000;
const POINTS_STEP = 100;
const PAUSE_MIN_MS = 1000;
const PAUSE_MAX_MS = 15_000;

/** The series of a range, about one point per pixel; renewed on news of the host while the range ends now. */
export function useSeries(id: string, range: Range, width_px: number): Loaded<Series> {
  const { clock } = useServices();
  const points = pointsFor(width_px);
  const [from, to] = [endText(range.from), endText(range.to)];
  const stretch = [id, from, to].join(" ");
  const ask = (signal: AbortSignal) => loadSeries(id, { from, to, points }, clock, signal);
  const { loaded, renew } = useRequest<Series>(`${stretch} ${points}`, pauseFor(range, points), ask, stretch);
  const follows = isLive(range);
  useHostNews(
    id,
    useCallback(() => follows && renew(), [follows, renew]),
  );
  return loaded;
}

/** In steps, so that resizing a window does not ask for every width on the way. */
export const pointsFor = (width_px: number): number =>
  Math.min(POINTS_MAX, Math.max(POINTS_MIN, Math.ceil(width_px / POINTS_STEP) * POINTS_STEP));

/** A picture needs no news more often than its last pixel moves. */
function pauseFor(range: Range, points: number): number {
  const { from_ms, to_ms } = resolve(range, 0);
  return Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, (to_ms - from_ms) / points));
}

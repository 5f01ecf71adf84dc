import type { TermsSeries } from "@truebound/wire";
import { useCallback } from "preact/hooks";
import type { Loaded } from "../../api/loaded.ts";
import { loadTerms } from "../../api/requests.ts";
import { useServices } from "../../api/services.ts";
import { useHostNews } from "../../api/use-host.ts";
import { useRequest } from "../../api/use-request.ts";
import { DEFAULT_RANGE, endText, isLive, parseRange } from "../../route/range.ts";

const PAUSE_MS = 5000;

/** What batches of the stretch in the address say of width and rate; renewed with the host's news while the stretch ends now. */
export function useTerms(host: string, search: string): Loaded<TermsSeries> {
  const { clock } = useServices();
  const query = new URLSearchParams(search);
  const range = parseRange(query.get("from"), query.get("to")) ?? DEFAULT_RANGE;
  const wish = { from: endText(range.from), to: endText(range.to) };
  const { loaded, renew } = useRequest<TermsSeries>(`${host} ${wish.from} ${wish.to}`, PAUSE_MS, (signal) =>
    loadTerms(host, wish, clock, signal),
  );
  const follows = isLive(range);
  useHostNews(
    host,
    useCallback(() => follows && renew(), [follows, renew]),
  );
  return loaded;
}

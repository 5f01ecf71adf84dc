import type {
  AlertRuleView,
  ChannelTest,
  ChannelView,
  MaintenanceMade,
  MaintenanceRequest,
  MaintenanceView,
  Silence,
  Weekly,
  WindowTimes,
} from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import { postJson } from "./post-json.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";
/** A channel that hangs is waited for by the server, which says so; that may take longer than any other answer. */
const TEST_MS = 60_000;

/** All that alerting is set to: lists, and what each holds. */
export interface AlertingParts {
  readonly rules: AlertRuleView;
  readonly channels: ChannelView;
  readonly silences: Silence;
  readonly maintenance: MaintenanceView;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Page after page, as one list. */
export async function loadPart<K extends keyof AlertingParts>(
  part: K,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<AlertingParts[K][]>> {
  const items: AlertingParts[K][] = [];
  let after: string | null = null;
  do {
    const query: string = after === null ? "" : `?${new URLSearchParams({ after })}`;
    const page: Answer<Page<AlertingParts[K]>> = await getJson(`${API}/${part}${query}`, clock, signal);
    if (!page.ok) return page;
    items.push(...page.value.items);
    after = page.value.next;
  } while (after !== null);
  return { ok: true, value: items };
}

export const testChannel = (name: string, clock: ServerClock): Promise<Answer<ChannelTest>> =>
  postJson(`${API}/channels/${encodeURIComponent(name)}/test`, {}, clock, TEST_MS);

export const endSilence = (id: string, clock: ServerClock): Promise<Answer<unknown>> =>
  postJson(`${API}/silences/${encodeURIComponent(id)}/end`, {}, clock);

export const loadWindowTimes = (
  { days, at, for_s, timezone }: Weekly,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<WindowTimes>> =>
  getJson(`${API}/maintenance/next?${new URLSearchParams({ days: days.join(","), at, for_s: String(for_s), timezone })}`, clock, signal);

export const addWindow = (wish: MaintenanceRequest, clock: ServerClock): Promise<Answer<MaintenanceMade>> =>
  postJson(`${API}/maintenance`, wish, clock);
export const endWindow = (name: string, who: string, clock: ServerClock): Promise<Answer<MaintenanceView>> =>
  postJson(`${API}/maintenance/${encodeURIComponent(name)}/end`, { who }, clock);

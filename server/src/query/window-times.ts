import { validator, Weekly, type WindowTimes } from "@truebound/wire";
import { nextTimes, weeklyFault } from "../alert/maintenance-window.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { QueryStore } from "./ports.ts";
import type { Parameters } from "./questions.ts";

const TIMES_SHOWN = 3;
const WEEKLY = validator(Weekly);

/** When a window of every week would hold, before anybody declares it. */
export async function askWindowTimes(
  store: Pick<QueryStore, "now">,
  { days = "", at, for_s = "", timezone }: Parameters,
): Promise<WindowTimes | Refusal> {
  const weekly: unknown = { days: days.split(","), at, for_s: /^\d{1,9}$/.test(for_s) ? Number(for_s) : null, timezone };
  if (!WEEKLY.accepts(weekly))
    return refuse(
      "bad_request",
      "Cannot read a window of every week: write days=sat,sun, at=02:00, for_s=7200 (60 to 604800) and a timezone",
    );
  const wrong = weeklyFault(weekly);
  return wrong === null
    ? { items: nextTimes(weekly, await store.now(), TIMES_SHOWN) }
    : refuse("bad_request", `Cannot say when it would hold: ${wrong}`);
}

import { expect, it } from "vitest";
import { serverTimeWords } from "./server-time-words.ts";

const at = "2026-11-27T06:00:00.000Z";

it.each([
  ["2026-11-27T05:59:59.995Z", "2026-11-27T06:00:00.002Z", null, "proven", "within 5 ms of UTC"],
  [at, at, null, "proven", "within 0 ns of UTC"],
  ["2026-11-27T06:00:00.400Z", "2026-11-27T06:00:00.500Z", null, "proven-off", "proved at least 400 ms behind UTC"],
  ["2026-11-27T05:59:58.000Z", "2026-11-27T05:59:58.500Z", null, "proven-off", "proved at least 1.5 s ahead of UTC"],
  [null, null, "no_agent_here", "unknown", "unknown: no agent runs beside it"],
  [null, null, "too_old", "unknown", "unknown: what is known of it is too old"],
  [null, null, null, "unknown", "unknown: it says no bound"],
] as const)("between %s and %s (%s) it is %s: %s", (earliest, latest, reason, look, words) =>
  expect(serverTimeWords({ at, earliest, latest, reason })).toEqual({ look, words }),
);

import type { Outcome, Taken, Verdict } from "./ports.ts";

const FIRST_PAUSE_MS = 1000;
const MOST_PAUSE_MS = 300_000;
const DAY_S = 86_400;
/** The clock of the database may have jumped: a day that was tried through has more tries than these. */
const TRIES_OF_A_DAY = 100;
/** Somebody on the way may have refused it, not the receiver. */
const TRIES_OF_REFUSED = 8;

/** Twice as long each time, up to five minutes, and never the same for two. */
export function pauseMs(attempts: number, random: number): number {
  const most = Math.min(MOST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20));
  return most * (0.5 + random / 2);
}

export function verdictOn(outcome: Outcome, { attempts, ageSeconds }: Pick<Taken, "attempts" | "ageSeconds">, random: number): Verdict {
  if (outcome.kind === "delivered") return { state: "delivered" };
  const error = outcome.why;
  const isSpent = outcome.kind === "refused" ? attempts >= TRIES_OF_REFUSED : ageSeconds >= DAY_S && attempts >= TRIES_OF_A_DAY;
  if (isSpent) return { state: "given_up", error };
  const asked = outcome.kind === "again" ? (outcome.afterSeconds ?? 0) * 1000 : 0;
  return { state: "due", error, pauseMs: Math.max(pauseMs(attempts, random), Math.min(asked, MOST_PAUSE_MS)) };
}

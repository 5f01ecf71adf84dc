import type { Sample } from "../metrics/fleet-samples.ts";
import { ageWords, fail, pass, type SystemCheck, secondsSince, unknown, unset, warn } from "./check.ts";
import { countOf } from "./database-checks.ts";
import type { DatabaseFacts, ProcessFacts } from "./facts.ts";

const NOT_OURS = "A Prometheus tells people, not this server";
const LATE_S = 300;
const LOST_S = 3600;

/** Whether what is due is told at all. */
export function notifierCheck({ teller, dueSince, now }: DatabaseFacts): SystemCheck {
  if (teller === "prometheus") return pass("notifier", NOT_OURS);
  if (dueSince === null) return pass("notifier", "Nothing waits to be told");
  const age = secondsSince(dueSince, now);
  if (age <= LATE_S) return pass("notifier", `What waits to be told waits for ${ageWords(age)} at most`);
  const words = `Something waits to be told for ${ageWords(age)}`;
  return (age > LOST_S ? fail : warn)("notifier", words, "truebound channel list, then truebound channel test NAME", dueSince);
}

/** Whether each channel takes what it is told. */
export function channelsCheck({ teller, channels }: DatabaseFacts): SystemCheck {
  if (teller === "prometheus") return pass("channels", NOT_OURS);
  if (channels.length === 0) return unset("channels", "Nobody is told: no channel is set", "truebound apply, with channels in its file");
  const enabled = channels.filter((one) => one.enabled);
  if (enabled.length === 0)
    return warn("channels", "Nobody is told: every channel is switched off", "truebound apply, with one of them enabled");
  const failing = enabled.filter(({ last }) => last !== null && !last.delivered);
  const [first] = failing;
  if (first === undefined) return pass("channels", `${countOf(enabled.length, "channel takes", "channels take")} what they are told`);
  const named = failing.map(({ name, last }) => `${name}${last?.error ? ` (${last.error})` : ""}`).join(", ");
  const since = failing.flatMap(({ last }) => (last === null ? [] : [last.at])).toSorted((a, b) => Number(a - b))[0] ?? null;
  const state = failing.length === enabled.length ? fail : warn;
  return state("channels", `Could not be told lately: ${named}`, `truebound channel test ${first.name}`, since);
}

const BEAT_LATE_S = 300;

export function heartbeatCheck({ hasHeartbeat }: DatabaseFacts, process: ProcessFacts | null): SystemCheck {
  if (!hasHeartbeat)
    return unset("heartbeat", "Nobody outside would notice that this service stopped", "truebound apply, with heartbeat in its file");
  const age = sampleOf(process, "heartbeatAge");
  if (age === null) return unknown("heartbeat", process === null ? ONLY_SERVERS : "None arrived since this server began");
  if (age <= BEAT_LATE_S) return pass("heartbeat", `The last one arrived ${ageWords(age)} ago`);
  return fail("heartbeat", `The last one arrived ${ageWords(age)} ago`, "see the server's log for why it is kept back");
}

export const ONLY_SERVERS = "Only a server that runs knows: see Administration, System on its page";

export const sampleOf = (process: ProcessFacts | null, family: Sample["family"]): number | null =>
  process?.samples.find((sample) => sample.family === family)?.value ?? null;

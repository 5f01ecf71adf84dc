import { leapFileExpired } from "../alert/findings/fleet.ts";
import { fail, ofFinding, pass, type SystemCheck, unknown, warn } from "./check.ts";
import { countOf } from "./database-checks.ts";
import type { DatabaseFacts, ProcessFacts, SystemFacts } from "./facts.ts";
import { ONLY_SERVERS } from "./telling-checks.ts";

/** Refused for want of room, time or a database: the agent comes again, and nothing is wrong with what it sent. */
const SHED: readonly string[] = ["rate", "unavailable"];
/** What the dialogue with an agent brings by itself, or a person decided. */
const ORDINARY: readonly string[] = ["seq_gap", "revoked", "suspended"];

export function sheddingCheck(process: ProcessFacts | null): SystemCheck {
  if (process === null) return unknown("shedding", ONLY_SERVERS);
  const shed = sumOf(process, (code) => SHED.includes(code));
  if (shed === 0) return pass("shedding", "Within the last hour nobody was asked to come again later");
  const words = `${countOf(shed, "delivery was", "deliveries were")} turned away within the last hour for want of room: agents keep them and come again`;
  return warn("shedding", words, "see how busy this machine and the database are; a host that sends too much is in the server's log");
}

export function refusalsCheck(process: ProcessFacts | null): SystemCheck {
  if (process === null) return unknown("refusals", ONLY_SERVERS);
  const wrong = [...process.turnedAway]
    .filter(([code]) => !SHED.includes(code) && !ORDINARY.includes(code))
    .toSorted((a, b) => b[1] - a[1]);
  if (wrong.length === 0) return pass("refusals", "Within the last hour no delivery was refused for what it is");
  const named = wrong.map(([code, count]) => `${code.replaceAll("_", " ")} (${count})`).join(", ");
  return warn(
    "refusals",
    `Deliveries were refused within the last hour: ${named}`,
    "truebound host list shows who is suspended or revoked; the agent's log says why it was refused",
  );
}

/** Evidence that is kept as it came, and of which nothing was derived. */
export function unreadableCheck({ unreadable }: DatabaseFacts, process: ProcessFacts | null): SystemCheck {
  const recent = process?.quarantined ?? 0;
  if (unreadable.count === 0 && recent === 0) return pass("unreadable", "The latest batch of every host can be read");
  const more = unreadable.count - unreadable.names.length;
  const hosts = `${unreadable.names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const parts = [
    ...(unreadable.count === 0 ? [] : [`the latest batch of ${hosts} cannot be read`]),
    ...(recent === 0 ? [] : [`${countOf(recent, "batch", "batches")} of the last hour could not be read`]),
  ];
  const words = parts.join("; ");
  return warn(
    "unreadable",
    `${words.charAt(0).toUpperCase()}${words.slice(1)}: kept as it came`,
    "bring the agent and the server to one version, then truebound rebuild --host HOST",
  );
}

const sumOf = ({ turnedAway }: ProcessFacts, isMeant: (code: string) => boolean): number =>
  [...turnedAway].reduce((sum, [code, count]) => sum + (isMeant(code) ? count : 0), 0);

export const ownClockCheck = (process: ProcessFacts | null): SystemCheck =>
  process === null
    ? unknown("own_clock", ONLY_SERVERS)
    : ofFinding(
        "own_clock",
        process.ownClock,
        "warn",
        "see the page of the host that measures it; where none does, on this machine: truebound token create, then truebound-agent enroll",
      );

export function leapListCheck({ leaps }: Pick<SystemFacts, "leaps">, { now }: DatabaseFacts): SystemCheck {
  const finding = leapFileExpired(leaps, now);
  const mend = "TRUEBOUND_LEAP_FILE=FILE, a newer leap-seconds.list";
  return leaps.expires <= now ? fail("leap_list", finding.words, mend, leaps.expires) : ofFinding("leap_list", finding, "warn", mend);
}

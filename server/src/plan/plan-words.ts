import {
  atMost,
  type Goal,
  isVouchedFor,
  missingVotes,
  type PlannedChange,
  type Prospect,
  type Situation,
  votesNeeded,
} from "@truebound/time";
import type { Liveness, PlanGoal, PlanVerdict } from "@truebound/wire";
import { atLeast } from "../audit/profile-words.ts";
import { ageWords } from "../system/check.ts";

/** Three digits, rounded down: a pace or a share that suffices. */
function shortly(ns: bigint): string {
  const grain = 10n ** BigInt(Math.max(0, ns.toString().length - 3));
  return atLeast((ns / grain) * grain);
}

/** What somebody has to do, in one line. */
export function changeInWords(
  { kind, atMost: most }: PlannedChange,
  situation: Situation,
  pace: { readonly reading: bigint; readonly poll: bigint },
): string {
  const within = most === null ? "" : shortly(most);
  switch (kind) {
    case "slew":
      return "Let chronyd alone steer this clock, with maxslewrate 500 in its configuration: it then strays at most 25 µs between two readings a tenth of a second apart, besides its own frequency error";
    case "pace":
      return `Set limit: ${exactly(situation.limit)} in the host's policy: sources are then polled every ${shortly(pace.poll)} and the clock is read every ${shortly(pace.reading)}`;
    case "name_sources":
      return "Name sources of your own: those of a pool are polled no more often than each 64 s, discovered ones each 16 s, and yours each second";
    case "late":
      return `Leave the agent a processor when it needs one: its readings came up to ${atMost(situation.readLate)} late`;
    case "offset":
      return `Correct the clock itself, or see that its sources answer each poll: the worst sample is ${atMost(situation.sample.offset)} beyond what path, root and stamps explain, and ${within} may be left`;
    case "certificate":
      return `Declare the uncertainty that the source's certificate states, if it is at most ${within}: it advertises ${atMost(situation.sample.root)}`;
    case "residual":
      return "Declare the residual that the host's own evidence suggests (calibrated_residual_ppb in its policy): one more assumption, named in every record and watched";
    case "sources":
      return `Add ${count(missingVotes(situation), "independent source")}, or have those that are silent answer again: ${situation.votes.length} of ${votesNeeded(situation.faults)} votes are there`;
    case "trust":
      return "Declare a source as trusted: one more assumption, named in every record, and withdrawn when the others contradict it";
    case "nearer":
      return `Not over this network: use a source whose path and root together are at most ${within} (they are ${atMost(situation.sample.path + situation.sample.root)})`;
    default:
      return kind satisfies never;
  }
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;

/** As a policy's file takes it. */
const exactly = (ns: bigint): string =>
  ns % 1_000_000n === 0n ? `${ns / 1_000_000n}ms` : ns % 1000n === 0n ? `${ns / 1000n}us` : `${ns}ns`;

export function goalInWords(goal: Goal, verdict: PlanVerdict, situation: Situation, found: Prospect): string {
  const where = goal === "live" ? "at every instant, with one reply lost" : "in a report";
  switch (verdict) {
    case "yes":
      return `Proved ${where}: within ${atMost(found[goal])}`;
    case "no":
      if (situation.limit <= 0n) return "Not for this application: its own error takes the whole limit";
      return isVouchedFor(situation, goal, found)
        ? `Not proved ${where}: up to ${atMost(found[goal])}`
        : `Nothing is proved ${where}: ${situation.disagree ? "its sources exclude each other" : "too few sources vouch for it"}`;
    case "out_of_reach":
      return "Not over this network: path and root of the best sample fill the limit already";
    case "unknown":
      return NO_EVIDENCE;
    default:
      return verdict satisfies never;
  }
}

const NO_EVIDENCE = "Unknown: no report of the last ten minutes says what its bound is made of";

/** Of a host of which nothing is known, or nothing of now. @param heardAgo ns since its last report came; null = none ever has */
export const notKnown = (liveness: Liveness, heardAgo: bigint | null): PlanGoal => ({
  verdict: "unknown",
  worst_ns: null,
  needs: null,
  ways: [],
  words: unknownInWords(liveness, heardAgo === null ? null : ageWords(Number(heardAgo / 1_000_000n) / 1000)),
});

function unknownInWords(liveness: Liveness, ago: string | null): string {
  switch (liveness) {
    case "silent":
      return `Unknown: the host is silent, ${ago === null ? "and has never reported" : `last heard ${ago} ago`}`;
    case "carried":
      return `Unknown: its reports are carried here in files, ${ago === null ? "and none has come yet" : `the last of them ${ago} ago`}`;
    case "retired":
    case "revoked":
      return `Unknown: the host was ${liveness}${ago === null ? "" : `, last heard ${ago} ago`}`;
    case "enrolled":
    case "reporting":
    case "late":
      return NO_EVIDENCE;
    default:
      return liveness satisfies never;
  }
}

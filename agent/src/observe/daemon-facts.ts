import { type Interval, intersect, maxOf } from "@truebound/time";
import { claimsIn, type DaemonSays } from "@truebound/wire";
import type { WitnessTrouble } from "./ports.ts";
import type { RunningDaemon } from "./running-daemon.ts";

/** The source that the daemon follows, as we hear it ourselves. Counts since the agent's start. */
export interface Followed {
  readonly id: string;
  /** Replies that were evidence. */
  readonly replies: number;
  /** Replies that said of themselves that they are not synchronised. */
  readonly unsynchronised: number;
}

/** What one look at the host's daemon gave. */
export interface DaemonFacts {
  /** The host's ruler after the answer, ns. */
  readonly at: bigint;
  readonly says: DaemonSays;
  /** Where the offset was proved to be from before the question to after the answer; null = nothing was proved of that time. */
  readonly measured: Interval | null;
  /** What each independent vote of the host's own sources says of the offset. */
  readonly votes: readonly Interval[];
  /** Null = processes were not looked at. */
  readonly running: RunningDaemon | null;
  /** Why it does not answer; null = it answers. */
  readonly trouble: WitnessTrouble | null;
  /** It says that it is synchronised, to its own clock or to a grandmaster that follows nothing itself; null = it says no such thing. */
  readonly baseless: "follows_its_own_clock" | "grandmaster_follows_nothing" | null;
  /** Null = we do not ask that source, or it is not known which it is. */
  readonly followed: Followed | null;
}

/** What of earlier looks a later one has to know. */
export interface DaemonMemory {
  /** A daemon was seen to steer this clock. */
  readonly ran: boolean;
  /** It answered. */
  readonly answered: boolean;
  /** The kernel's `maxerror`, and when it last fell, ns on the ruler: only a daemon makes it fall. Null = it never did. */
  readonly kernel: { readonly maxError: bigint; readonly fellAt: bigint | null } | null;
  readonly followed: Followed | null;
  /** The widest bound that excluded the claim since one as narrow last held it, ns from end to end: a wider one tells nothing of that. Null = none did. */
  readonly excludedBy: bigint | null;
}

export const NOTHING_KNOWN: DaemonMemory = { ran: false, answered: false, kernel: null, followed: null, excludedBy: null };

/** What the daemon claims first, beside what was proved of the same time; null = one of them is not there. */
export function claimBeside({ says, measured }: Pick<DaemonFacts, "says" | "measured">) {
  const [first] = claimsIn(says);
  if (measured === null || first === undefined || first.interval === null) return null;
  return { claimant: first.claimant, claim: first.interval, measured, width: measured.hi - measured.lo };
}

export function remember(memory: DaemonMemory, facts: DaemonFacts): DaemonMemory {
  const { at, says, running, trouble, followed } = facts;
  return {
    ran: memory.ran || (running !== null && running.daemons.length > 0),
    answered: memory.answered || trouble === null,
    kernel: says.kernel === undefined ? memory.kernel : keptOf(memory.kernel, BigInt(says.kernel.max_error_ns), at),
    followed: followed ?? memory.followed,
    excludedBy: excludedByOf(memory, facts),
  };
}

function excludedByOf({ excludedBy }: DaemonMemory, facts: DaemonFacts): bigint | null {
  const both = claimBeside(facts);
  if (both === null) return excludedBy;
  const { claim, measured, width } = both;
  if (intersect(claim, measured) === null) return maxOf(excludedBy ?? width, width);
  return excludedBy !== null && width > excludedBy ? excludedBy : null;
}

function keptOf(before: DaemonMemory["kernel"], maxError: bigint, at: bigint): NonNullable<DaemonMemory["kernel"]> {
  const fell = before !== null && maxError < before.maxError;
  return { maxError, fellAt: fell ? at : (before?.fellAt ?? null) };
}

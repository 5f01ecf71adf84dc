import type { LabelSet } from "../policy/choose-policy.ts";
import { DAY_NS, type Day, startOf } from "./days.ts";
import { type Hold, isHeld } from "./holds.ts";
import { chooseRule, type EvidenceRule } from "./rules.ts";

/** What of one host was received on one day. */
export interface HostDay {
  readonly host: string;
  readonly labels: LabelSet;
  /** It was retired or revoked: whatever its agent still has will never come. */
  readonly isGone: boolean;
  /** Some of it is not checkpointed: the agent may be asked for what lies around it. */
  readonly unconfirmed: boolean;
  /** From its first reading to its last, on the UTC estimate; null = none has a place. */
  readonly measured: { readonly from: bigint; readonly to: bigint } | null;
}

export interface RetentionFacts {
  /** By the clock of the database. */
  readonly now: bigint;
  readonly rules: readonly EvidenceRule[];
  readonly holds: readonly Hold[];
}

/** Why something stays, or that it may go. */
export type Fate = "goes" | "young" | "unconfirmed" | "held";

/** An agent keeps what it sent for so long, to fill a server that was set back to a backup. */
export const REFILL_NS = 2n * DAY_NS;

/** Of batches as such: classes that drop them earlier, as soon as they are checkpointed or vouched for, do so elsewhere. */
export function fateOf(one: HostDay, day: Day, { now, rules, holds }: RetentionFacts): Fate {
  const age = now - startOf(day + 1);
  const days = BigInt(chooseRule(one.labels, rules).days) * DAY_NS;
  if (age < days || age < REFILL_NS) return "young";
  if (one.unconfirmed && !one.isGone) return "unconfirmed";
  return isHeld({ id: one.host, labels: one.labels }, stretchOf(one, day), holds) ? "held" : "goes";
}

/** What was received on a day may have been measured long before; a hold on either holds it. */
const stretchOf = ({ measured }: HostDay, day: Day) => {
  const received = { from: startOf(day), to: startOf(day + 1) };
  if (measured === null) return received;
  return { from: least(received.from, measured.from), to: most(received.to, measured.to) };
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export interface Verdict {
  /** Those whose rows may go. */
  readonly go: readonly HostDay[];
  /** Nothing in it has to stay. */
  readonly whole: boolean;
}

/** A partition goes as a whole or not at all; where something in it must stay, the rest goes by row. */
export function judgeDay(day: Day, hosts: readonly HostDay[], facts: RetentionFacts): Verdict {
  const go = hosts.filter((one) => fateOf(one, day, facts) === "goes");
  return { go, whole: go.length === hosts.length };
}

/** Days that are worth a look: younger ones cannot hold anything that may go. */
export function oldDays(days: readonly Day[], { now, rules }: Pick<RetentionFacts, "now" | "rules">): Day[] {
  const shortest = rules.reduce((least, { days: kept }) => Math.min(least, kept), 30);
  const age = most(BigInt(shortest) * DAY_NS, REFILL_NS);
  return days.filter((day) => now - startOf(day + 1) >= age).sort((a, b) => a - b);
}

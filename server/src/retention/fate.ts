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
  /** Some of it lies under no signed head of the log yet. */
  readonly unsealed: boolean;
  /** Of its batches all that can be stated apart is, and what is left waits for its age. */
  readonly condensed: boolean;
  /** From its first reading to its last, on the UTC estimate; null = none has a place. */
  readonly measured: { readonly from: bigint; readonly to: bigint } | null;
}

export interface RetentionFacts {
  /** By the clock of the database, as far as the fleet proves it (fleet-time.ts). */
  readonly now: bigint;
  readonly rules: readonly EvidenceRule[];
  readonly holds: readonly Hold[];
}

/** Why something stays, or that it may go; `condenses` = its signed spans may take its place. */
export type Fate = "goes" | "condenses" | "young" | "unsealed" | "unconfirmed" | "held";

/** An agent keeps what it sent for so long, to fill a server that was set back to a backup. */
export const REFILL_NS = 2n * DAY_NS;

export function fateOf(one: HostDay, day: Day, { now, rules, holds }: RetentionFacts): Fate {
  const age = now - startOf(day + 1);
  const rule = chooseRule(one.labels, rules);
  const wanted = age >= BigInt(keptDays(rule)) * DAY_NS ? "goes" : rule.class === "audit" && !one.condensed ? "condenses" : "young";
  if (wanted === "young" || age < REFILL_NS) return "young";
  if (one.unsealed) return "unsealed";
  if (one.unconfirmed && !one.isGone) return "unconfirmed";
  return isHeld({ id: one.host, labels: one.labels }, stretchOf(one, day), holds) ? "held" : wanted;
}

/** Of batches. */
const keptDays = (rule: EvidenceRule): number => (rule.class === "none" ? 0 : rule.days);

/** What was received on a day may have been measured long before; a hold on either holds it. */
export const stretchOf = ({ measured }: Pick<HostDay, "measured">, day: Day) => {
  const received = { from: startOf(day), to: startOf(day + 1) };
  if (measured === null) return received;
  return { from: least(received.from, measured.from), to: most(received.to, measured.to) };
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export interface Verdict {
  /** Those whose rows may go. */
  readonly go: readonly HostDay[];
  /** Those whose signed spans may take the place of their batches. */
  readonly condense: readonly HostDay[];
  /** Nothing in it has to stay. */
  readonly whole: boolean;
}

/** A partition goes as a whole or not at all; where something in it must stay, the rest goes by row. */
export function judgeDay(day: Day, hosts: readonly HostDay[], facts: RetentionFacts): Verdict {
  const fates = hosts.map((one) => ({ one, fate: fateOf(one, day, facts) }));
  const of = (wanted: Fate) => fates.filter(({ fate }) => fate === wanted).map(({ one }) => one);
  return { go: of("goes"), condense: of("condenses"), whole: fates.every(({ fate }) => fate === "goes") };
}

/** Days that are worth a look: younger ones cannot hold anything that may go. */
export function oldDays(days: readonly Day[], { now, rules }: Pick<RetentionFacts, "now" | "rules">): Day[] {
  const shortest = rules.reduce((least, rule) => Math.min(least, rule.class === "audit" ? 0 : keptDays(rule)), 30);
  const age = most(BigInt(shortest) * DAY_NS, REFILL_NS);
  return days.filter((day) => now - startOf(day + 1) >= age).sort((a, b) => a - b);
}

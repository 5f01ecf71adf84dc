import type { LabelSet } from "../policy/choose-policy.ts";
import { DAY_NS, type Day, startOf } from "./days.ts";
import { type RetentionFacts, stretchOf } from "./fate.ts";
import { holdsOver } from "./holds.ts";
import { chooseRule, type EvidenceClass, type EvidenceRule } from "./rules.ts";

/** What a file of the archive holds of one host. */
export interface ArchivedHost {
  readonly host: string;
  readonly labels: LabelSet;
  readonly rows: number;
  readonly measured: { readonly from: bigint; readonly to: bigint } | null;
}

export interface ArchivedFile {
  readonly day: Day;
  readonly part: number;
  readonly file: string;
  readonly bytes: number;
  readonly hosts: readonly ArchivedHost[];
}

/** Why a host's batches went, as it is kept for good. */
export interface Expired {
  readonly host: string;
  readonly rows: number;
  readonly class: EvidenceClass;
  readonly archive_days: number;
}

export type FileFate =
  | { readonly kind: "goes"; readonly hosts: readonly Expired[] }
  /** Something in it has not come of age. */
  | { readonly kind: "young" }
  /** It would go, but for these holds. */
  | { readonly kind: "held"; readonly holds: readonly number[] };

/** Counted from the end of the day of receipt; null = kept for ever. */
export const isPastArchive = ({ archiveDays }: EvidenceRule, day: Day, now: bigint): boolean =>
  archiveDays !== null && now - startOf(day + 1) >= BigInt(archiveDays) * DAY_NS;

/** A file goes as a whole: when all that is in it is past its age, and nothing in it is held. */
export function judgeFile({ day, hosts }: ArchivedFile, { now, rules, holds }: RetentionFacts): FileFate {
  const judged = hosts.map((one) => ({ one, rule: chooseRule(one.labels, rules) }));
  if (!judged.every(({ rule }) => isPastArchive(rule, day, now))) return { kind: "young" };
  const over = hosts.flatMap((one) => holdsOver({ id: one.host, labels: one.labels }, stretchOf(one, day), holds));
  if (over.length > 0) return { kind: "held", holds: [...new Set(over.map(({ id }) => id))].sort((a, b) => a - b) };
  return {
    kind: "goes",
    hosts: judged.map(({ one, rule }) => ({ host: one.host, rows: one.rows, class: rule.class, archive_days: rule.archiveDays ?? 0 })),
  };
}

/** The last day of which anything can be past its age; null = no rule names one. */
export function lastOldDay({ now, rules }: Pick<RetentionFacts, "now" | "rules">): Day | null {
  const shortest = rules
    .flatMap(({ archiveDays }) => archiveDays ?? [])
    .reduce<number | null>((least, days) => Math.min(least ?? days, days), null);
  return shortest === null ? null : Number((now - BigInt(shortest) * DAY_NS) / DAY_NS) - 1;
}

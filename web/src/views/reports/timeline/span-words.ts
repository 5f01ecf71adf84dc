import { exactSpan, parseUtc } from "@truebound/time";
import { codeWords } from "../../../format/code-words.ts";
import type { Look } from "../../../format/status-look.ts";
import type { Result } from "../manifest.ts";
import { heldExemption } from "./held-exemption.ts";

export type Span = Result["spans"][number];

interface VerdictWord {
  readonly word: string;
  /** Shape of its mark. */
  readonly look: Look;
}

/** From the worst on. */
export const VERDICT_WORDS: Readonly<Record<string, VerdictWord>> = {
  VIOLATION: { word: "proved outside", look: "conflict" },
  CONFLICT: { word: "evidence contradicts itself", look: "unverified" },
  UNPROVEN: { word: "not provable", look: "holdover" },
  NO_EVIDENCE: { word: "no evidence", look: "silent" },
  COMPLIANT: { word: "proved inside", look: "proven" },
};

/** A verdict that this page does not know is shown as it came. */
export const verdictWord = (verdict: string): string => VERDICT_WORDS[verdict]?.word ?? codeWords(verdict.toLowerCase());

type Between = readonly [from: string, to: string];
const overlaps = ([a, b]: Between, [from, to]: Between): boolean => a < to && b > from;
const touches = ([a, b]: Between, [from, to]: Between): boolean => a <= to && b >= from;

/** Why a stretch has its verdict, as far as the manifest says, and what it counts for. */
export function whyOf(result: Result, span: Span): readonly string[] {
  return [...becauseOf(result, span), ...hoursOf(result, span), ...exemptionsOf(result, span)];
}

function becauseOf(result: Result, [from, to, verdict]: Span): readonly string[] {
  switch (verdict) {
    case "VIOLATION":
      return result.episodes
        .filter((one) => overlaps([one.from, one.to], [from, to]))
        .map(({ peak_proven_ns }) => certainly(result, peak_proven_ns));
    case "COMPLIANT":
      return [`within ${limitOf(result)} at every instant`];
    case "CONFLICT":
      return ["two pieces of evidence cannot both be true"];
    case "UNPROVEN":
      return [...cutsOf(result, [from, to]), ...unprovenBy(result, [from, to])];
    case "NO_EVIDENCE":
      return [...noEvidence(result), ...cutsOf(result, [from, to])];
    default:
      return [];
  }
}

const certainly = ({ group }: Result, peak_ns: string): string =>
  group === undefined
    ? `certainly off by ${exactSpan(peak_ns)} at its worst`
    : `two clocks certainly ${exactSpan(peak_ns)} apart at their worst`;

export function limitOf({ terms: { limit_ns }, group }: Pick<Result, "terms" | "group">): string {
  const [least, most] = limit_ns;
  if (group !== undefined) return `${exactSpan(most)} of each other`;
  return least === `-${most}` ? `±${exactSpan(most)}` : `${exactSpan(least)} to ${exactSpan(most)}`;
}

/** Where the clock may have been set, evidence does not reach across. */
const cutsOf = ({ cuts }: Result, span: Between): readonly string[] => [
  ...new Set(cuts.filter(([from, to]) => touches([from, to], span)).map(([, , reason]) => `cut: ${codeWords(reason)}`)),
];

const CAUSES: readonly (readonly [string, string])[] = [
  ["wide", "the bound reached over the limit"],
  ["drift", "too long since the evidence before it, for how fast a clock may drift"],
  ["leap", "a leap second was near"],
];

/**
 * The manifest sums causes over the whole result. Of one stretch a cause is certain where all others together are shorter than it;
 * where none is, there are several to choose from.
 */
function unprovenBy(result: Result, span: Between): readonly string[] {
  const { unproven_by_ns } = result.statistics;
  const causes = CAUSES.map(([name, words]) => ({ words, ns: BigInt(unproven_by_ns[name] ?? "0") })).filter(({ ns }) => ns > 0n);
  const all = causes.reduce((sum, { ns }) => sum + ns, 0n);
  const length = auditedLength(result, span);
  const certain = causes.filter(({ ns }) => causes.length === 1 || (length !== null && all - ns < length));
  if (certain.length > 0) return certain.map(({ words }) => words);
  return causes.length === 0 ? [] : [`one of: ${causes.map(({ words }) => words).join("; ")}`];
}

/** ns of a stretch that lies within the hours and outside of exemptions; null = it does not, or not whole. */
function auditedLength({ schedule, exemptions }: Result, [from, to]: Between): bigint | null {
  const isOpen = schedule.some(([a, b]) => a <= from && b >= to);
  const isExempt = exemptions.some((one) => overlaps([one.from, one.to], [from, to]));
  const [first, last] = [parseUtc(from), parseUtc(to)];
  return isOpen && !isExempt && first !== null && last !== null ? last - first : null;
}

function noEvidence({ host, group, documents, terms }: Result): readonly string[] {
  if (group !== undefined) return ["nothing is known of some of the clocks"];
  if (host === null) return ["it is listed, and no agent of that name reported"];
  return terms.requires_traceability && documents.length === 0
    ? ["the profile demands a chain to UTC that no document shows, so that no evidence counts"]
    : [];
}

/** Hours hide no breach, and only what lies in them makes the verdict of the result. */
function hoursOf({ schedule }: Result, [from, to]: Span): readonly string[] {
  const open = schedule.filter((one) => overlaps(one, [from, to]));
  if (open.length === 0) return ["outside of the hours: counts for no verdict"];
  return open.some(([a, b]) => a <= from && b >= to) ? [] : ["partly outside of the hours"];
}

const exemptionsOf = ({ exemptions }: Result, [from, to]: Span): readonly string[] =>
  exemptions
    .flatMap((one) => heldExemption(one) ?? [])
    .filter((held) => overlaps([held.from, held.to], [from, to]))
    .map(
      ({ isLate, exemption: { id, reason, declared_by } }) =>
        `exemption ${id} by ${declared_by}: ${reason}${isLate ? " (late: it hides no breach)" : ""}`,
    );

const TOTALS = [
  ["violation_ns", "VIOLATION"],
  ["unproven_ns", "UNPROVEN"],
  ["no_evidence_ns", "NO_EVIDENCE"],
  ["compliant_ns", "COMPLIANT"],
] as const;

/** How long it was what, in audited time; conflict is a part of what is not provable. */
export function totalsWords({ totals }: Pick<Result, "totals">): string {
  if (totals.audited_ns === "0") return "no time is audited";
  const parts = TOTALS.filter(([name]) => totals[name] !== "0").map(
    ([name, verdict]) => `${exactSpan(totals[name])} ${verdictWord(verdict)}`,
  );
  const conflict = totals.conflict_ns === "0" ? [] : [`of what is not provable ${exactSpan(totals.conflict_ns)} contradictory`];
  const exempt = totals.exempt_ns === "0" ? [] : [`${exactSpan(totals.exempt_ns)} exempt`];
  return [...parts, ...conflict, ...exempt].join(", ");
}

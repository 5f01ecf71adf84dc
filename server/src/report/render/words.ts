import { type AuditVerdict, INSTANT_VERDICTS, type InstantVerdict } from "@truebound/audit";
import { exactSpan as duration, thousands as grouped } from "@truebound/time";
import type { Tone } from "./blocks.ts";

/** Figures of a manifest as people read them. All are exact: they were rounded before, and here nothing is rounded again. */

export { exactSpan as duration, thousands as grouped } from "@truebound/time";

export const counted = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

const PPM = 1_000_000;
/** All four decimals that ppm have, or none. */
export const percent = (ppm: number | null): string => {
  if (ppm === null) return "not applicable";
  const hundredths = String(ppm % 10_000).padStart(4, "0");
  return ppm % 10_000 === 0 && (ppm === 0 || ppm === PPM) ? `${ppm / 10_000}\u00a0%` : `${Math.floor(ppm / 10_000)}.${hundredths}\u00a0%`;
};

export const range = (ends: readonly [number, number] | null): string =>
  ends === null ? "not applicable" : `${percent(ends[0])} to ${percent(ends[1])}`;

export function limit([min, max]: readonly [string, string]): string {
  return min === `-${max}` ? `±${duration(max)}` : `${duration(min)} to ${duration(max)}`;
}

export const orNone = (ns: string | null): string => (ns === null ? "none" : duration(ns));

/** An instant without the zeros at its end; always UTC. */
export const instant = (text: string): string =>
  text.replace("T", " ").replace(/(?:\.(\d*?)0*)?Z$/, (_all, fraction: string | undefined) => (fraction ? `.${fraction}` : ""));
export const instantUtc = (text: string): string => `${instant(text)} UTC`;
export const yesNo = (is: boolean): string => (is ? "yes" : "no");

interface VerdictWords {
  readonly word: string;
  readonly means: string;
  readonly tone: Tone;
}

export const VERDICTS: Readonly<Record<AuditVerdict, VerdictWords>> = {
  FAIL: { word: "Fail", means: "a clock is proved to have been outside its limit", tone: "bad" },
  INCONCLUSIVE: { word: "Inconclusive", means: "no breach is proved, and not all time is proved inside", tone: "doubt" },
  PASS_WITHIN_POLICY: {
    word: "Pass within policy",
    means: "no breach is proved, and at least the share of time that the policy asks for is proved inside",
    tone: "good",
  },
  PASS: { word: "Pass", means: "all audited time is proved inside the limit", tone: "good" },
  NOT_APPLICABLE: { word: "Not applicable", means: "no time is audited", tone: "none" },
};

/** What a verdict means of one clock, or of all pairs of a group. */
export const meansOf = (verdict: AuditVerdict, isOfPairs: boolean): string =>
  isOfPairs && verdict === "FAIL" ? "two clocks are proved to have been further apart than the limit" : VERDICTS[verdict].means;

/** From the worst on: where several lie in one place, the first of them is drawn. */
export const SEVERITY: readonly InstantVerdict[] = ["VIOLATION", "CONFLICT", "UNPROVEN", "NO_EVIDENCE", "COMPLIANT"];
export const INSTANT_WORDS: Readonly<Record<InstantVerdict, string>> = {
  COMPLIANT: "proved inside",
  VIOLATION: "proved outside",
  UNPROVEN: "not provable",
  CONFLICT: "evidence contradicts itself",
  NO_EVIDENCE: "no evidence",
};
export const isInstantVerdict = (word: string): word is InstantVerdict => (INSTANT_VERDICTS as readonly string[]).includes(word);

/** The first few, and how many there are. */
export const some = (words: readonly string[], most: number): string =>
  words.length <= most ? words.join(", ") : `${words.slice(0, most).join(", ")} and others (${grouped(words.length)} in all)`;

import type { ReportVerdict } from "@truebound/wire";
import type { Look } from "../../format/status-look.ts";

export interface VerdictLook {
  readonly word: string;
  readonly look: Look;
}

/** From the worst on. */
export const VERDICTS: readonly (readonly [verdict: string, VerdictLook])[] = [
  ["FAIL", { word: "fail", look: "conflict" }],
  ["INCONCLUSIVE", { word: "inconclusive", look: "holdover" }],
  ["PASS_WITHIN_POLICY", { word: "pass within policy", look: "proven" }],
  ["PASS", { word: "pass", look: "proven" }],
  ["NOT_APPLICABLE", { word: "not applicable", look: "unknown" }],
];

/** A verdict that this page does not know yet is shown in the report's own word, never as fine. */
export const verdictLook = (verdict: string): VerdictLook =>
  VERDICTS.find(([name]) => name === verdict)?.[1] ?? { word: verdict, look: "unknown" };

/** The worst first, so that none is below a fold; those alike stay as the report has them. */
export const worstFirst = (verdicts: readonly ReportVerdict[]): readonly ReportVerdict[] => [...verdicts].sort((a, b) => rank(a) - rank(b));

const rank = ({ verdict }: ReportVerdict): number => VERDICTS.findIndex(([name]) => name === verdict);

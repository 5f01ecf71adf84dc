import type { ReportManifest } from "@truebound/audit";
import { FROM_WORST } from "../profile-verdicts.ts";
import { answersOf } from "./answers.ts";
import type { Block, Part } from "./blocks.ts";
import { fleetLines } from "./two-lines.ts";
import { counted, grouped, instantUtc, meansOf, VERDICTS } from "./words.ts";

const STATEMENT =
  "I have read this report with its assumptions and what it cannot show, and have had its bundle verified. The SHA-256 below names what I sign.";
const ROLES = ["Prepared", "Reviewed", "Countersigned"] as const;

/** Page 1: what was found, and the answers to what an auditor asks. */
export function frontPart(manifest: ReportManifest): Part {
  const { period, created_at, issuer, id } = manifest;
  return {
    title: "Clock audit report",
    anchor: "report",
    isNewPage: false,
    blocks: [
      {
        kind: "text",
        tone: "quiet",
        text: `${instantUtc(period.from)} to ${instantUtc(period.to)} · report ${id} · made ${instantUtc(created_at)} by ${issuer.installation}, ${issuer.software} · ${manifest.algorithm}, ${manifest.evidence} · ${manifest.final ? "final" : "provisional"}`,
      },
      foundIn(manifest),
      fleetLines(manifest),
      { kind: "answers", answers: answersOf(manifest) },
      { kind: "signatures", statement: STATEMENT, roles: ROLES },
    ],
  };
}

/** The worst of it in one line. */
export function foundIn({ totals, results }: ReportManifest): Block {
  const worst = FROM_WORST.find((one) => totals.verdicts[one] > 0);
  if (worst === undefined)
    return { kind: "verdict", text: "Nothing was audited", detail: "No host and no profile are in this report.", tone: "none" };
  const { word, tone } = VERDICTS[worst];
  const isOfPairs = results.every(({ verdict, group }) => verdict !== worst || group !== undefined);
  const counts = FROM_WORST.filter((one) => totals.verdicts[one] > 0).map(
    (one) => `${VERDICTS[one].word} ${grouped(totals.verdicts[one])}`,
  );
  const last = totals.worst === null || worst === "PASS" ? "" : ` Worst: ${totals.worst.name}, ${totals.worst.profile}.`;
  return {
    kind: "verdict",
    text: `${word}: ${grouped(totals.verdicts[worst])} of ${counted(totals.results, "result")}`,
    detail: `${sentence(meansOf(worst, isOfPairs))} ${counts.join(" · ")}.${last}`,
    tone,
  };
}

export const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

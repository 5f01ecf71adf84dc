import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Nothing where no second opinion is asked for: it proves nothing, so nobody lacks it. */
export function checkOpinions({ opinions: { names, isInstalled } }: DoctorFacts): Check[] {
  if (names.length === 0) return [];
  const named = names.join(", ");
  if (isInstalled) return [check("second_opinion", "ok", `asked of ntp-time-sync: ${named}; no part of any bound`)];
  const says = `${named} cannot be asked (opinion_not_installed): ntp-time-sync is under another licence, and in no package of the agent`;
  return [
    check("second_opinion", "note", says, "install @truebound/source-ntp-time-sync where the agent finds it, or leave the source out"),
  ];
}

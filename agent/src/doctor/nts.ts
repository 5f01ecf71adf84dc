import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Whether sources are authenticated, and whether as many are as are asked to count. */
export function checkNts({ nts: { asked, plain, isRequired, caProblem } }: DoctorFacts): Check {
  if (caProblem !== null) return check("nts", "bad", caProblem, "name a readable file of certificates (PEM), or unset it");
  const says = asked.length === 0 ? "no source is asked under NTS" : `asked under NTS: ${asked.join(", ")}`;
  if (!isRequired) return check("nts", asked.length === 0 ? "note" : "ok", `${says}; others count all the same`, ...toDo(asked));
  if (asked.length === 0)
    return check(
      "nts",
      "bad",
      `${says}, and only authenticated ones count: nothing can be proved`,
      "write nts behind sources that offer it",
    );
  const left = plain.length === 0 ? "all may count" : `left out: ${plain.join(", ")}`;
  const all = `${says}; only authenticated ones count, and ${left}`;
  return plain.length === 0
    ? check("nts", "ok", all)
    : check("nts", "warn", all, "write nts behind those that offer it, or leave them out");
}

const toDo = (asked: readonly string[]): string[] =>
  asked.length > 0 ? [] : ["who can change packets on the way can change what is measured; write nts behind sources that offer it"];

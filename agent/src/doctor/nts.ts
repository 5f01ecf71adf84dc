import { type Check, check } from "./check.ts";
import type { DoctorFacts, NtsFacts } from "./facts.ts";

/** Whether sources are authenticated, and whether as many are as are asked to count. */
export function checkNts({ nts }: DoctorFacts): Check {
  const { asked, plain, isRequired, caProblem } = nts;
  if (caProblem !== null) return check("nts", "bad", caProblem, "name a readable file of certificates (PEM), or unset it");
  const stranger = strangersOf(nts);
  if (stranger !== null) return stranger;
  const says = asked.length === 0 ? "no source is asked under NTS" : `asked under NTS: ${asked.join(", ")}${pinnedWords(nts)}`;
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

/** A key that is not pinned is either a rotation of which nobody told this host, or somebody else. */
function strangersOf({ strangers }: NtsFacts): Check | null {
  if (strangers === null || strangers.length === 0) return null;
  const [barred, others] = [
    strangers.filter(({ authenticated }) => !authenticated),
    strangers.filter(({ authenticated }) => authenticated),
  ];
  const says = [
    ...(barred.length === 0 ? [] : [`nts_pin_mismatch: ${names(barred)} showed another key than those pinned, and is not asked`]),
    ...(others.length === 0 ? [] : [`${names(others)} showed another key than those pinned, and a pinned one at other times`]),
  ].join("; ");
  const mend =
    "ask whoever runs it whether it has a new key; pin that beside the old one (pin=sha256/…, see the event nts_pin_mismatch), or leave it out";
  return check("nts", barred.length > 0 ? "bad" : "warn", says, mend);
}

const names = (all: readonly { readonly id: string }[]): string => all.map(({ id }) => id).join(", ");

const pinnedWords = ({ pinned, strangers }: NtsFacts): string =>
  pinned.length === 0
    ? ""
    : `; keys are pinned of ${pinned.join(", ")}${strangers === null ? ", and no agent runs here that could say which were shown" : ""}`;

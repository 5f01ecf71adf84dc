import type { SourceTotals, SourceVerdict } from "@truebound/wire";
import { countWords } from "../../format/count-words.ts";
import { VERDICTS_WORST_FIRST } from "../../format/source-verdict-look.ts";
import type { Look } from "../../format/status-look.ts";

/** The line of truth above everything else. */
export interface Truth {
  readonly look: Look;
  readonly headline: string;
  /** The same of what is no longer fresh. */
  readonly past: string;
  /** What many hosts' bounds rest on; null = none rests on one vote. */
  readonly rests: string | null;
}

export const truthOf = (totals: SourceTotals): Truth => ({ ...verdictOf(totals), rests: restsOn(totals) });

function verdictOf({ by_verdict: by, sources }: SourceTotals): Omit<Truth, "rests"> {
  const heard = sources - by.gone;
  if (by.false > 0) return said("conflict", by.false, "called false by most of their users", "called false by most of its users");
  if (by.disputed > 0) return said("unverified", by.disputed, "called false by some of their users", "called false by some of its users");
  if (by.agrees > 0) return { look: "proven", headline: "Nobody calls a source false", past: "Nobody called a source false" };
  if (heard > 0) return { look: "unknown", headline: "No source can be judged", past: "No source could be judged" };
  return { look: "silent", headline: "No host that is heard uses a source", past: "No host that was heard used a source" };
}

const said = (look: Look, count: number, many: string, one: string): Omit<Truth, "rests"> => {
  const [are, were] = count === 1 ? ["is", "was"] : ["are", "were"];
  const tail = count === 1 ? one : many;
  return { look, headline: `${countWords(count, "source")} ${are} ${tail}`, past: `${countWords(count, "source")} ${were} ${tail}` };
};

function restsOn({ hosts, sole_hosts, sole_votes }: SourceTotals): string | null {
  if (sole_hosts === 0) return null;
  const whose = sole_hosts === hosts ? (hosts === 1 ? "the only host" : `all ${hosts} hosts`) : `${sole_hosts} of ${hosts} hosts`;
  return `the bound of ${whose} rests on one vote alone${sole_votes === 1 ? ", the same for each" : ` (${sole_votes} different ones)`}`;
}

/** Those that there are, the worst first. */
export const verdictsPresent = ({ by_verdict }: SourceTotals): { readonly verdict: SourceVerdict; readonly count: number }[] =>
  VERDICTS_WORST_FIRST.map((verdict) => ({ verdict, count: by_verdict[verdict] })).filter(({ count }) => count > 0);

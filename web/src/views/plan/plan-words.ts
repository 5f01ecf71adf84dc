import { atMost, type TermName as PlanTerm } from "@truebound/time";
import type { HostPlan, PlanCost, PlanGoal, PlanPace } from "@truebound/wire";
import { atLeast } from "../../format/bound.ts";
import type { Look } from "../../format/status-look.ts";
import { TERM_WORDS } from "../../format/term-words.ts";

type Verdict = PlanGoal["verdict"];

/** What each verdict is called, and which mark stands beside it: never the colour alone. */
export const VERDICTS: Readonly<Record<Verdict, { readonly words: string; readonly look: Look }>> = {
  yes: { words: "Proved", look: "proven" },
  no: { words: "Not proved", look: "unverified" },
  out_of_reach: { words: "Not over this network", look: "conflict" },
  unknown: { words: "Unknown", look: "unknown" },
};

/** Where the worst error is stated, it is at most that. */
export const worstWords = ({ worst_ns }: Pick<PlanGoal, "worst_ns">): string | null => worst_ns && `up to ${atMost(BigInt(worst_ns))}`;

/** Intervals rounded down: nobody is told that a pace suffices which does not. */
export const paceWords = ({ poll_ns, reading_ns }: PlanPace): string =>
  `a poll every ${atLeast(BigInt(poll_ns))}, a reading every ${atLeast(BigInt(reading_ns))}`;

const fixed = (value: number, digits: number): string =>
  value.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.startsWith(".") ? "" : zeros));

/** What a day of measuring costs, as people budget it. */
export const costWords = ({ packets_per_day, processor_ppm, disk_bytes_per_day }: PlanCost): string =>
  `${fixed(packets_per_day / 86_400, 2)} packets/s, ${fixed(processor_ppm / 10_000, 2)} % of a processor, ${fixed(disk_bytes_per_day / 1e6, 1)} MB of disk a day`;

export const TERM_MEANS: Readonly<Record<PlanTerm, string>> = {
  ...TERM_WORDS,
  offset: "how far the clock itself is off, and what the sample costs beyond the other terms",
  drift: "what the oscillator may stray until one reply after a lost one",
};

/** What would make a host known of which nothing is; of whoever is gone for good, or is never heard at once, nothing here does. */
export function unknownWords({ liveness, live }: Pick<HostPlan, "liveness" | "live">): string {
  const does = liveness === "silent" ? "See why it does not report" : HOPELESS.includes(liveness) ? "Nothing" : "Wait for its reports";
  return `${does}: ${live.words.replace(/^Unknown: /, "")}.`;
}

const HOPELESS: readonly HostPlan["liveness"][] = ["carried", "retired", "revoked"];

/** In one line: how many hosts of those on show are proved, and how many are not known. */
export function tallyWords(items: readonly HostPlan[], goal: "live" | "report"): string {
  const count = (verdict: Verdict) => items.filter((one) => one[goal].verdict === verdict).length;
  const unknown = count("unknown");
  const known = items.length - unknown;
  if (known === 0 && unknown > 0) return `none, and ${unknown} unknown`;
  return `${count("yes")} of ${known}${unknown > 0 ? `, and ${unknown} unknown` : ""}`;
}

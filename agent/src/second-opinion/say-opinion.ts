import { type Interval, offsetInWords } from "@truebound/time";
import type { SecondOpinion } from "./hold-beside.ts";

const bound = (interval: Interval | null) => interval && { lo_ns: interval.lo.toString(), hi_ns: interval.hi.toString() };

export const opinionJson = ({ source, offset, exchanges, troubles, verdict }: SecondOpinion): object => ({
  source,
  verdict,
  guaranteed: bound(offset),
  exchanges,
  refusals: troubles,
});

const IN_WORDS: Readonly<Record<SecondOpinion["verdict"], string>> = {
  agrees: "has an offset in common with ours",
  contradicts: "has no offset in common with ours: one of the two is wrong",
  contradicts_itself: "its own exchanges exclude each other: the clock was stepped meanwhile, or the source",
  unknown: "nothing to compare",
};

export function opinionText(opinions: readonly SecondOpinion[]): string {
  const lines = opinions.map(({ source, offset, troubles, verdict }) => {
    const refused = Object.entries(troubles).map(([reason, count]) => `${reason.replaceAll("_", " ")} ${count}×`);
    const says = offset === null ? "unknown" : `${offsetInWords(offset)}, [${offset.lo}, ${offset.hi}] ns`;
    return `    ${source}: ${says}; ${IN_WORDS[verdict]}${refused.length === 0 ? "" : ` (refused: ${refused.join(", ")})`}`;
  });
  return ["second opinion by ntp-time-sync, to the millisecond, no part of the bound above:", ...lines].join("\n");
}

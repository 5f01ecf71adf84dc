import { about } from "@truebound/time";
import type { Rehearsal } from "@truebound/wire";
import type { HostRecord } from "./host-record.ts";

type Rehearsed = Pick<HostRecord, "rehearsal">;

/** Before whatever is said of such a host; null = nothing is rehearsed on it. */
export const rehearsalInBrief = ({ rehearsal }: Rehearsed): string | null => rehearsal && `rehearsal of ${faultInWords(rehearsal)}`;

/** What a person must know first: what follows is made up, by whom, and for how long at most. */
export const rehearsalInWords = ({ rehearsal }: Rehearsed): string | null =>
  rehearsal &&
  `${rehearsal.who} rehearses ${faultInWords(rehearsal)} on this host, for ${rehearsal.for_s} s: what follows is made up, the clock itself is not touched, and nothing of it counts.`;

function faultInWords({ fault, by_ns = "0", ppb = 0, source = "a source" }: Rehearsal): string {
  switch (fault) {
    case "step":
      return `a step by ${about(BigInt(by_ns))}`;
    case "drift":
      return `a drift of ${ppb} ppb`;
    case "lost-source":
      return `the loss of ${source}`;
    case "lying-source":
      return `${source} being off by ${about(BigInt(by_ns))}`;
    case "silent":
      return "silence";
    default:
      return fault satisfies never;
  }
}

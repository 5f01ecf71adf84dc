import type { IncidentEntry } from "@truebound/wire";
import { toMs } from "../../../format/instant.ts";

/** Of entries of one instant the later in the list is the newer. */
export const newestFirst = (timeline: readonly IncidentEntry[]): readonly IncidentEntry[] =>
  timeline.toReversed().toSorted((a, b) => toMs(b.at) - toMs(a.at));
